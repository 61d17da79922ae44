from __future__ import annotations

import numpy as np
import pytest

from lmm.model.fit import fit_mixed
from lmm.model.simulate import simulate_responses
from tests import dense
from tests.unit.model.batch.test_refits import study


def test_the_stream_is_b_then_e_draw_by_draw():
    fit = fit_mixed("y ~ x + (x | g)", study(12))
    Y = simulate_responses(fit, 2, seed=9)
    rng = np.random.default_rng(9)
    for draw in range(2):
        u = np.array([rng.standard_normal(2) for _ in range(12)])
        e = np.array([rng.standard_normal() for _ in range(fit.n)])
        b = fit.sigma * np.array([fit.T @ one for one in u])[fit.grouping.codes]
        x = fit.design.X[:, 1]
        assert Y[:, draw] == pytest.approx(
            fit.design.X @ fit.beta + b[:, 0] + b[:, 1] * x + fit.sigma * e, rel=1e-12
        )


def test_more_draws_leave_the_first_ones_as_they_were():
    fit = fit_mixed("y ~ x + (1 | g)", study(12))
    assert (simulate_responses(fit, 5, seed=1)[:, :3] == simulate_responses(fit, 3, seed=1)).all()


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (1 | g) + (0 + x | h)"])
def test_mean_and_covariance_are_the_models(formula):
    """40 000 draws of 10 rows: every covariance within 6 standard errors of ZΨZ' + σ²I."""
    table = study(30, seed=4).assign(h=lambda t: np.arange(len(t)) % 4)
    fit = fit_mixed(formula, table)
    shown = np.arange(10)
    Y = simulate_responses(fit, 40_000, seed=5)[shown]
    codes = np.column_stack(
        [factor.grouping.codes for factor in fit.factors for _ in range(factor.q)]
    )
    V = fit.sigma**2 * dense.relative_covariance(fit.Z, codes, fit.T @ fit.T.T)
    V = V[np.ix_(shown, shown)]
    variance = np.diag(V)
    errors = np.sqrt((np.outer(variance, variance) + V**2) / 40_000)
    mean = (fit.design.X @ fit.beta)[shown]
    assert np.abs(Y.mean(axis=1) - mean).max() < 6 * np.sqrt(variance.max() / 40_000)
    assert (np.abs(np.cov(Y) - V) < 6 * errors).all()
