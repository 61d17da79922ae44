"""A new group as it becomes known: the part's numbers are those of predicted rows; its words and its table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import fdtri, stdtrit

from lmm.inference.predictions.row_predictions import predict_table
from lmm.model.fit import fit_mixed
from lmm.report.interpretation.newcomer import narrowing
from lmm.report.reading import Reading
from lmm.report.tables.newcomer import newcomer_table
from lmm.study.analysis.analyse import read_study
from lmm.study.analysis.candidates import candidates
from lmm.study.analysis.examined import examine_study
from lmm.study.analysis.fitting import fit_study
from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.analysis.parts.newcomer import newcomer, visits
from lmm.study.configuration.settings import GroupNoun
from tests.unit.study.simulated import rows, study

TABLE = rows(slope_sd=0.7)


def analysed_study(made) -> Analysed:
    models = candidates(made)
    table = read_study(made, models)
    fits = fit_study(models, table.frame, group=made.group.column)
    examined = examine_study(made, table.frame, fits)
    return Analysed(study=made, table=table, fits=fits, examined=examined)


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    return analysed_study(study(TABLE, tmp_path_factory.mktemp("newcomer")))


@pytest.fixture(scope="module")
def found(analysed):
    return newcomer(analysed)


def test_numbers_are_those_of_predicted_rows(found):
    fit = fit_mixed("y ~ t + (t | id)", pd.DataFrame(TABLE))
    seen = found["seen"]
    for k, told in enumerate(found["after"]):
        new = pd.DataFrame(
            {
                "t": [*(row["at"] for row in seen[:k]), found["at"]],
                "y": [*(row["value"] for row in seen[:k]), np.nan],
                "id": "never seen",
            }
        )
        row = predict_table(fit, new)[-1]
        assert row.measurements == told["measurements"] == k
        assert (told["value"], told["low"], told["high"]) == pytest.approx(
            (row.value, row.low, row.high), rel=1e-6
        )
        assert told["observation_high"] == pytest.approx(row.observation_high, rel=1e-6)
        assert told["width"] == pytest.approx(row.high - row.low, rel=1e-6)


def test_each_measurement_lies_one_sd_of_measurements_above_the_average(found):
    fit = fit_mixed("y ~ t + (t | id)", pd.DataFrame(TABLE))
    for row in found["seen"]:
        x = np.array([1.0, row["at"]])
        sd = np.sqrt(x @ (fit.vcov + fit.Psi) @ x + fit.sigma**2)
        # what estimating the variances adds is below a thousandth here
        assert row["value"] - x @ fit.beta == pytest.approx(sd, rel=1e-3)


def test_times_are_of_the_middle_and_as_far_apart_as_visits(found, analysed):
    assert visits(analysed).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert [row["at"] for row in found["seen"]] == [1.0, 2.0, 3.0]
    frame = analysed.table.frame.assign(t=analysed.table.frame["t"] * 0.1)
    short = replace(analysed, table=replace(analysed.table, frame=frame))
    assert visits(short) == pytest.approx([0.05, 0.15, 0.25, 0.35])


def test_a_whole_line_needs_more_than_a_point_and_less_than_scheffe(found, tmp_path):
    """Of 60 groups; 20 are too few for it."""
    assert found["whole_line"] is None
    sixty = [
        {**row, "id": f"{seed}-{row['id']}"}
        for seed in range(3)
        for row in rows(seed=seed, slope_sd=0.7)
    ]
    wide = newcomer(analysed_study(study(sixty, tmp_path)))
    assert wide is not None
    most = np.sqrt(2 * fdtri(2, 59, 0.95)) / stdtrit(59, 0.975)
    assert 1.0 < wide["whole_line"]["ratio"] < most


def test_none_without_a_time_and_for_several_factors(analysed, tmp_path):
    assert newcomer(replace(analysed, study=replace(analysed.study, time=None))) is None
    table = [{**row, "rater": f"r{i % 4}"} for i, row in enumerate(TABLE)]
    several = study(table, tmp_path, also_grouped_by=(GroupNoun(column="rater"),))
    assert newcomer(analysed_study(several)) is None
    assert narrowing(Reading({"newcomer": None})) is None


WORDS = {
    "study": {
        "confidence": 0.95,
        "outcome": {"column": "y", "label": "height", "unit": "cm"},
        "group": {"singular": "child", "plural": "children"},
        "time": {"unit": "year", "units": "years", "label": "age", "column": "t"},
    }
}


def told(found, *widths):
    after = [{**row, "width": width} for row, width in zip(found["after"], widths, strict=True)]
    return Reading({**WORDS, "newcomer": {**found, "after": after}})


def test_the_sentence_has_a_branch_for_its_opposite(found):
    clear, hardly = told(found, 8.0, 4.0, 3.0, 2.0), told(found, 8.0, 7.9, 7.8, 7.7)
    assert narrowing(clear).text == (
        "A new child becomes known as it is measured: the 95% range of its line at 4 years is 8.0\u00a0cm wide before, "
        "4.0 after one measurement, 2.0 after three."
    )
    assert narrowing(hardly).text.startswith("Measuring a new child hardly narrows what to expect")
    one = Reading({**clear.numbers, "newcomer": {**clear.at("/newcomer"), "at": 1.0}})
    assert "at 1 year is" in narrowing(one).text
    for evidence in narrowing(clear).evidence:
        number = clear.at(evidence.pointer) * evidence.factor
        assert float(evidence.shown) == pytest.approx(number, abs=0.05)


def test_the_table_says_what_was_computed(found):
    table = newcomer_table(told(found, 8.0, 4.0, 3.0, 2.0), number=1)
    assert table.caption == "A new child measured at 1, 2 and 3 years: what to expect at 4, cm"
    assert [row.cells[0].text for row in table.rows] == ["not yet", "once", "twice", "three times"]
    for row, told_row in zip(table.rows, found["after"], strict=True):
        assert float(row.cells[1].text) == pytest.approx(told_row["value"], abs=0.05)
        low, high = map(float, row.cells[2].text.split(" to "))
        assert low == pytest.approx(told_row["observation_low"], abs=0.05)
        assert high == pytest.approx(told_row["observation_high"], abs=0.05)
    assert len(table.notes) == 1
    whole = {**told(found, 8.0, 4.0, 3.0, 2.0).at("/newcomer"), "whole_line": {"ratio": 1.2345}}
    (_, note) = newcomer_table(Reading({**WORDS, "newcomer": whole}), number=1).notes
    assert "to hold 95% of whole lines they must be 1.23 times as wide" in note
