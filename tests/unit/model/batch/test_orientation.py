"""The roots of D that a batch moves: the same D, its large variances first, its derivatives carried along."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.batch.criterion import evaluate
from lmm.model.batch.orientation import upright
from lmm.model.batch.points import factors, in_theta
from lmm.model.batch.replicates import of_responses
from lmm.model.batch.rows import rows_of
from lmm.model.covariance import CovarianceTemplate
from lmm.model.fit import fit_mixed
from tests.unit.model.batch.test_refits import study

STANDS = np.array([[1.0, 0, 0], [0.7, 1.2, 0], [-0.5, 0.3, 0.3]])
SMALL_FIRST = np.array([[0.01, 0, 0], [0.7, 0.2, 0], [-0.5, 1.1, 0.3]])
RANK_ONE = np.array([[0.01, 0, 0], [0.7, 0, 0], [-0.5, 0, 0]])
NOT_A_TRIANGLE = np.array([[0.1, 0.9, -0.3], [0.5, 0.4, 0.8], [0.0, -0.7, 0.6]])
NOTHING = np.zeros((3, 3))
ROOTS = np.array([STANDS, SMALL_FIRST, RANK_ONE, NOT_A_TRIANGLE, NOTHING])
ONE_BLOCK = CovarianceTemplate(sizes=(3,))


def as_they_come(roots):
    return np.tile(np.arange(3), (len(roots), 1))


def test_the_same_matrices_by_pivoted_columns():
    T, order = upright(ONE_BLOCK, ROOTS, as_they_come(ROOTS))
    assert T @ T.swapaxes(1, 2) == pytest.approx(ROOTS @ ROOTS.swapaxes(1, 2), abs=1e-15)
    assert order[:, 0].tolist() == [0, 2, 1, 1, 0]
    assert (T.any(axis=1).sum(axis=1) == np.linalg.matrix_rank(ROOTS)).all()
    for root, rows in zip(T[1:], order[1:], strict=True):
        assert not np.triu(root[rows], 1).any()
        assert (np.abs(root[rows]) <= np.abs(np.diag(root[rows])) + 1e-15).all()


def test_what_stands_well_stays():
    roots = np.array([STANDS, NOTHING])
    T, order = upright(ONE_BLOCK, roots, as_they_come(roots))
    assert T is roots and (order == np.arange(3)).all()
    leaning = np.array([STANDS, SMALL_FIRST])
    assert (upright(ONE_BLOCK, leaning, as_they_come(leaning))[0][0] == STANDS).all()


def test_each_block_is_pivoted_within_itself():
    root = np.array([[[0.01, 0, 0], [0, 0.1, 0], [0, 1.1, 0.3]]])
    T, order = upright(CovarianceTemplate(sizes=(1, 2)), root, as_they_come(root))
    assert order.tolist() == [[0, 2, 1]]
    assert T @ T.swapaxes(1, 2) == pytest.approx(root @ root.swapaxes(1, 2), abs=1e-15)
    assert not T[0, 0, 1:].any() and not T[0, 1:, 0].any()


def test_derivatives_are_those_of_the_pivoted_entries():
    fit = fit_mixed("y ~ x + (x + z | g)", study(12, seed=3, slopes=0.7, rows=9))
    replicates = of_responses(rows_of(fit.design), fit.design.y[:, None])
    T, order = upright(ONE_BLOCK, SMALL_FIRST[None], as_they_come(SMALL_FIRST[None]))

    def near(step):
        moved = T + factors(ONE_BLOCK, step[None], order)
        points = evaluate(replicates, moved, index=np.array([0]), reml=True)
        return points.value[0], *(found[0] for found in in_theta(ONE_BLOCK, points, order))

    _, gradient, hessian = near(np.zeros(6))
    for k, step in enumerate(1e-5 * np.eye(6)):
        up, down = near(step), near(-step)
        assert gradient[k] == pytest.approx((up[0] - down[0]) / 2e-5, abs=1e-6)
        assert hessian[k] == pytest.approx((up[1] - down[1]) / 2e-5, abs=1e-5)
