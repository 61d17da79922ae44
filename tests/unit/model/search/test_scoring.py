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
