"""Ways off the boundary: a little variance in the direction that helps, beside variances of any size."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.batch.bounds import ways_off_the_bound
from lmm.model.batch.points import Points
from lmm.model.bounds import OFF, way_off_the_bound
from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import profile_out
from lmm.model.objective import Derivatives
from lmm.model.points import Point

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
