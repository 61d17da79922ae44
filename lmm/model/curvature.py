"""How the criterion of a fit curves about its optimum, whichever search found that."""

from __future__ import annotations

from lmm.model.fit import Fit
from lmm.model.search.objective import SeveralFactors
from lmm.model.search.optimizer import hessian_in_theta
from lmm.model.several.blocks import CrossedStatistics
from lmm.numerics import Array


def theta_hessian(fit: Fit) -> Array:
    """The criterion's Hessian in the internal theta (k, k): what the search ended with, or by differences."""
    if fit.optimum.exact or not isinstance(fit.sufficient, CrossedStatistics):
        return fit.optimum.hessian
    objective = SeveralFactors(statistics=fit.sufficient, reml=fit.reml)
    return hessian_in_theta(objective, fit.template, fit.optimum.T)
