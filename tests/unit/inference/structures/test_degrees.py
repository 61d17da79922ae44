"""The trace of the hat matrix against the matrix itself, and lme4's sum(hatvalues())."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.structures.degrees import hat_trace, intercept_degrees
from lmm.model.fit import fit_mixed
from tests import dense


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ 1 + (x || g)"])
def test_trace_of_the_dense_hat_matrix(small, formula):
    fit = fit_mixed(formula, small)
    X = fit.design.X
    V = dense.relative_covariance(fit.Z, fit.grouping.codes, fit.Psi / fit.sigma**2)
    inverse = np.linalg.inv(V)
    P = inverse - inverse @ X @ np.linalg.inv(X.T @ inverse @ X) @ X.T @ inverse
    assert hat_trace(fit) == pytest.approx(fit.n - np.trace(P), rel=1e-8)


def test_sleepstudy(sleep_slope):
    assert hat_trace(sleep_slope) == pytest.approx(29.022067, abs=1e-4)


def test_course_fits(nepal_intercept, nepal_slope, pig):
    assert hat_trace(nepal_intercept) == pytest.approx(183.306615587, abs=1e-4)
    assert hat_trace(nepal_slope) == pytest.approx(219.484894955, abs=1e-4)
    assert hat_trace(fit_mixed("weight ~ weeks + (1 | id)", pig)) == pytest.approx(47.53167447)
    assert hat_trace(fit_mixed("weight ~ weeks + (weeks | id)", pig)) == pytest.approx(88.66462431)


def test_intercept_degrees_of_the_pigs(pig):
    """48 · 9 / (9 + λ), λ = 4.394708959 / 15.141847991; two degrees of the mean line are not in it."""
    fit = fit_mixed("weight ~ weeks + (1 | id)", pig)
    assert intercept_degrees(fit) == pytest.approx(48 * 9 / (9 + 4.394708959 / 15.141847991))
    assert round(intercept_degrees(fit), 4) == 46.5004


def test_unequal_groups(small):
    fit = fit_mixed("y ~ x + (1 | g)", small)
    ratio = fit.sigma**2 / fit.Psi[0, 0]
    expected = sum(size / (size + ratio) for size in [1, 2, 3, 3, 4, 4, 5, 6, 6])
    assert intercept_degrees(fit) == pytest.approx(expected)
