"""From our results to numbers by the names that the table of figures uses."""

from __future__ import annotations

import re

import numpy as np
from scipy.special import fdtrc, ndtri

from lmm.api import MixedResults, OrdinaryResults
from lmm.diagnostics.residuals import scaled_residuals
from lmm.inference.fixed_effects.coefficients import FixedEffect, fixed_effects
from lmm.inference.structures.degrees import hat_trace, intercept_degrees
from lmm.inference.variances.components import variance_components
from lmm.inference.variances.icc import intraclass_correlation

Quantities = dict[str, float]

NORMAL = float(ndtri(0.975))
_LEVEL = re.compile(r"C\((\w+)\)\[T\.(\d+)(?:\.0)?\]")  # C(sex)[T.2] is R's sex2
_LIKE_R = r"\1\2"


def coefficients(rows: tuple[FixedEffect, ...]) -> Quantities:
    """Estimate, standard error, t, p and degrees of freedom of each term; a level is named as R does."""
    return {
        f"{_LEVEL.sub(_LIKE_R, row.term)} {field}": getattr(row, field)
        for row in rows
        for field in ("estimate", "se", "t", "p", "dof")
    }


def of_mixed(results: MixedResults) -> Quantities:
    """Everything that a summary of lme4 prints: the model's standard errors, Satterthwaite's degrees of freedom."""
    fit = results.fit
    residuals = scaled_residuals(fit)
    vcov = fit.vcov
    found = coefficients(fixed_effects(fit, method="satterthwaite")) | {
        "rows": results.nobs,
        "groups": len(fit.grouping.levels),
        "criterion": results.criterion,
        "deviance": results.criterion,
        "log likelihood": results.llf,
        "aic": results.aic,
        "bic": results.bic,
        "parameters": fit.parameters,
        "residual sd": results.sigma,
        "residual variance": results.scale,
        "fixed correlation": vcov[0, 1] / np.sqrt(vcov[0, 0] * vcov[1, 1]),
        "scaled residual min": residuals.minimum,
        "scaled residual 1Q": residuals.first_quartile,
        "scaled residual median": residuals.median,
        "scaled residual 3Q": residuals.third_quartile,
        "scaled residual max": residuals.maximum,
        "hat trace": hat_trace(fit),
        "icc": intraclass_correlation(fit).value,
    }
    for row in variance_components(fit):
        if row.other is None:
            found[f"{row.term} variance"] = row.variance_or_covariance
            found[f"{row.term} sd"] = row.sd_or_correlation or 0.0
        else:
            found["covariance"] = row.variance_or_covariance
            found["correlation"] = row.sd_or_correlation or 0.0
    return found


def of_random_intercept(results: MixedResults) -> Quantities:
    """The same, and what the slides say of a random intercept alone."""
    fit = results.fit
    found = of_mixed(results)
    return found | {
        "variance ratio": found["residual variance"] / found["Intercept variance"],
        "intercept degrees": intercept_degrees(fit),
        "smallest group": int(fit.grouping.sizes.min()),
        "largest group": int(fit.grouping.sizes.max()),
    }


def of_ordinary(results: OrdinaryResults) -> Quantities:
    """Everything that a summary of ``lm`` prints."""
    fit = results.fit
    free = fit.n - fit.dof_residual - 1
    return coefficients(results.coefficients) | {
        "residual sd": results.sigma,
        "residual dof": fit.dof_residual,
        "R squared": fit.r_squared,
        "adjusted R squared": 1.0 - (1.0 - fit.r_squared) * (fit.n - 1) / fit.dof_residual,
        "F": fit.f_statistic,
        "F p": fdtrc(free, fit.dof_residual, fit.f_statistic),
    }
