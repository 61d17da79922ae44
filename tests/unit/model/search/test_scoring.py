"""From afar: a step of scoring that leads where rounding takes all is no step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from lmm.model.fit import fit_mixed
from tests import dense

GROUPS = np.array([0, 0, 1, 1, 2, 2, 3, 4, 5])


def alone(seed):
    """Nine rows; three of them have a column each to themselves, so that each group keeps one row."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"g": GROUPS, "y": rng.normal(size=9) * 10 ** rng.uniform(-1, 2)})
    return table.assign(
        **{name: 1.0 * (np.arange(9) == row) for name, row in zip("uvw", (0, 2, 4), strict=True)}
    )


# Before, these met an infinite theta or the logarithm of nothing.
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(60))
def test_a_likelihood_without_end_is_not_called_an_optimum(seed):
    """As the variance of the groups grows, so does the likelihood: the ML criterion falls without end."""
    table = alone(seed)
    fit = fit_mixed("y ~ u + v + w + (1 | g)", table, reml=False)
    assert not fit.converged
    y, X, Z = table["y"].to_numpy(), fit.design.X, np.ones((9, 1))
    falling = [
        dense.criterion(y, X, Z, GROUPS, np.array([[d]]), reml=False) for d in (1e1, 1e3, 1e5)
    ]
    assert falling[0] > falling[1] + 5 > falling[2] + 10


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(10))
def test_the_restricted_likelihood_of_the_same_rows_has_an_optimum(seed):
    table = alone(seed)
    fit = fit_mixed("y ~ u + v + w + (1 | g)", table)
    y, X, Z = table["y"].to_numpy(), fit.design.X, np.ones((9, 1))

    def criterion(log_variance):
        return dense.criterion(y, X, Z, GROUPS, np.exp(np.array([[log_variance]])), reml=True)

    best = min(minimize_scalar(criterion, bounds=(-30, 10), method="bounded").fun, criterion(-80.0))
    assert fit.converged
    assert fit.criterion <= best + 1e-7


# Rows of five groups of which two have two rows: x, a and their product leave next to nothing.
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", [404, 406, 434])
def test_a_step_to_where_nothing_is_left_is_not_taken(seed):
    rng = np.random.default_rng(seed)
    k = rng.integers(3, 6)
    n = rng.integers(k + 1, 10)
    g = np.sort(np.r_[np.arange(k), rng.integers(0, k, n - k)])
    x = rng.integers(0, 4, n).astype(float)
    a = (rng.permutation(k) % 2)[g].astype(float)
    y = 50 + 10 * rng.normal(size=k)[g] + 10 ** rng.uniform(-6, 0) * rng.normal(size=n)
    y = np.round(y, 4 + 2 * (seed % 3))
    fit = fit_mixed("y ~ x + a + x:a + (1 | g)", {"y": y, "x": x, "a": a, "g": g})
    assert np.isfinite(fit.criterion)
    told = dense.criterion(
        y, fit.design.X, np.ones((n, 1)), g, fit.theta.reshape(1, 1) ** 2, reml=True
    )
    assert fit.criterion == pytest.approx(told, abs=1e-5)
