"""What other parameters than the optimum's give: the figures of a search that stopped beside it."""

from __future__ import annotations

import numpy as np

from lmm.model.criterion import evaluate
from lmm.model.fit import Fit
from tests.engine import criterion_of_engine
from tests.reference.course.quantities import Quantities


def at_share_of_theta(fit: Fit, share: float) -> Quantities:
    """Fixed effects and spread of a random intercept where theta is a share of the optimum's."""
    at = evaluate(fit.statistics, share * fit.optimum.T, reml=fit.reml)
    variance = fit.units.y_scale**2 * at.r2 / fit.dof
    beta = fit.units.beta_out(at.beta)
    se = np.sqrt(variance * np.diag(fit.units.unscaled_covariance_out(at.Phi)))
    found: Quantities = {"Intercept variance": (share * fit.T[0, 0]) ** 2 * variance}
    for term, estimate, error in zip(fit.design.names, beta, se, strict=True):
        found |= {
            f"{term} estimate": estimate,
            f"{term} se": error,
            f"{term} t": estimate / error,
        }
    return found


def excess_of_criterion(fit: Fit, spread: Quantities) -> float:
    """How far the criterion lies above the optimum's at the variances of ``spread`` (a correlated slope)."""
    sd = np.sqrt([spread["Intercept variance"], spread["ageC variance"]])
    covariance = spread["correlation"] * sd[0] * sd[1]
    Psi = np.diag(sd**2) + covariance * np.array([[0.0, 1.0], [1.0, 0.0]])
    T = np.linalg.cholesky(Psi / spread["residual variance"])
    return criterion_of_engine(fit.design, fit.template.theta(T), reml=fit.reml) - fit.criterion
