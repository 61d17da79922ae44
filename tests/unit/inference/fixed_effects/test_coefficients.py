"""Rows of coefficients against lmerTest (sleepstudy) and statsmodels' own least-squares tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import (
    coefficient,
    covariance,
    fixed_effects,
    group_intercepts,
    t_quantile,
)
from lmm.inference.fixed_effects.uncertainty import check_determined
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.report.summary import summary_text
from tests.unit.inference.fixed_effects.test_kenward_roger import ONCE


def test_sleepstudy(sleep_slope):
    intercept, days = fixed_effects(sleep_slope)
    assert (intercept.term, days.term) == ("Intercept", "Days")
    assert (days.estimate, days.se) == pytest.approx((10.467285960, 1.545789965), rel=1e-6)
    assert (intercept.t, days.t) == pytest.approx((36.838306441, 6.771484764), rel=1e-7)
    assert intercept.p == pytest.approx(1.17088729e-17, rel=1e-6)
    assert days.p == pytest.approx(3.26378807e-06, rel=1e-6)
    assert (days.dof_method, days.dof) == ("Kenward-Roger", pytest.approx(17.0))
    # 2.109816 is the tables' 97.5 % point of t on 17 degrees of freedom
    assert days.high - days.estimate == pytest.approx(2.109816 * days.se, rel=1e-6)
    assert days.estimate - days.low == pytest.approx(days.high - days.estimate)


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_least_squares(small, confidence):
    rows = fixed_effects(fit_pooled("y ~ x", small), confidence=confidence)
    expected = smf.ols("y ~ x", small).fit()
    assert [row.p for row in rows] == pytest.approx(list(expected.pvalues), rel=1e-8)
    ends = expected.conf_int(1.0 - confidence).to_numpy()
    assert np.array([[row.low, row.high] for row in rows]) == pytest.approx(ends)
    assert {row.dof for row in rows} == {expected.df_resid}
    assert {row.dof_method for row in rows} == {"residual"}


def test_stratified_intercepts(small):
    rows = group_intercepts(fit_stratified("y ~ x", small, group="g"))
    expected = smf.ols("y ~ C(g) + x - 1", small).fit()
    table = pd.concat([expected.params, expected.bse, expected.pvalues], axis=1).iloc[:-1]
    assert [row.term for row in rows] == [str(level) for level in range(9)]
    ours = np.array([[row.estimate, row.se, row.p] for row in rows])
    assert ours == pytest.approx(table.to_numpy(), rel=1e-7)


def test_a_pooled_fit_has_no_group_intercepts(small):
    assert group_intercepts(fit_pooled("y ~ x", small)) == ()


def test_the_sign_of_an_estimate_does_not_change_its_p():
    up = coefficient("a", 2.0, 1.0, 10.0, method="residual")
    down = coefficient("a", -2.0, 1.0, 10.0, method="residual")
    assert up.p == down.p == pytest.approx(0.0733880348, rel=1e-8)
    assert (down.low, down.high) == (-up.high, -up.low)


def test_quantiles_of_many_degrees_at_once():
    assert t_quantile(0.95, np.array([1.0, 30.0])) == pytest.approx([12.7062047, 2.0422725])


def test_se_is_the_adjusted_one_and_se_model_lme4s(nepal_slope):
    """pbkrtest's and lme4's standard errors of the same fit."""
    rows = fixed_effects(nepal_slope)
    assert [row.se for row in rows] == pytest.approx([0.066935537229, 0.002766903721], rel=1e-7)
    assert [row.se_model for row in rows] == pytest.approx(
        [0.06667743587942, 0.002753524029713], rel=1e-7
    )
    for row in rows:
        assert row.t == pytest.approx(row.estimate / row.se)
        assert row.high - row.low == pytest.approx(2.0 * t_quantile(0.95, row.dof) * row.se)


def test_a_method_by_name(nepal_intercept):
    """lmerTest's p of 64.8; between–within counts 197 children and 882 rows; z is normal."""
    satterthwaite = fixed_effects(nepal_intercept, method="satterthwaite")[1]
    assert (satterthwaite.dof_method, satterthwaite.se) == ("Satterthwaite", satterthwaite.se_model)
    assert satterthwaite.dof == pytest.approx(723.654299449, rel=1e-6)
    counted = fixed_effects(nepal_intercept, method="between-within")
    assert [row.dof for row in counted] == [196.0, 684.0]
    wald = fixed_effects(nepal_intercept, method="wald")[1]
    assert (wald.dof, wald.dof_method) == (np.inf, "Wald z")
    assert wald.high - wald.estimate == pytest.approx(1.959963984540 * wald.se)


def test_covariance_is_that_of_the_rows(nepal_slope):
    se = [row.se for row in fixed_effects(nepal_slope)]
    assert np.sqrt(np.diag(covariance(nepal_slope))) == pytest.approx(se)
    assert covariance(nepal_slope, method="wald") == pytest.approx(nepal_slope.vcov)


@pytest.mark.parametrize("method", ["kenward-roger", "satterthwaite"])
def test_a_coefficient_whose_variance_nobody_knows_has_an_estimate_only(method):
    fit = fit_mixed("y ~ t + (t || id)", ONCE)
    intercept, slope = fixed_effects(fit, method=method)
    assert intercept.p < 1e-9 and intercept.dof_method != "undetermined"
    assert slope.dof_method == "undetermined"
    assert slope.estimate == pytest.approx(fit.beta[1])
    assert np.isnan([slope.se, slope.dof, slope.t, slope.p, slope.low, slope.high]).all()
    with pytest.raises(ModelError, match="how sure t can be depends on a variance"):
        check_determined(fit)


def test_what_is_not_known_is_said_on_the_terminal():
    text = summary_text(fit_mixed("y ~ t + (t || id)", ONCE))
    assert "Kenward-Roger, undetermined" in text
    assert "nan" not in text
