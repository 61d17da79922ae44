"""The names statsmodels users type, with independent values behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmm


def test_the_same_fit_as_statsmodels(ours, theirs):
    assert list(ours.params.index) == ["Intercept", "x"]
    np.testing.assert_allclose(ours.params, theirs.fe_params, rtol=1e-4)
    np.testing.assert_allclose(ours.bse, theirs.bse_fe, rtol=1e-3)
    np.testing.assert_allclose(ours.cov_params(), theirs.cov_params().iloc[:2, :2], rtol=5e-3)
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-4)
    assert ours.scale == pytest.approx(theirs.scale, rel=1e-3)
    np.testing.assert_allclose(ours.fit.Psi, theirs.cov_re, rtol=5e-3)
    for level, effects in ours.random_effects.items():
        np.testing.assert_allclose(effects, theirs.random_effects[level], atol=5e-3)
    np.testing.assert_allclose(ours.fittedvalues, theirs.fittedvalues, atol=5e-3)


def test_the_names_agree_with_one_another(ours, table):
    np.testing.assert_allclose(ours.tvalues, ours.params / ours.bse)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.cov_params())), ours.bse)
    np.testing.assert_allclose(ours.fittedvalues + ours.resid, table["y"])
    assert ours.criterion == pytest.approx(-2 * ours.llf)
    assert ours.scale == pytest.approx(ours.sigma**2)
    assert ours.aic == pytest.approx(ours.criterion + 2 * 6)
    assert ours.bic == pytest.approx(ours.criterion + np.log(90) * 6)
    assert (ours.converged, ours.singular, ours.nobs) == (True, False, 90)
    assert len(ours.theta) == 3
    assert ((ours.pvalues >= 0) & (ours.pvalues <= 1)).all()
    assert str(ours) == ours.summary()
    assert "15 groups of g" in ours.summary()


def test_the_balanced_random_slope_model_has_closed_form_effects(ours, table):
    # in a balanced design the average line is the mean of the groups' own lines, with t on m - 1
    lines = np.array([np.polyfit(part["x"], part["y"], 1)[::-1] for _, part in table.groupby("g")])
    np.testing.assert_allclose(ours.params, lines.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(ours.bse, lines.std(axis=0, ddof=1) / np.sqrt(15), rtol=1e-4)


def test_intervals_widen_with_their_coverage(ours):
    from scipy.stats import t

    slope = ours.coefficients[1]
    for alpha in (0.05, 0.1):
        low, high = ours.conf_int(alpha).loc["x"]
        reach = t(slope.dof).ppf(1 - alpha / 2) * slope.se
        assert (low, high) == pytest.approx((slope.estimate - reach, slope.estimate + reach))


def test_all_that_is_said_of_a_coefficient_has_one_standard_error(table):
    """Unequal groups: Kenward–Roger's is larger than the model's, which ``fit.vcov`` keeps."""
    uneven = table[np.arange(90) % 7 < 4]
    ours = lmm.fit("y ~ x + (x | g)", uneven)
    model = np.sqrt(np.diag(ours.fit.vcov))
    assert (ours.bse.to_numpy() > model).all()
    np.testing.assert_allclose([row.se_model for row in ours.coefficients], model)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.cov_params())), ours.bse)
    np.testing.assert_allclose(ours.tvalues, ours.params / ours.bse)
    middle = ours.conf_int().mean(axis=1)
    np.testing.assert_allclose(middle, ours.params)
    low_at_p = [ours.conf_int(ours.pvalues[term]).loc[term] for term in ours.params.index]
    for ends in low_at_p:
        assert min(abs(ends)) == pytest.approx(0.0, abs=1e-6)


def test_pooled_is_least_squares(table):
    import statsmodels.api as sm

    found, wanted = (
        lmm.pooled("y ~ x", table),
        sm.OLS(table["y"], sm.add_constant(table["x"])).fit(),
    )
    for name in ("params", "bse", "tvalues", "pvalues"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=1e-9)
    np.testing.assert_allclose(found.conf_int(), wanted.conf_int(), rtol=1e-9)
    np.testing.assert_allclose(found.cov_params(), wanted.cov_params(), rtol=1e-9)
    assert found.llf == pytest.approx(wanted.llf)
    assert found.scale == pytest.approx(wanted.scale)
    # sigma counts as a parameter here
    assert found.aic == pytest.approx(wanted.aic + 2)
    assert found.bic == pytest.approx(wanted.bic + np.log(90))


def test_stratified_is_least_squares_with_a_dummy_a_group(table):
    found = lmm.stratified("y ~ x", table, group="g")
    X = np.column_stack([pd.get_dummies(table["g"]).to_numpy(float), table["x"]])
    beta = np.linalg.lstsq(X, table["y"].to_numpy(), rcond=None)[0]
    assert list(found.params.index) == ["x"]
    assert found.params["x"] == pytest.approx(beta[-1])
    np.testing.assert_allclose(found.fit.intercepts, beta[:-1])
    np.testing.assert_allclose(found.fittedvalues, X @ beta)
