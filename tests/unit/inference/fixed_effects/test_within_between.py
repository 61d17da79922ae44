"""Within and between: least squares with a dummy for each group, plain algebra, balanced data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.stats import chi2

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.inference.fixed_effects.group_regressions import between_regression, within_regression
from lmm.inference.fixed_effects.hausman import hausman, swamy_arora_ratio
from lmm.inference.fixed_effects.within_between import mundlak_fit, within_between
from lmm.model.fit import fit_mixed


@pytest.fixture(scope="module")
def schools():
    """30 unequal groups; inside them x does +1, their means of x do −2."""
    rng = np.random.default_rng(8)
    group = np.repeat(np.arange(30), rng.integers(2, 9, 30))
    centre = rng.normal(size=30)
    x = centre[group] + rng.normal(size=len(group))
    z = rng.normal(size=len(group))
    outer = rng.normal(size=30)[group]
    y = (
        x
        - 3.0 * centre[group]
        + 0.5 * z
        + outer
        + rng.normal(size=30)[group]
        + 0.5 * rng.normal(size=len(group))
    )
    return pd.DataFrame({"y": y, "x": x, "z": z, "outer": outer, "g": group})


@pytest.fixture(scope="module")
def fit(schools):
    return fit_mixed("y ~ x + z + outer + (1 | g)", schools)


def test_within_is_a_dummy_for_each_group(fit, schools):
    expected = smf.ols("y ~ x + z + C(g)", schools).fit()
    rows = within_between(fit, confidence=0.9)
    assert [row.term for row in rows] == ["x", "z"]
    for row in rows:
        assert row.within is not None
        assert row.within.estimate == pytest.approx(expected.params[row.term], rel=1e-9)
        assert row.within.se == pytest.approx(expected.bse[row.term], rel=1e-9)
        assert row.within.p == pytest.approx(expected.pvalues[row.term], rel=1e-7)
        ends = expected.conf_int(0.1).loc[row.term]
        assert (row.within.low, row.within.high) == pytest.approx(tuple(ends), rel=1e-8)
        assert row.within.dof == expected.df_resid


def test_between_is_the_regression_of_means(fit, schools):
    means = schools.groupby("g").mean()
    expected = smf.ols("y ~ x + z + outer", means).fit()
    for row in within_between(fit):
        assert row.between is not None
        assert row.between.estimate == pytest.approx(expected.params[row.term], rel=1e-9)
        assert row.between.se == pytest.approx(expected.bse[row.term], rel=1e-9)
        assert row.between.dof == expected.df_resid


def test_contextual_is_the_coefficient_of_a_column_of_means(fit, schools):
    means = schools.groupby("g")[["x", "z"]].transform("mean").add_prefix("m")
    wider = fit_mixed("y ~ x + z + outer + mx + mz + (1 | g)", schools.join(means))
    expected = {row.term: row for row in fixed_effects(wider)}
    for row in within_between(fit):
        assert row.contextual is not None
        found = expected[f"m{row.term}"]
        assert row.contextual.estimate == pytest.approx(found.estimate, rel=1e-7)
        assert (row.contextual.se, row.contextual.dof, row.contextual.p) == pytest.approx(
            (found.se, found.dof, found.p), rel=1e-6
        )
        assert row.contextual.method == "Kenward-Roger"


def test_beside_its_mean_a_covariate_has_its_within_estimate(fit):
    """Mundlak's theorem, which holds in unequal groups too."""
    wider, places = mundlak_fit(fit)
    found = within_regression(fit)
    assert found is not None
    assert wider.beta[[1, 2]] == pytest.approx(found.beta, rel=1e-8)
    assert [wider.design.names[j] for j in places.values()] == ["mean of x", "mean of z"]


def test_what_was_built_in_is_found(fit):
    """x does +1 within and −2 between; of its variation about half lies between groups."""
    x = within_between(fit)[0]
    assert x.within and x.between and x.contextual
    assert abs(x.within.estimate - 1.0) < 4 * x.within.se
    # the means of x have noise of their own, which draws the slope between towards +1
    assert x.between.estimate < -1.0
    assert x.contextual.p < 1e-6
    assert 0.3 < x.between_share < 0.7


def test_balanced_times_have_nothing_between(sleep):
    """Every subject has the same days: one slope, whoever asks (and no mean to add)."""
    (row,) = within_between(fit_mixed("Reaction ~ Days + (1 | Subject)", sleep))
    assert row.within is not None
    assert row.within.estimate == pytest.approx(row.model.estimate, rel=1e-9)
    assert row.between_share == pytest.approx(0.0, abs=1e-12)
    assert (row.between, row.contextual) == (None, None)


