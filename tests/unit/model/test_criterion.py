"""Cases whose value is known by hand; the laws compare the rest with the dense density."""

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.model.criterion import evaluate, gradient_in_D, hessian_in_D, profile_out
from lmm.model.statistics import group_statistics


@pytest.fixture
def one_way():
    y = np.array([1.0, 3.0, 2.0, 6.0, 9.0, 9.0])
    XY = np.column_stack([np.ones(6), y])
    return group_statistics(XY, np.ones((6, 1)), np.repeat([0, 1], 3), 2)


def test_without_variance_between_groups_it_is_ordinary_least_squares(one_way):
    at = evaluate(one_way, np.zeros((1, 1)), reml=False)
    assert at.r2 == pytest.approx(62.0)
    assert at.beta == pytest.approx([5.0])
    assert at.value == pytest.approx(6 * (1 + np.log(2 * np.pi * 62.0 / 6)))
    assert evaluate(one_way, np.zeros((1, 1)), reml=True).value == pytest.approx(
        5 * (1 + np.log(2 * np.pi * 62.0 / 5)) + np.log(6)
    )


def test_one_way_by_hand(one_way):
    """Group means 2 and 8, within 8: at theta = 1 the means' sum of squares is divided by 1 + 3."""
    at = evaluate(one_way, np.ones((1, 1)), reml=True)
    assert at.r2 == pytest.approx(8 + 54 / 4)
    assert at.Phi[0, 0] == pytest.approx(4 / 6)
    assert at.value == pytest.approx(
        2 * np.log(4) + np.log(6 / 4) + 5 * (1 + np.log(2 * np.pi * at.r2 / 5))
    )
    assert at.u[0] == pytest.approx([-9 / 4, 9 / 4])
    assert at.trace_K_inverse == pytest.approx(0.5)


def test_derivatives_of_the_one_way_case(one_way):
    """With D = d: log terms (2 − 1)·log(1 + 3d), r² = 8 + 54/(1 + 3d)."""
    d, dof = 0.5, 5
    at = evaluate(one_way, np.full((1, 1), np.sqrt(d)), reml=True)
    k, r2 = 1 + 3 * d, 8 + 54 / (1 + 3 * d)
    first, second = -162 / k**2, 972 / k**3
    assert gradient_in_D(at, dof=dof, reml=True) == pytest.approx(3 / k + dof * first / r2)
    assert hessian_in_D(at, dof=dof, reml=True) == pytest.approx(
        -9 / k**2 + dof * (second / r2 - first**2 / r2**2)
    )


def test_columns_of_which_rounding_leaves_nothing_are_refused():
    cross = np.array([[0.0, 0.0], [0.0, 1.0]])
    with pytest.raises(ModelError, match="rounding takes what is left"):
        profile_out(cross, n=3, log_det=0.0, reml=True)
