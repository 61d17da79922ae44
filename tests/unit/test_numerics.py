import numpy as np
import pytest

from lmm.numerics import (
    cholesky_of_groups,
    forward_solve_groups,
    lower_triangular_root,
    packed_root,
    power_of_two_near,
    read_only,
    root_mean_square,
)


@pytest.fixture
def matrices():
    A = np.random.default_rng(1).normal(size=(3, 3, 5))
    return np.einsum("abm,cbm->acm", A, A) + np.eye(3)[:, :, None]


def test_cholesky_and_solve_agree_with_lapack_group_by_group(matrices):
    L = cholesky_of_groups(matrices)
    B = np.random.default_rng(2).normal(size=(3, 4, 5))
    W = forward_solve_groups(L, B)
    for i in range(5):
        assert L[:, :, i] == pytest.approx(np.linalg.cholesky(matrices[:, :, i]), abs=1e-14)
        assert W[:, :, i] == pytest.approx(np.linalg.solve(L[:, :, i], B[:, :, i]), abs=1e-12)


def test_a_read_only_array_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        read_only(np.zeros(2))[0] = 1.0


@pytest.mark.parametrize(
    ("T", "L"),
    [
        ([[0.0, 0.0], [0.3, 0.0]], [[0.0, 0.0], [0.0, 0.3]]),
        ([[0.0, 0.0], [0.0, -0.3]], [[0.0, 0.0], [0.0, 0.3]]),
        ([[3.0, 4.0], [0.0, 0.0]], [[5.0, 0.0], [0.0, 0.0]]),
        ([[0.0, 2.0], [0.0, 7.0]], [[2.0, 0.0], [7.0, 0.0]]),
        ([[-2.0, 0.0], [1.0, -3.0]], [[2.0, 0.0], [-1.0, 3.0]]),
        ([[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]),
        ([[0, 0, 0], [1.0, 0, 0], [2, 3, 0]], [[0, 0, 0], [0, 1.0, 0], [0, 2, 3]]),
    ],
)
def test_root_of_a_singular_covariance_has_zeros_that_are_zero(T, L):
    assert lower_triangular_root(np.array(T)) == pytest.approx(np.array(L), abs=1e-15)
    assert (lower_triangular_root(np.array(T)) == 0.0).sum() == np.sum(np.array(L) == 0.0)


def test_root_of_a_full_covariance():
    T = np.random.default_rng(3).normal(size=(4, 4))
    L = lower_triangular_root(T)
    assert np.triu(L, 1) == pytest.approx(np.zeros((4, 4)))
    assert (np.diag(L) > 0).all()
    assert pytest.approx(T @ T.T) == L @ L.T


def test_packed_root_puts_its_zero_columns_last():
    F = np.array([[0.0], [0.5], [2.0]])
    L = packed_root(F)
    assert pytest.approx(F @ F.T) == L @ L.T
    assert not L[:, 1:].any()


@pytest.mark.parametrize(
    ("size", "power"), [(1.0, 1), (0.3, 0.25), (2000.0, 2048), (0.0, 1), (np.inf, 1), (np.nan, 1)]
)
def test_power_of_two(size, power):
    assert power_of_two_near(size) == power


@pytest.mark.parametrize("unit", [1.0, 1e-200, 1e200, 1e300, 5e-324])
def test_size_of_a_column_whose_squares_leave_the_range(unit):
    assert root_mean_square(np.array([3.0, -3.0]) * unit) == pytest.approx(3.0 * unit, rel=1e-15)
    assert root_mean_square(np.zeros(3)) == 0.0
