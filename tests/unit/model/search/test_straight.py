"""A step in the variances themselves: along the line on which their sum stays, and to its end."""

from dataclasses import dataclass

import numpy as np
import pytest

from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.objective import Derivatives
from lmm.model.search.points import Point
from lmm.model.search.straight import straight_step


@dataclass(frozen=True)
class At:
    value: float


def point(theta, sizes=(1, 1)):
    """(d₁ + d₂ − 1)² + 0.01 d₁: a valley whose lowest end is d = (0, 1)."""
    template = CovarianceTemplate(sizes=sizes)
    T = template.factor(np.array(theta))
    d = np.diag(T) ** 2
    curvature = np.zeros((2, 2, 2, 2))
    curvature[[[0, 0], [1, 1]], [[0, 0], [1, 1]], [[0, 1], [0, 1]], [[0, 1], [0, 1]]] = 2.0
    return Point(
        theta=np.array(theta),
        T=T,
        found=Derivatives(
            at=At((d.sum() - 1.0) ** 2 + 0.01 * d[0]),
            gradient=np.diag(2.0 * (d.sum() - 1.0) + np.array([0.01, 0.0])),
            second=lambda: curvature,
        ),
        template=template,
    )


def test_the_valley_is_followed_to_its_end_in_one_step():
    theta, gain = straight_step(point([0.8, 0.6]), longest=4.0)
    assert theta == pytest.approx([0.0, 1.0], abs=1e-6)
    assert gain == pytest.approx(0.01 * 0.64, rel=1e-3)


def test_no_entry_grows_beyond_the_longest():
    start = np.array([1e-3, 0.2])
    theta, _ = straight_step(point(start), longest=0.1)
    assert theta.max() <= 0.3 + 1e-12


@pytest.mark.parametrize(("theta", "sizes"), [([0.0, 0.6], (1, 1)), ([0.8, 0.1, 0.6], (2,))])
def test_nothing_where_one_variance_is_left_or_columns_are_correlated(theta, sizes):
    assert straight_step(point(theta, sizes), longest=4.0) is None
