"""Intraclass correlations against the profile in R, the analysis of variance, and the definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.inference.profiles.intervals import variance_profile
from lmm.inference.variances.icc import intraclass_correlation, profiled_correlation
from lmm.model.fit import fit_mixed, refit
from tests import dense


def test_course_fits(nepal_intercept, nepal_slope, pig):
    """Exact intervals: from R's anova of the group dummies, solved for F's quantiles."""
    icc = intraclass_correlation(nepal_intercept)
    assert icc.value == pytest.approx(0.7807331889 / (0.7807331889 + 0.2480672013), rel=1e-7)
    assert (icc.low, icc.high) == pytest.approx((0.7158, 0.8047), abs=5e-5)
    assert icc.method == "exact, by Wald’s F"
    pigs = intraclass_correlation(fit_mixed("weight ~ weeks + (1 | id)", pig))
    assert pigs.value == pytest.approx(0.7751, abs=5e-5)
    assert (pigs.low, pigs.high) == pytest.approx((0.6954, 0.8479), abs=5e-5)
    sloped = intraclass_correlation(nepal_slope)
    assert sloped.value == pytest.approx(0.7945, abs=5e-5)
    assert (sloped.low, sloped.high) == (None, None)


def test_profiles_of_course_fits(nepal_intercept, pig):
    icc = profiled_correlation(nepal_intercept)
    assert icc.value == pytest.approx(intraclass_correlation(nepal_intercept).value, rel=1e-12)
    assert (icc.low, icc.high) == pytest.approx((0.7115, 0.8015), abs=6e-5)
    ml = profiled_correlation(refit(nepal_intercept, reml=False))
    assert (ml.low, ml.high) == pytest.approx((0.7101, 0.8003), abs=6e-5)
    assert (icc.method, ml.method) == ("profile of the REML criterion", "profile likelihood")
    pigs = profiled_correlation(fit_mixed("weight ~ weeks + (1 | id)", pig))
    assert (pigs.low, pigs.high) == pytest.approx((0.6930, 0.8459), abs=6e-5)


def test_balanced_one_way_layout(read):
    """REML is the analysis of variance: τ² = (MSB − MSW) / 5 for 6 batches of 5."""
    table = read("Dyestuff")
    means = table.groupby("Batch")["Yield"].mean()
    between = 5.0 * means.var(ddof=1)
    within = ((table["Yield"] - means.loc[table["Batch"]].to_numpy()) ** 2).sum() / 24.0
    spread = (between - within) / 5.0
    found = intraclass_correlation(fit_mixed("Yield ~ 1 + (1 | Batch)", table))
    assert found.value == pytest.approx(spread / (spread + within), rel=1e-6)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("confidence", [0.95, 0.6])
def test_limits_on_the_dense_criterion(small, reml, confidence):
    fit = fit_mixed("y ~ x + (1 | g)", small, reml=reml)
    icc = profiled_correlation(fit, confidence=confidence)
    rise = {0.95: 3.841458821, 0.6: 0.7083263008}[confidence]
    for end in (icc.low, icc.high):
        D = np.array([[end / (1.0 - end)]])
        value = dense.criterion(fit.design.y, fit.design.X, fit.Z, fit.grouping.codes, D, reml=reml)
        assert value - fit.criterion == pytest.approx(rise, abs=1e-6)


def test_no_spread(read):
    icc = intraclass_correlation(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert (icc.value, icc.low) == (0.0, 0.0)
    assert 0.0 < icc.high < 1.0


def test_zero_is_in_the_interval_of_both_or_of_neither(read):
    """ICC = 0 and SD = 0 are one hypothesis."""
    for name in ("Dyestuff", "Dyestuff2"):
        fit = fit_mixed("Yield ~ 1 + (1 | Batch)", read(name), reml=False)
        assert (profiled_correlation(fit).low == 0.0) == variance_profile(fit)[0].low_at_bound


def test_an_empty_exact_interval_gives_way_to_the_profile():
    """Group means more alike than chance allows: F is below its lower quantile at λ = 0 already."""
    table = pd.DataFrame({"y": [1.0, -1.0, 1.001, -1.002, 0.999, -1.0], "g": [1, 1, 2, 2, 3, 3]})
    icc = intraclass_correlation(fit_mixed("y ~ 1 + (1 | g)", table))
    assert icc.method == "profile of the REML criterion"
    assert icc.low == 0.0 < icc.high


def test_of_groups_that_are_fixed_effects_too_nothing_is_known(read):
    """No F is left, and the error contrasts hold nothing of the batches: every share is as likely."""
    icc = intraclass_correlation(fit_mixed("Yield ~ Batch + (1 | Batch)", read("Dyestuff")))
    assert (icc.low, icc.high) == (0.0, 1.0)
    assert icc.method == "profile of the REML criterion"


def test_the_profile_is_of_a_random_intercept_alone(sleep_slope):
    with pytest.raises(ModelError, match="random intercept alone"):
        profiled_correlation(sleep_slope)
