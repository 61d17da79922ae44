"""The parts that say how sure a study is: against closed forms, other parts, and tables that were changed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from lmm.study.analysis.analyse import analyse
from lmm.study.configuration.settings import Covariate, Time
from tests.unit.study.simulated import GROUPS, VISITS, column, rows, study

TABLE = rows(slope_sd=0.25, seed=5)


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    return analyse(study(TABLE, tmp_path_factory.mktemp("study")))[0]


def panel(numbers, key):
    return {test["method"]: test for test in numbers["boundary"][key]["tests"]}


def test_the_likelihood_ratio_is_of_the_two_models_that_are_shown(numbers):
    models = numbers["models"]
    gain = models["random_intercept"]["criterion"] - models["random_slope"]["criterion"]
    found = panel(numbers, "slope")
    assert set(found) == {"naive", "mixture", "exact", "wald_f", "bootstrap"}
    assert found["naive"]["statistic"] == pytest.approx(gain, abs=1e-6)
    assert found["naive"]["p"] == pytest.approx(stats.chi2(2).sf(gain), rel=1e-5)
    half = 0.5 * (stats.chi2(1).sf(gain) + stats.chi2(2).sf(gain))
    assert found["mixture"]["p"] == pytest.approx(half, rel=1e-5)


def test_walds_f_of_the_level_is_the_classical_analysis_of_variance(numbers):
    y, t = column(TABLE, "y").reshape(GROUPS, VISITS), np.arange(VISITS)
    about = y - y.mean(axis=1, keepdims=True)
    slope = (about * (t - t.mean())).sum() / (GROUPS * ((t - t.mean()) ** 2).sum())
    left = ((about - slope * (t - t.mean())) ** 2).sum()
    within = GROUPS * VISITS - GROUPS - 1
    f = VISITS * y.mean(axis=1).var(ddof=1) / (left / within)
    found = panel(numbers, "level")["wald_f"]
    assert found["statistic"] == pytest.approx(f, rel=1e-9)
    assert found["p"] == pytest.approx(stats.f(GROUPS - 1, within).sf(f), rel=1e-8)


def test_simulated_p_follow_the_studys_seed_and_say_how_exact_they_are(numbers, tmp_path):
    again = analyse(study(TABLE, tmp_path, seed=2))[0]
    one, other = (panel(each, "slope")["exact"] for each in (numbers, again))
    assert (numbers["boundary"]["slope"]["seed"], again["boundary"]["slope"]["seed"]) == (1, 2)
    assert one["hits"] != other["hits"]
    for test in (one, other, *(panel(each, "slope")["bootstrap"] for each in (numbers, again))):
        p, draws = test["p"], test["draws"]
        assert test["mc_error"] == pytest.approx(math.sqrt(p * (1 - p) / draws))
    apart = math.hypot(one["mc_error"], other["mc_error"])
    assert abs(one["p"] - other["p"]) < 4 * apart


def test_an_origin_of_time_is_another_model_of_an_uncorrelated_slope(numbers, tmp_path):
    """The rows are of original times, whatever the table was centred at."""
    moved = [{**row, "t": row["t"] - 2} for row in TABLE]
    time = Time(column="t", label="time", unit="year", origin=2.0)
    found = analyse(study(moved, tmp_path, time=time))[0]
    rows_there, rows_here = found["centring"]["rows"], numbers["centring"]["rows"]
    assert [row["centre"] for row in rows_there] == [0, 1, 2, 3, 4]
    for one, other in zip(rows_there, rows_here, strict=True):
        assert one["centre"] == other["centre"]
        assert one["statistic"] == pytest.approx(other["statistic"], abs=1e-5)
    statistics = [row["statistic"] for row in rows_there]
    assert max(statistics) - min(statistics) > 0.1
    for each, place in ((numbers, 0), (found, 2)):
        exact = panel(each, "slope")["exact"]["statistic"]
        assert rows_there[place]["statistic"] == pytest.approx(exact, abs=1e-5)


def test_within_groups_is_least_squares_of_deviations(tmp_path):
    """Half the groups come a year later; the intervals have the configured level."""
    late = [{**row, "t": row["t"] + (i // VISITS) % 2} for i, row in enumerate(TABLE)]
    found = analyse(study(late, tmp_path, confidence=0.8))[0]["within_between"]
    (row,) = found["covariates"]
    y, t = (column(late, name).reshape(GROUPS, VISITS) for name in ("y", "t"))
    y, t = (each - each.mean(axis=1, keepdims=True) for each in (y, t))
    slope = (t * y).sum() / (t**2).sum()
    dof = GROUPS * VISITS - GROUPS - 1
    se = math.sqrt(((y - slope * t) ** 2).sum() / dof / (t**2).sum())
    assert row["within"]["estimate"] == pytest.approx(slope, rel=1e-9)
    ends = stats.t(dof, slope, se).interval(0.8)
    assert (row["within"]["low"], row["within"]["high"]) == pytest.approx(ends, rel=1e-9)
    shared = 0.25 / (0.25 + np.var(np.arange(VISITS)))
    assert row["between_share"] == pytest.approx(shared, rel=1e-9)
    assert found["hausman"]["within"] == pytest.approx([slope], rel=1e-9)


def test_equal_times_leave_no_slope_between_groups(numbers):
    (row,) = numbers["within_between"]["covariates"]
    assert (row["between"], row["contextual"]) == (None, None)
    assert row["between_share"] == pytest.approx(0.0, abs=1e-12)


def test_the_groups_are_counted(tmp_path):
    table = [row for i, row in enumerate(TABLE) if i % 7 and not 0 < i < 5]
    table += [{**TABLE[0], "id": "alone"}]
    sizes = np.unique([row["id"] for row in table], return_counts=True)[1]
    found = analyse(study(table, tmp_path))[0]["structure"]
    assert (found["groups"], found["rows"]) == (len(sizes), len(table))
    assert (found["smallest"], found["largest"]) == (sizes.min(), sizes.max())
    assert found["singletons"] == (sizes == 1).sum() > 0
    assert found["median"] == np.median(sizes)
    assert not found["balanced"]


def test_likeness_along_time_is_the_variance_of_lines(numbers):
    model = numbers["models"]["random_slope"]
    parts = model["random_effects"]
    level, slope = (
        next(p["variance_or_covariance"] for p in parts if (p["term"], p["other"]) == (term, None))
        for term in ("Intercept", "t")
    )
    both = next(p["variance_or_covariance"] for p in parts if p["other"] is not None)
    assert len(numbers["icc_along"]) == 5
    for row in numbers["icc_along"]:
        t = row["value"]
        between = level + 2 * t * both + t**2 * slope
        assert row["between_sd"] ** 2 == pytest.approx(between, rel=1e-9)
        assert row["icc"] == pytest.approx(between / (between + model["sigma"] ** 2), rel=1e-9)


def test_bic_counts_rows_or_groups(numbers):
    criteria = {row["model"]: row for row in numbers["criteria"]}
    for row in numbers["sample_sizes"]:
        known = criteria[row["model"]]
        k, n = known["parameters"], GROUPS * VISITS
        assert row["bic_rows"] == pytest.approx(known["bic"], abs=1e-6)
        by_groups = known["deviance"] + k * math.log(GROUPS)
        assert row["bic_groups"] == pytest.approx(by_groups, abs=1e-6)
        assert row["aicc"] == pytest.approx(known["aic"] + 2 * k * (k + 1) / (n - k - 1), abs=1e-6)


def test_a_group_alone_with_a_value_has_no_robust_error(tmp_path):
    table = [{**row, "sex": "m" if row["id"] == "c4" else "f"} for row in TABLE]
    sexes = (Covariate(column="sex", kind="factor", level="group"),)
    found = analyse(study(table, tmp_path, covariates=sexes))[0]
    rows = {row["term"]: row for row in found["certainty"]["random_intercept"]["coefficients"]}
    assert rows["sex[T.m]"]["se_robust"] is None
    assert not rows["sex[T.m]"]["may_be_chance"]
    assert rows["t"]["se_robust"] > 0


def test_what_cannot_be_had_says_why(tmp_path):
    found = analyse(study([row for row in TABLE if row["t"] < 2], tmp_path))[0]
    assert found["boundary"]["level"]["tests"]
    slope = found["boundary"]["slope"]
    assert slope["tests"] == []
    assert "40 rows cannot carry 2 random effects" in slope["reason"]
    assert (found["centring"], found["icc_along"]) == (None, None)


def test_without_time_only_levels_are_tested(tmp_path):
    found = analyse(study(TABLE, tmp_path, time=None))[0]
    assert set(found["boundary"]) == {"level"}
    assert (found["centring"], found["icc_along"]) == (None, None)
    assert found["within_between"] == {"covariates": [], "hausman": None, "reason": ""}
