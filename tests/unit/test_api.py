"""What `import lmm` offers: the names statsmodels users type, with independent values behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmm
from lmm.errors import LmmError

SLEEP = Path(__file__).resolve().parents[1] / "reference" / "data" / "sleepstudy.csv"


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(4)
    codes, x = np.repeat(np.arange(15), 6), np.tile(np.arange(6.0), 15)
    b = rng.normal(size=(15, 2)) * [2.0, 0.7]
    y = 5 + b[codes, 0] + (1.0 + b[codes, 1]) * x + rng.normal(size=90)
    return pd.DataFrame(
        {"y": y, "x": x, "g": [f"s{c:02d}" for c in codes]}, index=np.arange(90) + 1000
    )


@pytest.fixture(scope="module")
def ours(table):
    return lmm.fit("y ~ x + (x | g)", table)


@pytest.fixture(scope="module")
def theirs(table):
    import statsmodels.formula.api as smf

    return smf.mixedlm("y ~ x", table, groups="g", re_formula="~x").fit()


def test_names_that_are_offered():
    assert set(lmm.__all__) == {"__version__", "fit", "pooled", "stratified"}
    with pytest.raises(AttributeError, match="nothing"):
        _ = lmm.nothing


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


def test_predictions_for_rows_fitted_new_groups_and_the_population(ours, table):
    np.testing.assert_allclose(ours.predict(level="group"), ours.fittedvalues)
    new = pd.DataFrame({"x": [2.0, 2.0], "g": ["s03", "unseen"]})
    line = ours.params["Intercept"] + 2 * ours.params["x"]
    np.testing.assert_allclose(ours.predict(new), [line, line])
    own = ours.random_effects["s03"]
    np.testing.assert_allclose(
        ours.predict(new, level="group"), [line + own["Intercept"] + 2 * own["x"], line]
    )
    np.testing.assert_allclose(ours.predict({"x": [2.0]}), [line])


def test_predictions_with_intervals(ours):
    new = pd.DataFrame({"x": [2.0, 2.0, 7.0], "g": ["s03", "unseen", "s03"]})
    told = ours.predictions(new, confidence=0.9)
    assert told["kind"].tolist() == ["known group", "new group", "known group"]
    assert told["value"].to_numpy() == pytest.approx(ours.predict(new, level="group"))
    wider = ours.predictions(new, confidence=0.99)
    assert (wider["low"] < told["low"]).all() and (told["low"] < told["value"]).all()
    assert (told["observation_low"] < told["low"]).all()
    average = ours.predictions({"x": [0.0]}, level="population")
    assert average.loc[0, "low"] == pytest.approx(ours.conf_int().loc["Intercept", 0])


def test_requests_that_cannot_be_met_are_refused(ours, table):
    with pytest.raises(LmmError, match=r"-1 .* is not a positive, finite number"):
        lmm.fit("y ~ x + (1 | g)", table, weights=-np.ones(len(table)))
    with pytest.raises(LmmError, match="'population' or 'group'"):
        ours.predict(level="marginal")
    with pytest.raises(LmmError, match="lack the columns g"):
        ours.predict({"x": [1.0]}, level="group")
    with pytest.raises(LmmError, match="'z' is not in the table"):
        lmm.fit("y ~ z + (1 | g)", table)
    with pytest.raises(LmmError, match="no random term"):
        lmm.fit("y ~ x", table)


def test_maximum_likelihood(table):
    import statsmodels.formula.api as smf

    theirs = smf.mixedlm("y ~ x", table, groups="g").fit(reml=False)
    ours = lmm.fit("y ~ x + (1 | g)", table, reml=False)
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-5)
    assert ours.scale == pytest.approx(theirs.scale, rel=1e-3)
    assert theirs.llf != pytest.approx(lmm.fit("y ~ x + (1 | g)", table).llf, abs=1e-2)


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


def test_rows_with_missing_values_are_left_out_and_positions_kept(table):
    holed = table.copy()
    holed.iloc[[3, 50], 0] = np.nan
    found = lmm.fit("y ~ x + (1 | g)", holed)
    assert found.nobs == 88
    assert list(found.resid.index) == [i for i in range(90) if i not in (3, 50)]


def test_tables_of_effects_and_components(ours):
    assert list(ours.blups.columns) == ["group", "level", "term", "value", "se"]
    assert len(ours.blups) == 30
    assert set(ours.variance_components["term"]) >= {"Intercept", "x"}


def test_a_mapping_is_a_table(table, ours):
    again = lmm.fit("y ~ x + (x | g)", {name: table[name].to_numpy() for name in table})
    assert again.criterion == ours.criterion


def test_serial_correlation():
    """nlme: lme(Reaction ~ Days, random = ~ 1 | Subject, correlation = corCAR1(form = ~ Days | Subject))."""
    table = pd.read_csv(SLEEP)
    results = lmm.fit("Reaction ~ Days + (1 | Subject)", table, serial="Days")
    assert results.llf == pytest.approx(-868.09553177994, abs=1e-7)
    assert results.aic == pytest.approx(2 * 868.09553177994 + 2 * 5, abs=1e-6)
    assert results.criterion == pytest.approx(-2 * results.llf)
    assert results.params.to_numpy() == pytest.approx([252.8414457006, 10.4668736947], rel=1e-7)
    assert results.bse.to_numpy() == pytest.approx([10.940931924, 1.344080554], rel=1e-6)
    row = results.serial_correlation
    assert row.phi == pytest.approx(0.653133537, rel=1e-6)
    assert row.low < row.phi < row.high
    assert f"Residuals one unit of Days apart correlate {row.phi:.5g}" in results.summary()
    assert results.converged and not results.singular
    assert results.predict(level="group") == pytest.approx(results.fittedvalues.to_numpy())
    with pytest.raises(LmmError, match="serial correlation"):
        results.predictions(table)


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
