"""Ways off the boundary: a little variance in the direction that helps, beside variances of any size."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.batch.bounds import ways_off_the_bound, zero_columns
from lmm.model.batch.bounds import without_tiny_variances as without_tiny_variances_of_many
from lmm.model.batch.points import Points
from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import profile_out
from lmm.model.search.bounds import OFF, TINY, way_off_the_bound, without_tiny_variances
from lmm.model.search.objective import Derivatives
from lmm.model.search.points import Point

TEMPLATE = CovarianceTemplate(sizes=(3,))
ALONG = np.array([[2.0, 1.0, -2.0], [1.0, 2.0, 2.0], [2.0, -2.0, 1.0]]) / 3.0  # orthonormal rows
SIZES = [1.0, 1e5, 1e9]


def one_way(T, G):
    at = profile_out(np.eye(2), n=3, log_det=0.0, reml=True)  # what is found there does not matter
    found = Derivatives(at=at, gradient=G, second=lambda: G)
    return way_off_the_bound(Point(theta=TEMPLATE.theta(T), T=T, found=found, template=TEMPLATE))


def way_of_many(T, G):
    nothing = np.zeros((1, 0))
    points = Points(
        T=T[None], value=nothing, G=G[None], H=nothing, beta=nothing, Phi=nothing, r2=nothing
    )
    made, off = ways_off_the_bound(TEMPLATE, points)
    return made[0] if off.size else None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way_of", [one_way, way_of_many])
def test_the_direction_that_helps_most_is_opened_and_no_other(way_of, size):
    """D varies along one axis; of the two that are left the criterion falls along one and rises along the other."""
    T = np.zeros((3, 3))
    T[:, 0] = size * ALONG[0]
    G = np.outer(ALONG[2], ALONG[2]) - 0.5 * np.outer(ALONG[1], ALONG[1])
    made = way_of(T, G)
    along = ALONG @ made
    assert np.abs(along[0]).max() == pytest.approx(size, rel=1e-12)
    assert np.sum(along[1] ** 2) == pytest.approx(OFF, rel=1e-6)
    assert along[2] == pytest.approx(0.0, abs=1e-7)
    assert made.any(axis=0).sum() == 2, "a variance that would not help is still exactly zero"


@pytest.mark.parametrize("way_of", [one_way, way_of_many])
def test_where_no_variance_helps_the_bound_is_kept(way_of):
    T = np.zeros((3, 3))
    T[:, 0] = ALONG[0]
    assert way_of(T, np.eye(3)) is None


# variances along the three axes: none tiny, one, two, all of them
VARIANCES = [[4.0, 1.0, 2 * TINY], [4.0, 1.0, TINY / 2], [4.0, TINY / 2, 0.0], [TINY / 2] * 3]


def without_tiny_of_one(T):
    return without_tiny_variances(T, TEMPLATE)


def without_tiny_of_many(T):
    made, near = without_tiny_variances_of_many(TEMPLATE, np.array([np.eye(3), T]))
    assert near.tolist() in ([], [1])
    return made[0] if near.size else T


@pytest.mark.parametrize("variances", VARIANCES)
@pytest.mark.parametrize("of", [without_tiny_of_one, without_tiny_of_many])
def test_tiny_variances_are_zeroed_along_their_axes_and_no_others(of, variances):
    kept = np.where(np.array(variances) < TINY, 0.0, variances)
    T = np.linalg.cholesky(ALONG.T @ np.diag(np.maximum(variances, 1e-12)) @ ALONG)
    made = of(T)
    assert made @ made.T == pytest.approx(ALONG.T @ np.diag(kept) @ ALONG, abs=1e-14)
    rank = np.count_nonzero(kept)
    assert zero_columns(made[None])[0].tolist() == [column >= rank for column in range(3)]
    assert (made is T) == (rank == 3)
