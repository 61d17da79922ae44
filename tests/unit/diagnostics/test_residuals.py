"""Residuals of every kind, against dense formulas and R."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.projection import projection
from lmm.diagnostics.residuals import level_two, residuals, scaled_residuals
from lmm.model.fit import fit_mixed
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import covariance, dense_projection, study


def test_quantiles_of_what_is_left_of_a_balanced_one_way_layout():
    y = np.array([[1.0, 2.0, 6.0], [11.0, 12.0, 13.0], [4.0, 5.0, 9.0]])
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y.ravel(), "g": np.repeat(["a", "b", "c"], 3)})
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / 6
    between = 3 * y.mean(axis=1).var(ddof=1)
    shrunk = y.mean() + (1 - within / between) * (y.mean(axis=1) - y.mean())
    scaled = ((y - shrunk[:, None]) / np.sqrt(within)).ravel()
    found = scaled_residuals(fit)
    assert [
        found.minimum,
        found.first_quartile,
        found.median,
        found.third_quartile,
        found.maximum,
    ] == (pytest.approx(np.percentile(scaled, [0, 25, 50, 75, 100]), abs=1e-6))


def test_marginal_conditional_and_studentised_against_dense_formulas(slopes_fit):
    fit, found = slopes_fit, residuals(slopes_fit)
    marginal = fit.design.y - fit.design.X @ fit.beta
    P = dense_projection(fit)
    conditional = fit.sigma**2 * P @ fit.design.y
    assert found.marginal == pytest.approx(marginal, abs=1e-12)
    assert found.conditional == pytest.approx(conditional, abs=1e-9)
    spread = fit.sigma * np.sqrt(fit.sigma**2 * np.diag(P))
    assert found.studentised == pytest.approx(conditional / spread, abs=1e-9)


def test_cholesky_scaled_ones_against_the_factor_of_each_group(slopes_fit):
    fit, found = slopes_fit, residuals(slopes_fit)
    V, marginal = covariance(fit), fit.design.y - fit.design.X @ fit.beta
    expected = np.linalg.solve(np.linalg.cholesky(V), marginal)
    assert found.cholesky == pytest.approx(expected, abs=1e-9)
    assert found.pit == pytest.approx([0.5 * (1 + _erf(e / np.sqrt(2))) for e in expected])


def test_the_order_of_time_rules_and_not_that_of_the_table(slopes_fit):
    table = study(np.random.default_rng(4))
    shuffled = np.random.default_rng(1).permutation(len(table["y"]))
    fit = fit_mixed("y ~ x + w + (x | g)", {name: v[shuffled] for name, v in table.items()})
    found = residuals(fit, time=table["x"][shuffled]).cholesky
    assert found == pytest.approx(residuals(slopes_fit).cholesky[shuffled], abs=1e-6)


def test_level_two_residuals_against_dense_formulas(slopes_fit):
    fit, P = slopes_fit, dense_projection(slopes_fit)
    for i in range(fit.factor.m):
        ZPsi = np.where((fit.grouping.codes == i)[:, None], fit.Z, 0.0) @ fit.Psi
        sd = np.sqrt(np.diag(ZPsi.T @ P @ ZPsi))
        assert level_two(fit, projection(fit))[i] == pytest.approx(fit.b[i] / sd, abs=1e-8)


def test_an_effect_without_variance_has_level_two_residuals_of_zero():
    rng = np.random.default_rng(2)
    y = rng.normal(size=(12, 5))
    y -= y.mean(axis=1, keepdims=True)
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y.ravel(), "g": np.repeat(np.arange(12), 5)})
    assert (level_two(fit, projection(fit)) == 0.0).all()


def test_pigs_against_r(course_data):
    """lme4 1.1-31, tight; dense V, P in R.

    ``l <- lmer(weight ~ weeks + (weeks | id), pig, control = lmerControl("bobyqa", optCtrl = list(rhoend = 1e-10)))``
    ``Zt <- getME(l, "Zt"); G <- sigma(l)^2 * crossprod(getME(l, "Lambdat")); V <- t(Zt) %*% G %*% Zt + sigma(l)^2 I``
    ``forwardsolve(t(chol(V)), r)``; ``residuals(l) / (sigma(l) * sqrt(sigma(l)^2 * diag(P)))``;
    ``getME(l, "b") / sqrt(diag(G Z'PZ G))``.
    """
    fit = fit_mixed("weight ~ weeks + (weeks | id)", CourseTables(course_data).pigs)
    found, rows = residuals(fit), [0, 1, 8, 9, 431]
    expected = [-0.52904037046, 0.84598123808, 0.08142962381, -1.03594286945, 0.33608213073]
    assert found.cholesky[rows] == pytest.approx(expected, abs=2e-6)
    expected = [-1.35972294207, 0.70047097947, 0.08146170234, -1.91546916647, 0.33621452755]
    assert found.studentised[rows] == pytest.approx(expected, abs=2e-6)
    expected = [0.09700257147, -0.67053989014, -0.64265553214, 0.86498976104]
    effects = level_two(fit, projection(fit))[:2].ravel()
    assert effects == pytest.approx(expected, abs=2e-6)


def _erf(x):
    from math import erf

    return erf(x)
