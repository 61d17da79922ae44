"""The start of the search: exact for balanced data, near for others, silent where it knows nothing."""

from functools import partial

import numpy as np
import pytest

from lmm.model.fit import fit_mixed
from lmm.model.search.group_moments import covariance_by_moments
from tests import dense
from tests.unit.model.many_groups import statistics_of, table_of

FORMULAS = ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + I(x^2) + (x + I(x^2) | g)"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_balanced_data_are_solved_by_it(formula):
    table = table_of(rows="balanced", x="visits", groups=40)
    if "^2" in formula:
        table["y"] = (
            table["y"] + np.random.default_rng(4).normal(size=40)[table["g"]] * table["x"] ** 2
        )
    fit = fit_mixed(formula, table)
    T = fit.optimum.T
    assert covariance_by_moments(fit.statistics) == pytest.approx(T @ T.T, rel=1e-7, abs=1e-8)
    assert fit.optimum.evaluations == 2


def test_one_way_layout_by_the_analysis_of_variance():
    """D = (F − 1)/r in the user's units, negative where F < 1."""
    rng = np.random.default_rng(3)
    for spread in (0.0, 2.0):
        y = spread * rng.normal(size=(12, 1)) + rng.normal(size=(12, 5))
        y -= (y.mean(axis=1, keepdims=True)) * (0.8 if spread == 0 else 0.0)
        between = 5 * np.var(y.mean(axis=1), ddof=1)
        within = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2) / 48
        fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y.ravel(), "g": np.repeat(np.arange(12), 5)})
        D = covariance_by_moments(fit.statistics)
        assert pytest.approx((between / within - 1) / 5, rel=1e-11) == D[0, 0]


@pytest.mark.parametrize("formula", FORMULAS[:2])
def test_unbalanced_data_are_solved_nearly(formula):
    fit = fit_mixed(formula, table_of(rows="some left out", x="real", groups=2000))
    truth = fit.optimum.T @ fit.optimum.T.T
    assert covariance_by_moments(fit.statistics) == pytest.approx(truth, rel=0.3, abs=0.02)
    assert fit.optimum.evaluations <= 5


def test_groups_without_an_estimate_of_their_own_are_left_out():
    whole = statistics_of("y ~ x + (x | g)", rows="balanced", x="visits", groups=30, visits=5)
    table = table_of(rows="balanced", x="visits", groups=30, visits=5)
    more = {name: np.append(column, column[:9:5]) for name, column in table.items()}
    more["g"][-2:] = [98, 99]  # two groups of one row
    fit = fit_mixed("y ~ x + (x | g)", more)
    D = fit.units.W_z @ covariance_by_moments(fit.statistics) @ fit.units.W_z.T
    plain = fit_mixed("y ~ x + (x | g)", table)
    same = plain.units.W_z @ covariance_by_moments(whole) @ plain.units.W_z.T
    assert pytest.approx(same, rel=0.1, abs=0.02) == D


def test_too_few_groups_say_nothing():
    few = statistics_of("y ~ x + (x | g)", rows="balanced", x="visits", groups=3)
    assert covariance_by_moments(few) is None


def test_rows_that_leave_no_freedom_beside_the_groups_own_lines_say_nothing():
    """Two rows a group, three in one: every line but one runs through its points, and z takes what that one leaves."""
    rng = np.random.default_rng(2)
    g = np.append(np.repeat(np.arange(10), 2), 0)
    (x, z), b = rng.normal(size=(2, 21)), rng.normal(size=(10, 2))
    y = b[g, 0] + b[g, 1] * x + 0.5 * rng.normal(size=21)
    fit = fit_mixed("y ~ x + z + (x | g)", {"y": y, "x": x, "z": z, "g": g})
    assert covariance_by_moments(fit.statistics) is None
    assert fit.converged
    criterion = partial(dense.criterion, y, fit.design.X, fit.Z, g, reml=True)
    near = [np.tril(fit.T + 0.05 * rng.normal(size=(2, 2))) for _ in range(50)]
    assert fit.criterion == pytest.approx(criterion(fit.T @ fit.T.T), abs=1e-9)
    assert fit.criterion <= min(criterion(T @ T.T) for T in near)