@pytest.mark.parametrize("formula", ["Reaction ~ Days", "Reaction ~ 0 + Days"])
def test_equal_means_are_compared_with_nothing(sleep, formula):
    """Without an intercept the common mean of days would only stand in for it."""
    fit = fit_mixed(f"{formula} + (1 | Subject)", sleep)
    (row,) = within_between(fit)
    assert (row.between, row.contextual) == (None, None)
    if "0" not in formula:
        undefined = hausman(fit)
        assert undefined is not None
        assert (undefined.statistic, undefined.p, undefined.common_variance) == (None, None, False)


def test_as_many_group_means_as_groups_tell_nothing_of_what_lies_between(schools):
    """Two groups' two means and levels: any line goes through them."""
    (row,) = within_between(fit_mixed("y ~ x + (1 | g)", schools[schools["g"] < 2]))
    assert (row.between, row.contextual) == (None, None)
    assert row.within is not None and row.between_share > 0.01


def test_a_large_origin_costs_no_digits(schools):
    """A calendar year as covariate."""
    near = within_between(fit_mixed("y ~ x + (1 | g)", schools))[0]
    far = within_between(fit_mixed("y ~ x + (1 | g)", schools.assign(x=schools["x"] + 2024.0)))[0]
    for part in ("within", "between", "contextual"):
        a, b = getattr(near, part), getattr(far, part)
        assert (b.estimate, b.se, b.p) == pytest.approx((a.estimate, a.se, a.p), rel=1e-7)


def test_nothing_varies_within(schools):
    fit = fit_mixed("y ~ outer + (1 | g)", schools)
    assert within_between(fit) == ()
    assert hausman(fit) is None
    assert within_regression(fit) is None
    assert between_regression(fit) is not None


def test_a_large_difference_is_tested_with_a_common_variance(fit, schools):
    """Then it is the Wald test of the means' coefficients, at the same ratio of variances (Mundlak 1978)."""
    found = hausman(fit)
    assert found is not None and found.statistic is not None and found.p is not None
    assert (found.terms, found.dof, found.common_variance) == (("x", "z"), 2, True)
    ratio = swamy_arora_ratio(fit)
    within = within_regression(fit)
    assert ratio is not None and within is not None
    codes = schools["g"].to_numpy()
    V = np.eye(fit.n) + ratio * (codes[:, None] == codes[None, :])
    means = schools.groupby("g")[["x", "z"]].transform("mean").to_numpy()
    X = np.column_stack([np.ones(fit.n), schools[["x", "z", "outer"]], means])
    Phi = np.linalg.inv(X.T @ np.linalg.solve(V, X))
    beta = Phi @ X.T @ np.linalg.solve(V, fit.design.y)
    wald = beta[4:] @ np.linalg.solve(within.squares / within.dof * Phi[4:, 4:], beta[4:])
    assert found.statistic == pytest.approx(wald, rel=1e-8)
    assert found.p < 1e-6


def test_one_grouping_factor_only(read):
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    for ask in (within_between, hausman):
        with pytest.raises(ModelError, match="one grouping factor"):
            ask(crossed)


def test_a_small_difference_is_tested_with_each_estimates_own_variance(schools):
    """Hausman's own form: the random intercept's least squares with V written out, less the dummies'."""
    rng = np.random.default_rng(1)
    own = rng.normal(size=30)[schools["g"]] + rng.normal(size=len(schools))
    table = schools.assign(y=schools["x"] + 0.5 * schools["z"] + own)
    fit = fit_mixed("y ~ x + z + outer + (1 | g)", table)
    found, ratio = hausman(fit), swamy_arora_ratio(fit)
    assert found is not None and ratio is not None and not found.common_variance
    codes = table["g"].to_numpy()
    V = np.eye(fit.n) + ratio * (codes[:, None] == codes[None, :])
    X, y = fit.design.X, fit.design.y
    Phi = np.linalg.inv(X.T @ np.linalg.solve(V, X))
    beta = Phi @ X.T @ np.linalg.solve(V, y)
    left = y - X @ beta
    sigma2 = left @ np.linalg.solve(V, left) / (fit.n - fit.p)
    dummies = smf.ols("y ~ x + z + C(g)", table).fit()
    difference = dummies.params[["x", "z"]] - beta[1:3]
    covariance = dummies.cov_params().loc[["x", "z"], ["x", "z"]] - sigma2 * Phi[1:3, 1:3]
    expected = difference @ np.linalg.solve(covariance, difference)
    assert found.random == pytest.approx(beta[1:3], rel=1e-9)
    assert found.statistic == pytest.approx(expected, rel=1e-7)
    assert found.p == pytest.approx(chi2.sf(expected, 2), rel=1e-7)
