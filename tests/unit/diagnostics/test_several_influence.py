"""Groups left out where rows share the levels of another factor, against refits and a dense formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.diagnostics.influence import influence
from lmm.diagnostics.several_influence import several_influence
from lmm.diagnostics.several_projection import several_projection
from lmm.model.fit import Fit, fit_mixed
from tests.unit.diagnostics.test_several_projection import dense

FORMULA = "y ~ x + (1 | pupil) + (1 | marker)"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    pupil, marker = np.repeat(np.arange(9), 6), np.tile(np.arange(6), 9)
    x = rng.normal(size=54)
    y = 1.0 + x + rng.normal(size=9)[pupil] + rng.normal(size=6)[marker] + rng.normal(size=54)
    y[pupil == 4] += 2.0 * x[pupil == 4]
    return pd.DataFrame({"y": y, "x": x, "pupil": pupil, "marker": marker})


@pytest.fixture(scope="module")
def fit(table: pd.DataFrame) -> Fit:
    return replace(fit_mixed(FORMULA, table), main="pupil")


def test_each_group_is_left_out_by_a_fit_to_the_other_rows(fit: Fit, table: pd.DataFrame) -> None:
    found = several_influence(fit, several_projection(fit))
    assert len(found.groups) == 9
    assert found.groups[0].level == "4"
    for each in found.groups:
        other = fit_mixed(FORMULA, table[table["pupil"] != int(each.level)])
        np.testing.assert_allclose(each.beta, other.beta, rtol=1e-6)
        np.testing.assert_allclose(each.se, np.sqrt(np.diag(other.vcov)), rtol=1e-5)


def test_the_one_step_distance_is_that_of_least_squares_with_the_variances_held(fit: Fit) -> None:
    V, _, X = dense(fit)
    y, codes = fit.design.y, fit.grouping.codes
    found = several_influence(fit, several_projection(fit)).one_step

    def coefficients(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inverse = np.linalg.inv(V[np.ix_(rows, rows)])
        information = X[rows].T @ inverse @ X[rows]
        return np.linalg.solve(information, X[rows].T @ inverse @ y[rows]), information

    full, information = coefficients(np.arange(len(y)))
    for i in range(9):
        change = coefficients(np.flatnonzero(codes != i))[0] - full
        expected = change @ information @ change / fit.sigma**2 / len(full)
        assert found[i] == pytest.approx(expected, rel=1e-6)


def test_with_one_factor_it_ranks_as_influence_does(table: pd.DataFrame) -> None:
    fit = fit_mixed("y ~ x + (x | pupil)", table)
    several = several_influence(fit, several_projection(fit))
    np.testing.assert_allclose(several.one_step, influence(fit).one_step, rtol=1e-6)


def test_of_two_groups_neither_can_be_left_out(table: pd.DataFrame) -> None:
    fit = replace(fit_mixed(FORMULA, table[table["marker"] < 2]), main="marker")
    found = several_influence(fit, several_projection(fit))
    assert (found.groups, len(found.one_step)) == ((), 2)
