"""Simulated exact tests against RLRsim, the F distribution, and plain simulation of data and fits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import fdtr, fdtri

from lmm.errors import ModelError
from lmm.inference.variance_tests.exact_rlrt import exact_test, null_statistics
from lmm.inference.variance_tests.point_mass import point_mass_at_zero
from lmm.inference.variance_tests.spectrum import spectrum
from lmm.model.batch import refit_responses
from lmm.model.fit import fit_mixed

CASES = json.loads(Path(__file__).with_name("exact_rlrt.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['table']}, {case['formula']}")
def test_rlrsim(request, read, case):
    if case["table"] in ("nepal", "pig"):
        table = request.getfixturevalue(case["table"])
    else:
        table = read(case["table"])
        table = table.assign(ageC=table["age"] - 11.0) if "age" in table else table
    row = exact_test(fit_mixed(case["formula"], table), case["term"], group=case["group"])
    assert row.statistic == pytest.approx(case["statistic"], rel=1e-7, abs=1e-9)
    assert row.criterion == "REML"
    if case["statistic"] == 0.0:
        assert (row.hits, row.p) == (row.draws, 1.0)
        assert 1.0 - row.point_mass == pytest.approx(case["p"], abs=4.0 * case["mc_error"])
        return
    error = max(np.hypot(case["mc_error"], row.mc_error), 1.0 / row.draws)
    assert row.p == pytest.approx(case["p"], abs=4.0 * error)
    assert row.p == row.hits / row.draws


def test_quantiles_of_nepals_slope(nepal):
    """RLRTSim: quantiles .90, .95 and .99 are 1.53, 2.57 and 5.24, the share of zeros .5196."""
    design = fit_mixed("arm ~ ageC + (ageC || id)", nepal).design
    null = null_statistics(spectrum(design, 1), reml=True, seed=3)
    for value, tail in ((1.53, 0.10), (2.57, 0.05), (5.24, 0.01)):
        assert (null >= value).mean() == pytest.approx(tail, abs=4.0 * np.sqrt(tail / len(null)))
    share = point_mass_at_zero(spectrum(design, 1), reml=True)
    assert share == pytest.approx(0.5196, abs=1e-4)
    assert (null == 0.0).mean() == pytest.approx(share, abs=4.0 * np.sqrt(0.25 / len(null)))


def balanced(groups=8, rows=3):
    return pd.DataFrame(
        {
            "y": np.random.default_rng(1).normal(size=groups * rows),
            "g": np.repeat(np.arange(groups), rows),
        }
    )


@pytest.mark.parametrize(("groups", "rows"), [(8, 3), (3, 2), (2, 2), (30, 10)])
def test_the_point_mass_of_a_balanced_layout_is_a_probability_of_f(groups, rows):
    found = spectrum(fit_mixed("y ~ 1 + (1 | g)", balanced(groups, rows)).design, 0)
    between, within = groups - 1, groups * (rows - 1)
    assert point_mass_at_zero(found, reml=True) == pytest.approx(
        fdtr(between, within, 1.0), abs=1e-8
    )
    assert point_mass_at_zero(found, reml=False) == pytest.approx(
        fdtr(between, within, groups / between), abs=1e-8
    )


@pytest.mark.parametrize(("groups", "rows"), [(8, 3), (4, 2)])
@pytest.mark.parametrize("reml", [True, False])
def test_a_balanced_layout_is_the_f_test(groups, rows, reml):
    """There the statistic is a rising function of F (Searle, Casella and McCulloch 1992, section 3.7)."""
    found = spectrum(fit_mixed("y ~ 1 + (1 | g)", balanced(groups, rows)).design, 0)
    null = null_statistics(found, reml=reml)
    between, within = groups - 1, groups * (rows - 1)
    strata, n = (between, between + within) if reml else (groups, groups * rows)
    for quantile in (0.7, 0.9, 0.99, 0.999):
        ratio = fdtri(between, within, quantile)
        # the between-group mean square, as the criterion divides it, in units of the one within
        share = between * ratio / strata
        if share <= 1.0:
            continue
        statistic = n * np.log((strata * share + within) / n) - strata * np.log(share)
        error = np.sqrt(quantile * (1.0 - quantile) / len(null))
        assert (null >= statistic).mean() == pytest.approx(1.0 - quantile, abs=4.0 * error)


@pytest.mark.parametrize(
    ("formula", "reml"), [("y ~ x + (1 | g)", True), ("y ~ x + (0 + x | g)", False)]
)
def test_data_drawn_and_fitted(small, formula, reml):
    """3000 outcomes without any spread between groups, fitted with it; without it by least squares."""
    fit = fit_mixed(formula, small, reml=reml)
    eigenvalues = spectrum(fit.design, 0)
    null = np.sort(null_statistics(eigenvalues, reml=reml))
    X, n, p = fit.design.X, fit.n, fit.p
    Y = np.random.default_rng(8).normal(size=(n, 3000))
    squares = np.linalg.lstsq(X, Y)[1]
    dof = n - p if reml else n
    linear = dof * (1.0 + np.log(2.0 * np.pi * squares / dof))
    linear += np.linalg.slogdet(X.T @ X)[1] if reml else 0.0
    drawn = linear - refit_responses(fit, Y).criterion
    assert drawn.min() > -1e-7
    for tail in (0.4, 0.2, 0.1, 0.05, 0.01):
        if (value := null[int((1.0 - tail) * len(null))]) > 0.0:
            error = np.sqrt(tail * (1.0 - tail) / len(drawn))
            assert (drawn >= value).mean() == pytest.approx(tail, abs=4.0 * error)
    share = point_mass_at_zero(eigenvalues, reml=reml)
    # of the global maximum; the local one at zero may be another's valley, but seldom is
    assert (drawn < 1e-7).mean() == pytest.approx(share, abs=4.0 * np.sqrt(0.25 / len(drawn)))


def test_a_slope_that_reaches_all_that_the_lines_leave():
    """Two rows a group and a level for each: what is left is a difference a group, var σ²(1 + λ d_i), no residual.

    d_i is half the squared distance of a group's two x; each draw's likelihood is searched on a fine grid.
    """
    rng = np.random.default_rng(3)
    g, x = np.repeat(np.arange(8), 2), rng.normal(size=16)
    table = pd.DataFrame({"y": rng.normal(size=16), "x": x, "g": [f"g{i}" for i in g]})
    found = spectrum(fit_mixed("y ~ 0 + g + (0 + x | g)", table).design, 0)
    assert found.null == 0
    null = null_statistics(found, reml=True, seed=6)
    d = 0.5 * np.diff(x.reshape(8, 2))[:, 0] ** 2
    differences = rng.normal(size=(4000, 8)) ** 2
    drawn = np.zeros(4000)
    for ratio in np.geomspace(1e-4, 1e7, 3000):
        left = differences @ (1.0 / (1.0 + ratio * d))
        rise = 8.0 * np.log(differences.sum(axis=1) / left) - np.log1p(ratio * d).sum()
        drawn = np.maximum(drawn, rise)
    for value in (0.2, 1.0, 2.5, 5.0):
        tail = (null >= value).mean()
        assert (drawn >= value).mean() == pytest.approx(
            tail, abs=4.0 * np.sqrt(tail * (1.0 - tail) / 4000)
        )


def test_no_draw_as_large_is_a_count_and_not_a_probability_of_zero(pig):
    row = exact_test(fit_mixed("weight ~ weeks + (1 | id)", pig), "Intercept", draws=2000)
    assert (row.hits, row.p, row.mc_error, row.draws) == (0, 0.0, 0.0, 2000)


def test_the_seed_decides(small):
    fit = fit_mixed("y ~ x + (x || g)", small)
    rows = [exact_test(fit, "x", draws=5000, seed=seed) for seed in (4, 4, 5)]
    assert rows[0] == rows[1] != rows[2]


def test_a_unit_of_the_outcome_or_the_column_changes_nothing(small):
    fit = fit_mixed("y ~ x + (x || g)", small)
    moved = small.assign(y=1e5 * small["y"] + 3.0, x=1e-3 * small["x"])
    again = exact_test(fit_mixed("y ~ x + (x || g)", moved), "x", draws=4000)
    first = exact_test(fit, "x", draws=4000)
    assert again.statistic == pytest.approx(first.statistic, abs=1e-6)
    assert again.hits == first.hits


def test_what_cannot_be_tested(sleep, sleep_slope):
    with pytest.raises(ModelError, match="free to correlate"):
        exact_test(sleep_slope, "Days")
    with pytest.raises(ModelError, match="no random effect 'x'"):
        exact_test(sleep_slope, "x")
    with pytest.raises(ModelError, match="at least one draw"):
        exact_test(fit_mixed("Reaction ~ Days + (1 | Subject)", sleep), "Intercept", draws=0)


def test_two_groups_of_one_effect_must_be_told_apart(read):
    fit = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    with pytest.raises(ModelError, match="more than one"):
        exact_test(fit, "Intercept")
