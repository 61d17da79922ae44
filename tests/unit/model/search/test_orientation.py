"""The root of D that the search moves: the same D, its large variances first."""

import numpy as np
import pytest

from lmm.model.covariance import CovarianceTemplate
from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.orientation import upright
from lmm.model.search.points import Point
from tests.unit.model.batch.test_refits import study


def point(T, sizes):
    template = CovarianceTemplate(sizes=sizes)
    formula = "y ~ x + (x + z | g)" if sizes == (3,) else "y ~ x + (1 | g) + (0 + x + z | g)"
    table = study(7, seed=3, spread=1.0, slopes=0.7, rows=6)
    table["z"] = np.random.default_rng(5).normal(size=len(table))
    statistics = fit_mixed(formula, table).statistics
    return Point(
        theta=template.theta(T),
        T=T,
        found=OneFactor(statistics=statistics, reml=True).derivatives(T),
        template=template,
    )


SMALL_FIRST = np.array([[0.01, 0, 0], [0.7, 0.2, 0], [-0.5, 1.1, 0.3]])
RANK_ONE = np.array([[0.01, 0, 0], [0.7, 0, 0], [-0.5, 0, 0]])
IN_BLOCKS = np.array([[0.01, 0, 0], [0, 0.1, 0], [0, 1.1, 0.3]])


@pytest.mark.parametrize(
    ("T", "sizes", "first"),
    [(SMALL_FIRST, (3,), 2), (RANK_ONE, (3,), 1), (IN_BLOCKS, (1, 2), 2)],
    ids=["small first", "rank one", "in blocks"],
)
def test_the_same_matrix_by_pivoted_columns(T, sizes, first):
    here = upright(point(T, sizes))
    assert pytest.approx(T @ T.T, abs=1e-15) == here.T @ here.T.T
    assert here.template.factor(here.theta) == pytest.approx(here.T)
    start = here.template.slices[-1].start
    assert here.template.order[start] == first
    assert np.count_nonzero(here.T.any(axis=0)) == np.linalg.matrix_rank(T)
    for j, row in enumerate(here.template.order):
        assert (np.abs(here.T[:, j]) <= abs(here.T[row, j]) + 1e-15).all()
    assert here.template.standard(here.T) == pytest.approx(T, abs=1e-14)


def test_what_stands_well_stays():
    here = point(np.array([[1.0, 0, 0], [0.7, 1.2, 0], [-0.5, 0.3, 0.3]]), (3,))
    assert upright(here) is here


def test_derivatives_are_those_of_the_pivoted_entries():
    here = upright(point(SMALL_FIRST, (3,)))
    statistics = here.at.statistics

    def near(theta):
        T = here.template.factor(theta)
        found = OneFactor(statistics=statistics, reml=True).derivatives(T)
        return Point(theta=theta, T=T, found=found, template=here.template)

    for k, step in enumerate(1e-5 * np.eye(6)):
        up, down = near(here.theta + step), near(here.theta - step)
        slope = (up.at.value - down.at.value) / 2e-5
        assert here.gradient[k] == pytest.approx(slope, abs=1e-6)
        assert here.hessian[k] == pytest.approx((up.gradient - down.gradient) / 2e-5, abs=1e-5)
