"""The checks of a study: on the model used, on every model's variables, and what leaving a group out does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.model.fit import fit_mixed
from lmm.report.interpretation import checks as checking
from lmm.report.reading import Reading
from lmm.study.analysis.analyse import analyse, write_analysis
from lmm.study.analysis.drawn import thinned_residuals
from lmm.study.configuration.load import load_configuration
from lmm.study.publishing.reporting import MOST_INFLUENTIAL, complete_results
from tests.unit.study.simulated import rows, study

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def table():
    return rows()


@pytest.fixture(scope="module")
def numbers(table, tmp_path_factory):
    return analyse(study(table, tmp_path_factory.mktemp("study")))[0]


def test_every_check_is_counted_once(numbers):
    ids = [check["id"] for check in numbers["checks"]]
    assert len(set(ids)) == len(ids) == numbers["tally"]["checks"] == 21
    for verdict in ("fine", "note", "concern"):
        given = [check for check in numbers["checks"] if check["verdict"] == verdict]
        assert numbers["tally"][verdict] == len(given)


def test_a_group_left_out_is_the_fit_of_the_other_rows(numbers, table):
    """Cook's distance Δ'Φ⁻¹Δ/p from two fits of our own, each of a whole table."""
    assert {row["level"] for row in numbers["influence"]} == {row["id"] for row in table}
    cooks = [row["cook"] for row in numbers["influence"]]
    assert cooks == sorted(cooks, reverse=True)
    formula = numbers["models"][numbers["used"]]["formula"]
    full = fit_mixed(formula, pd.DataFrame(table))
    for found in numbers["influence"][:3]:
        rest = fit_mixed(formula, pd.DataFrame([r for r in table if r["id"] != found["level"]]))
        change = rest.beta - full.beta
        assert list(found["estimate"].values()) == pytest.approx(list(rest.beta), rel=1e-6)
        cook = change @ np.linalg.solve(full.vcov, change) / 2
        assert found["cook"] == pytest.approx(cook, rel=1e-4)


def test_the_results_carry_the_most_influential_groups(numbers, table, tmp_path):
    results = complete_results(study(table, tmp_path), numbers, configuration=Path("c.yaml"))
    assert results["influence"] == numbers["influence"][:MOST_INFLUENTIAL]


def test_the_last_model_of_the_course_is_found_out_unaided(course_data):
    """Slide 81 keeps five weights of 99.9; lme4 1.1-31 without them: wt .71067, sex .29890, 877 rows."""
    configured = load_configuration(ROOT / "config" / "course.yaml").studies["nepal_course"]
    assert "wt" not in configured.missing_codes
    numbers, _ = analyse(configured)
    (codes,) = numbers["diagnostics"]["codes"]
    assert codes["model"] == "growth_by_sex_and_literacy"
    assert [(each["column"], each["value"], each["rows"]) for each in codes["found"]] == [
        ("wt", 99.9, 5)
    ]
    assert (codes["rows_kept"], codes["rows_dropped"]) == (882, 877)
    terms = {row["term"]: (row["kept"], row["dropped"]) for row in codes["terms"]}
    assert terms["wt"] == pytest.approx((0.00987, 0.71067), abs=5e-6)
    assert terms["C(sex)[T.2]"] == pytest.approx((0.02405, 0.29890), abs=5e-6)
    results = complete_results(configured, numbers, configuration=Path("c.yaml"))
    said = checking.concern(Reading(results))
    assert said is not None
    for words in ("wt holds 99.9 in 5 rows", "877 of 882", "0.711 instead of 0.010"):
        assert words in said.text
    assert "0.299 instead of 0.024" in checking.sentence(Reading(results), "missing-codes")


def test_codes_in_a_further_model_alone_are_told_of_that_model(table, tmp_path):
    coded = [{**row, "dose": 999 if i % 23 == 0 else row["dose"]} for i, row in enumerate(table)]
    models = {"with_dose": "y ~ t + dose + (1 | id)", "plain": "y ~ t * sex"}
    numbers, _ = analyse(study(coded, tmp_path, models=models))
    assert [codes["model"] for codes in numbers["diagnostics"]["codes"]] == ["with_dose"]
    check = next(each for each in numbers["checks"] if each["id"] == "missing-codes")
    assert (check["statistic"], check["where"]) == (5.0, ["dose = 999"])


def test_the_points_drawn_are_the_studys(table, tmp_path):
    written, drawn_path = tmp_path / "a.json", tmp_path / "m.json"
    write_analysis(study(table, tmp_path), analysis_path=written, measurements_path=drawn_path)
    drawn = json.loads(drawn_path.read_text(encoding="utf-8"))
    examined = drawn["examined"]
    assert examined["group"] == drawn["group"]  # 100 rows: none is thinned away
    assert examined["time"] == drawn["time"]
    assert np.std(examined["residual"]) == pytest.approx(1.0, abs=0.1)
    assert sorted(examined["left_out"]["group"]) == list(range(20))
    assert [plot["name"] for plot in examined["normal_plots"]][:2] == ["residuals", "Intercept"]
    lags = [row["distance"] for row in examined["autocorrelation"]]
    assert lags == [1, 2, 3, 4]


def test_thinning_keeps_the_largest_and_an_even_choice_of_the_rest():
    residual = np.random.default_rng(0).normal(size=2000)
    kept = thinned_residuals(residual)
    assert len(kept) == len(set(kept.tolist())) == 240
    assert (np.diff(kept) > 0).all()
    largest = np.argsort(-np.abs(residual))[:15]
    assert set(largest.tolist()) <= set(kept.tolist())
    # the rest keep their proportion: between one and two standard deviations lie 27.2% of a bell curve
    between = np.abs(residual[np.setdiff1d(kept, largest)])
    assert np.mean((between > 1.0) & (between < 2.0)) == pytest.approx(0.272, abs=0.03)
    assert thinned_residuals(residual[:240]).tolist() == list(range(240))
