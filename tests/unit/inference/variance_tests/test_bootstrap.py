"""The bootstrap against known distributions in balanced layouts, and against a plain loop of fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import chdtri, fdtri, ndtri

from lmm.errors import ModelError
from lmm.inference.structures.explained import explained_variance
from lmm.inference.variance_tests import bootstrap
from lmm.inference.variance_tests.bootstrap import bootstrap_intervals, bootstrap_test
from lmm.inference.variance_tests.comparison import random_effect_test
from lmm.inference.variances.icc import intraclass_correlation
from lmm.model.fit import fit_design, fit_mixed, refit
from lmm.model.simulate import simulate_responses


@pytest.fixture(scope="module")
def layout():
    """20 groups of 6 that differ beyond doubt: no refit comes near the boundary."""
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(20), 6)
    y = 5.0 + rng.normal(size=20)[g] * 3.0 + rng.normal(size=120)
    return fit_mixed("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": g}))


def by_name(found):
    return {(row.kind, row.term, row.other): row for row in found.intervals}


def test_a_balanced_layout_has_its_distributions_in_closed_form(layout):
    """The mean is normal, σ̂² a χ²(100), and 1 + 6 τ̂²/σ̂² a multiple of F(19, 100)."""
    found = bootstrap_intervals(layout, draws=4000, seed=5, confidence=0.9)
    assert (found.failed, found.boundary, found.draws) == (0, 0, 4000)
    rows, sigma2, tau2 = by_name(found), layout.sigma**2, float(layout.Psi[0, 0])
    mean = rows["fixed_effect", "Intercept", None]
    se = np.sqrt((sigma2 + 6.0 * tau2) / 120.0)
    ends = layout.beta[0] + ndtri(np.array([0.05, 0.95])) * se
    assert (mean.low, mean.high) == pytest.approx(ends, abs=0.09 * se)
    assert mean.se == pytest.approx(se, rel=0.05)
    assert abs(mean.bias) < 0.07 * se
    residual = rows["residual_sd", "", None]
    ends = np.sqrt(sigma2 * chdtri(100, np.array([0.95, 0.05])) / 100.0)
    assert (residual.low, residual.high) == pytest.approx(ends, rel=0.008)
    icc = rows["icc", "", None]
    ratios = fdtri(19, 100, np.array([0.05, 0.95])) * (1.0 + 6.0 * tau2 / sigma2)
    ends = (ratios - 1.0) / (ratios + 5.0)
    assert (icc.low, icc.high) == pytest.approx(ends, abs=0.012)


def test_basic_ends_mirror_the_percentiles(layout):
    for row in bootstrap_intervals(layout, draws=200).intervals:
        assert row.low <= row.high
        if row.kind == "fixed_effect":
            assert row.basic_low == 2.0 * row.estimate - row.high
            assert row.basic_high == 2.0 * row.estimate - row.low
        elif row.kind != "residual_sd" and row.kind != "sd":
            assert 0.0 <= row.basic_low <= row.basic_high <= 1.0


@pytest.mark.parametrize("reml", [True, False])
def test_a_plain_loop_of_fits(small_slope, reml):
    """The quantiles of every parameter, refitted one response at a time."""
    fit = refit(small_slope, reml=reml)
    found = by_name(bootstrap_intervals(fit, draws=40, seed=7))
    seed = int(np.random.SeedSequence(7).generate_state(1)[0])
    fits = [
        fit_design(replace(fit.design, y=y), reml=reml)
        for y in simulate_responses(fit, 40, seed=seed).T
    ]
    sds = np.sqrt([np.diag(each.Psi) for each in fits])
    for key, values in {
        ("fixed_effect", "x", None): [each.beta[1] for each in fits],
        ("sd", "Intercept", None): sds[:, 0],
        ("sd", "x", None): sds[:, 1],
        ("residual_sd", "", None): [each.sigma for each in fits],
        ("icc", "", None): [intraclass_correlation(each).value for each in fits],
        ("marginal_r2", "", None): [explained_variance(each).marginal for each in fits],
        ("conditional_r2", "", None): [explained_variance(each).conditional for each in fits],
    }.items():
        ends = np.quantile(values, [0.025, 0.975], method="weibull")
        assert (found[key].low, found[key].high) == pytest.approx(ends, rel=1e-5, abs=1e-6)
    assert found["correlation", "Intercept", "x"].draws == np.count_nonzero(sds.all(axis=1))
    assert found["icc", "", None].estimate == pytest.approx(intraclass_correlation(fit).value)


def test_refits_on_the_boundary_are_counted(read):
    """No spread at all: about half of the responses end there (F(5, 24) below 1 in .561)."""
    found = bootstrap_intervals(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")), draws=2000)
    assert found.boundary / 2000 == pytest.approx(0.5611, abs=4.0 * np.sqrt(0.25 / 2000))
    assert by_name(found)["sd", "Intercept", None].low == 0.0


def test_many_responses_come_in_parts(layout, monkeypatch):
    monkeypatch.setattr(bootstrap, "_NUMBERS_AT_ONCE", 120 * 30)
    found = bootstrap_intervals(layout, draws=70)
    assert {row.draws for row in found.intervals} == {70}


def test_the_seed_decides(layout):
    rows = [bootstrap_intervals(layout, draws=30, seed=seed).intervals for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_too_few_draws(layout):
    with pytest.raises(ModelError, match="at least 20"):
        bootstrap_intervals(layout, draws=5)


def test_nepals_slope(nepal_intercept, nepal_slope):
    """By 999 refits p is near .007 (statistic 8.685), as the mixture's .0081 and unlike the naive .013."""
    pair = [("RI", refit(nepal_intercept, reml=False)), ("RS", refit(nepal_slope, reml=False))]
    row = bootstrap_test(*pair, draws=1999, seed=4)
    assert row.statistic == pytest.approx(8.685445428, rel=1e-7)
    assert (row.draws, row.failed) == (1999, 0)
    assert row.p == (1 + row.hits) / 2000
    assert row.p == pytest.approx(0.007, abs=4.0 * np.sqrt(0.007 / 1999))


def test_the_tests_draws_against_a_plain_loop(small):
    pair = [(name, fit_mixed(f"y ~ x + ({name} | g)", small, reml=False)) for name in ("1", "x")]
    row = bootstrap_test(*pair, draws=40, seed=3)
    seed = int(np.random.SeedSequence(3).generate_state(1)[0])
    ratios = []
    for y in simulate_responses(pair[0][1], 40, seed=seed).T:
        one, two = (fit_design(replace(fit.design, y=y), reml=False) for _, fit in pair)
        ratios.append(max(one.criterion - two.criterion, 0.0))
    statistic = random_effect_test(*pair).statistic
    assert row.hits == sum(ratio >= statistic for ratio in ratios)
