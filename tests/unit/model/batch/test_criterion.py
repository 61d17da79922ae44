"""Many replicates at once are what the criterion of one says, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.batch.criterion import evaluate
from lmm.model.batch.points import factors, in_theta
from lmm.model.batch.replicates import of_deletions, of_responses, sum_without
from lmm.model.batch.rows import rows_of
from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import evaluate as evaluate_one
from lmm.model.criterion import gradient_in_D
from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import hessian_in_theta
from lmm.model.search.points import Point
from tests.unit.model.batch.test_refits import study


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("kind", ["responses", "deletions"])
@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 | g)", "y ~ x * z + (x + z | g)", "y ~ 0 + (x || g)"]
)
def test_value_gradient_and_hessian(formula, kind, reml):
    fit = fit_mixed(formula, study(40, seed=5), reml=reml)
    rows, rng = rows_of(fit.design), np.random.default_rng(2)
    template = CovarianceTemplate(sizes=fit.template.sizes)
    if kind == "responses":
        replicates = of_responses(rows, rng.normal(size=(fit.n, 7)))
    else:
        replicates = of_deletions(rows, np.arange(7))
    theta = rng.normal(size=(7, len(template.entries)))
    index = np.array([6, 0, 3])
    order = np.tile(np.arange(template.q), (3, 1))
    points = evaluate(replicates, factors(template, theta[index], order), index=index, reml=reml)
    gradient, hessian = in_theta(template, points, order)
    for k, b in enumerate(index):
        one = replicates.one(b)
        T = template.factor(theta[b])
        at = evaluate_one(one, T, reml=reml)
        dof = one.n - one.p if reml else one.n
        G = gradient_in_D(at, dof=dof, reml=reml)
        assert points.value[k] == pytest.approx(at.value, rel=1e-12)
        assert points.beta[k] == pytest.approx(at.beta, rel=1e-9, abs=1e-12)
        assert points.Phi[k] == pytest.approx(at.Phi, rel=1e-9, abs=1e-14)
        assert points.r2[k] == pytest.approx(at.r2, rel=1e-11)
        assert points.G[k] == pytest.approx(G, rel=1e-9, abs=1e-9 * np.abs(G).max())
        objective = OneFactor(statistics=one, reml=reml)
        truth = hessian_in_theta(objective, template, T)
        point = Point(theta=theta[b], T=T, found=objective.derivatives(T), template=template)
        assert gradient[k] == pytest.approx(point.gradient, rel=1e-9, abs=1e-9 * np.abs(G).max())
        assert hessian[k] == pytest.approx(truth, abs=1e-5 * np.abs(truth).max())


def test_a_sum_without_each_part_subtracts_nothing():
    parts = np.array([[1e-12], [1e12], [3.0]])
    assert sum_without(parts)[:, 0].tolist() == [1e12 + 3.0, 1e-12 + 3.0, 1e-12 + 1e12]
