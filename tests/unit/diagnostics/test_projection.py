"""The projection as an operator, against the n × n matrix."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.projection import projection
from lmm.model.fit import fit_mixed
from tests.unit.diagnostics.conftest import covariance, dense_projection, study


@pytest.fixture(scope="module")
def P(slopes_fit):
    return projection(slopes_fit)


def test_operator_and_diagonal_are_those_of_the_matrix(slopes_fit, P):
    dense = slopes_fit.sigma**2 * dense_projection(slopes_fit)
    A = np.random.default_rng(1).normal(size=(slopes_fit.n, 3))
    assert P.apply(A) == pytest.approx(dense @ A, abs=1e-10)
    assert P.diagonal == pytest.approx(np.diag(dense), abs=1e-10)
    V = covariance(slopes_fit) / slopes_fit.sigma**2
    assert P.solve(A) == pytest.approx(np.linalg.solve(V, A), abs=1e-10)


def test_the_conditional_residuals_are_the_projection_of_the_outcome(slopes_fit, P):
    expected = slopes_fit.sigma**2 * dense_projection(slopes_fit) @ slopes_fit.design.y
    assert P.residual * slopes_fit.sigma == pytest.approx(expected, abs=1e-9)


def test_draws_have_the_covariance_of_the_residuals(slopes_fit, P):
    drawn = np.concatenate(list(P.draws(20_000, seed=2)), axis=1)
    # in the mean over 118 rows the error of a variance of 20,000 draws is far below 1%
    ratio = drawn.var(axis=1) / P.diagonal
    assert ratio.mean() == pytest.approx(1.0, abs=0.01)
    assert ratio == pytest.approx(1.0, abs=0.06)
    dense = slopes_fit.sigma**2 * dense_projection(slopes_fit)
    assert np.cov(drawn) == pytest.approx(dense, abs=0.04)


def test_draws_are_the_same_at_every_run_and_in_blocks(P, monkeypatch):
    whole = np.concatenate(list(P.draws(7, seed=5)), axis=1)
    assert whole.shape == (P.n, 7)
    assert (whole == np.concatenate(list(P.draws(7, seed=5)), axis=1)).all()
    monkeypatch.setattr("lmm.diagnostics.projection._BLOCK", 3 * P.n)
    assert [block.shape[1] for block in P.draws(7, seed=5)] == [3, 3, 1]


def test_calendar_years_cost_no_digit():
    table = study(np.random.default_rng(8))
    late = table | {"x": table["x"] + 2000.0}
    near, far = (projection(fit_mixed("y ~ x + (x | g)", t)) for t in (table, late))
    assert far.diagonal == pytest.approx(near.diagonal, abs=1e-6)
    assert far.residual == pytest.approx(near.residual, abs=1e-6)


def test_a_row_that_is_fitted_exactly_has_no_studentised_residual():
    table = study(np.random.default_rng(3))
    alone = np.zeros(len(table["y"]))
    alone[4] = 1.0
    P = projection(fit_mixed("y ~ x + alone + (1 | g)", table | {"alone": alone}))
    assert P.scale[4] == 0.0
    assert (np.delete(P.scale, 4) >= 1.0).all()
