"""Information criteria and tests against lme4's logLik, AIC, BIC and anova (1.1-31)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lmm.errors import ModelError
from lmm.inference.variance_tests.comparison import information_criteria, random_effect_test
from lmm.model.fit import fit_mixed, refit
from lmm.model.ordinary import fit_pooled


def test_criteria_of_sleepstudy(sleep_slope):
    row = information_criteria("slopes", refit(sleep_slope, reml=False))
    assert row.parameters == 6
    found = (row.log_likelihood, row.deviance, row.aic, row.bic)
    assert found == pytest.approx((-875.96967223, 1751.93934446, 1763.93934446, 1783.09708557))


def test_criteria_of_a_regression(sleep):
    """R's logLik(lm(Reaction ~ Days)) counts sigma among its 3 parameters."""
    row = information_criteria("pooled", fit_pooled("Reaction ~ Days", sleep))
    assert row.parameters == 3
    assert row.aic == pytest.approx(row.deviance + 6.0)
    assert row.log_likelihood == pytest.approx(-950.1465, abs=1e-3)


def test_reml_fits_have_no_criteria_to_compare(sleep_slope):
    with pytest.raises(ModelError, match="REML"):
        information_criteria("slopes", sleep_slope)


def test_a_correlated_slope(sleep):
    fits = [
        (name, fit_mixed(f"Reaction ~ Days + ({name} | Subject)", sleep, reml=False))
        for name in ("1", "Days")
    ]
    row = random_effect_test(*fits)
    assert (row.dof, row.smaller, row.larger) == (2, "1", "Days")
    assert row.statistic == pytest.approx(42.139298542, rel=1e-8)
    assert row.p_naive == pytest.approx(7.07241255e-10, rel=1e-6)
    assert row.p_mixture == pytest.approx(3.96119531e-10, rel=1e-6)


def test_an_independent_slope(sleep):
    small = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep, reml=False)
    large = fit_mixed("Reaction ~ Days + (Days || Subject)", sleep, reml=False)
    row = random_effect_test(("intercepts", small), ("slopes", large))
    assert row.dof == 1
    assert row.statistic == pytest.approx(42.075387865, rel=1e-8)
    assert row.p_mixture == pytest.approx(4.39107924e-11, rel=1e-6)


def test_a_third_correlated_column(sleep):
    table = sleep.assign(square=sleep["Days"] ** 2)
    small = fit_mixed("Reaction ~ Days + square + (Days | Subject)", table, reml=False)
    large = fit_mixed("Reaction ~ Days + square + (Days + square | Subject)", table, reml=False)
    row = random_effect_test(("line", small), ("curve", large))
    assert row.dof == 3
    assert row.statistic == pytest.approx(12.663935393, rel=1e-6)
    assert row.p_naive == pytest.approx(0.0054227116, rel=1e-5)
    # upper tails of χ²(2) and χ²(3) there, halved and added
    assert row.p_mixture == pytest.approx(0.5 * 0.0017785 + 0.5 * 0.0054227, abs=2e-6)


def test_nepal(nepal_intercept, nepal_slope):
    row = random_effect_test(("RI", nepal_intercept), ("RS", nepal_slope))
    assert row.statistic == pytest.approx(9.0310968700, rel=1e-7)
    assert row.p_mixture == pytest.approx(0.0068, abs=5e-5)
    fits = [(name, refit(fit, reml=False)) for name, fit in
            (("RI", nepal_intercept), ("RS", nepal_slope))]  # fmt: skip
    row = random_effect_test(*fits)
    assert row.statistic == pytest.approx(8.685445428, rel=1e-7)
    assert (row.p_naive, row.p_mixture) == pytest.approx((0.01300108, 0.00810435), rel=1e-5)


def test_no_gain_at_all_has_p_one(read):
    """The wider model ends on the boundary, where it is the narrower one."""
    table = read("Dyestuff2").assign(t=lambda frame: frame.groupby("Batch").cumcount() * 1.0)
    small = fit_mixed("Yield ~ 1 + (1 | Batch)", table, reml=False)
    large = fit_mixed("Yield ~ 1 + (t || Batch)", table, reml=False)
    row = random_effect_test(("a", small), ("b", large))
    assert large.singular
    assert (row.statistic, row.p_mixture) == (0.0, 1.0)


def test_what_does_not_compare(sleep, sleep_slope):
    small = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep)
    with pytest.raises(ModelError, match="different rows"):
        fewer = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep.iloc[:170])
        random_effect_test(("a", fewer), ("b", sleep_slope))
    with pytest.raises(ModelError, match="different rows"):
        other = sleep.assign(Reaction=2.0 * sleep["Reaction"])  # the same rows, another outcome
        random_effect_test(
            ("a", fit_mixed("Reaction ~ Days + (1 | Subject)", other)), ("b", sleep_slope)
        )
    with pytest.raises(ModelError, match="one model was fitted by REML"):
        random_effect_test(("a", refit(small, reml=False)), ("b", sleep_slope))
    with pytest.raises(ModelError, match="different fixed effects"):
        level = fit_mixed("Reaction ~ 1 + (1 | Subject)", sleep)
        random_effect_test(("a", level), ("b", sleep_slope))
    with pytest.raises(ModelError, match="different weights"):
        weighted = sleep.assign(w=1.0 + sleep["Days"] % 2)
        other = fit_mixed("Reaction ~ Days + (1 | Subject)", weighted, weights="w")
        random_effect_test(("a", other), ("b", sleep_slope))
    with pytest.raises(ModelError, match="grouping factor that both models have"):
        halves = sleep.assign(half=sleep["Days"] > 4)
        other = fit_mixed("Reaction ~ Days + (1 | Subject) + (1 | Subject:half)", halves)
        random_effect_test(("a", small), ("b", other))
    with pytest.raises(ModelError, match="one added random effect"):
        random_effect_test(("a", small), ("b", small))
    with pytest.raises(ModelError, match="one added random effect"):
        random_effect_test(("a", refit(level, reml=False)), ("b", refit(sleep_slope, reml=False)))


def test_rounding_is_no_gain(sleep):
    fit = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep, reml=False)
    wider = fit_mixed("Reaction ~ Days + (Days || Subject)", sleep, reml=False)
    for noise in (3e-9, -3e-9):
        row = random_effect_test(("a", fit), ("b", replace(wider, criterion=fit.criterion - noise)))
        assert (row.statistic, row.p_mixture) == (0.0, 1.0)
