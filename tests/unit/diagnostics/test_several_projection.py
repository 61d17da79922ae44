"""The projection of several grouping factors, against dense matrices and against the projection of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.diagnostics.projection import projection
from lmm.diagnostics.residuals import blup_covariance, residuals
from lmm.diagnostics.several_innovations import several_innovations
from lmm.diagnostics.several_projection import several_projection
from lmm.model.fit import Fit, fit_mixed

FORMULAS = {
    "crossed": ("y ~ x + (x | pupil) + (1 | marker)", "pupil"),
    "crossed, the smaller factor spoken of": ("y ~ x + (x | pupil) + (1 | marker)", "marker"),
    "nested": ("y ~ x + (1 | school) + (x | pupil)", "pupil"),
    "three": ("y ~ x + (1 | school) + (1 | pupil) + (1 | marker)", "pupil"),
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 90
    pupil = rng.integers(0, 15, n)
    marker, x = rng.integers(0, 4, n), rng.normal(size=n)
    effects = (rng.normal(size=(15, 2)), rng.normal(size=4), rng.normal(size=5))
    y = 3.0 + x + effects[0][pupil, 0] + effects[0][pupil, 1] * x + effects[1][marker]
    y = y + effects[2][pupil % 5] + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "pupil": pupil, "school": pupil % 5, "marker": marker})


@pytest.fixture(params=sorted(FORMULAS))
def fit(request: pytest.FixtureRequest, table: pd.DataFrame) -> Fit:
    formula, main = FORMULAS[request.param]
    return replace(fit_mixed(formula, table), main=main)


def dense(fit: Fit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """V and P relative to sigma², and X, in the user's units, from their definitions."""
    V, X = np.eye(fit.n), fit.design.X
    for factor in fit.factors:
        Z = fit.Z[:, factor.columns]
        same = factor.grouping.codes[:, None] == factor.grouping.codes
        V += same * (Z @ factor.own(fit.Psi / fit.sigma**2) @ Z.T)
    inverse = np.linalg.inv(V)
    P = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    return V, P, X


def test_the_operator_is_the_dense_one(fit: Fit) -> None:
    V, P, _ = dense(fit)
    found, columns = several_projection(fit), np.random.default_rng(1).normal(size=(fit.n, 3))
    np.testing.assert_allclose(found.solve(columns), np.linalg.solve(V, columns), atol=1e-9)
    np.testing.assert_allclose(found.apply(columns), P @ columns, atol=1e-8)
    np.testing.assert_allclose(found.diagonal, np.diag(P), atol=1e-9)
    rows = np.array([3, 50, 4, 88])
    np.testing.assert_allclose(found.block(rows), P[np.ix_(rows, rows)], atol=1e-9)


def test_residuals_are_those_of_the_projected_outcome(fit: Fit) -> None:
    _, P, _ = dense(fit)
    np.testing.assert_allclose(
        several_projection(fit).residual * fit.sigma, P @ fit.design.y, atol=1e-6
    )


def test_the_variance_of_predicted_effects_is_the_dense_one(fit: Fit) -> None:
    """var(b̂_i) = Ψ Z_i'P Z_i Ψ/sigma², level by level."""
    _, P, _ = dense(fit)
    factor, Psi = fit.factor, fit.own_Psi
    found = blup_covariance(fit, several_projection(fit))
    for i in range(factor.m):
        Z = fit.Z[:, factor.columns] * (factor.grouping.codes == i)[:, None]
        expected = Psi @ Z.T @ P @ Z @ Psi / fit.sigma**2
        np.testing.assert_allclose(found[i], expected, atol=1e-7)


def test_with_one_factor_it_says_what_the_projection_of_one_does(table: pd.DataFrame) -> None:
    fit = fit_mixed("y ~ x + (x | pupil)", table)
    one, several = projection(fit), several_projection(fit)
    columns = np.random.default_rng(2).normal(size=(fit.n, 2))
    np.testing.assert_allclose(several.apply(columns), one.apply(columns), atol=1e-10)
    np.testing.assert_allclose(several.diagonal, one.diagonal, atol=1e-10)
    np.testing.assert_allclose(several.M, one.M, atol=1e-10)
    np.testing.assert_allclose(several.W, one.W, atol=1e-10)
    for found, expected in zip(
        several.variance_scores(columns), one.variance_scores(columns), strict=True
    ):
        np.testing.assert_allclose(found, expected)


def test_clean_data_have_residuals_of_the_projection_s_variance(fit: Fit) -> None:
    """The mean square of each drawn residual is P_jj (sigma is estimated anew: about 1 of 60 degrees of freedom)."""
    P = several_projection(fit)
    square = np.concatenate([e**2 for e in P.draws(4000, seed=3)], axis=1)
    told = np.abs(square.mean(axis=1) - P.diagonal) / (square.std(axis=1) / np.sqrt(4000))
    assert np.mean(told < 4.0) == 1.0


def test_steps_are_the_rows_of_the_group_s_own_cholesky_factor(fit: Fit) -> None:
    V, P, _ = dense(fit)
    e = (P @ fit.design.y / fit.sigma)[:, None]
    found = several_innovations(several_projection(fit), None)(e)[:, 0]
    marginal = (fit.design.y - fit.design.X @ fit.beta) / fit.sigma
    for i in range(fit.factor.m):
        rows = np.flatnonzero(fit.grouping.codes == i)
        root = np.linalg.cholesky(V[np.ix_(rows, rows)])
        np.testing.assert_allclose(found[rows], np.linalg.solve(root, marginal[rows]), atol=1e-6)


def test_with_one_factor_the_steps_are_the_innovations(table: pd.DataFrame) -> None:
    fit = fit_mixed("y ~ x + (x | pupil)", table)
    x = table["x"].to_numpy()
    several = several_projection(fit)
    found = several_innovations(several, x)(several.residual[:, None])[:, 0]
    np.testing.assert_allclose(found, residuals(fit, time=x).cholesky, atol=1e-8)
