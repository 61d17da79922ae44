"""Satterthwaite degrees of freedom for each fixed effect, from the exact curvature of the criterion.

Fai and Cornelius 1996, J. Stat. Comput. Simul. 54:363. The variance f of a coefficient is sigma² g(D);
with sigma² profiled out, var(log f) = ∇' (2 H⁻¹) ∇ + 2/d, ∇ the gradient of log f along the profile and
d the degrees of freedom of sigma². Then dof = 2 / var(log f). Values at a bound contribute nothing.
"""

from __future__ import annotations

import numpy as np

from lmm.model.crossed import CrossedEvaluation
from lmm.model.fit import Fit, theta_hessian
from lmm.numerics import Array


def satterthwaite_dof(fit: Fit) -> Array:
    """Degrees of freedom of each fixed effect, (p,)."""
    hessian = theta_hessian(fit)
    return np.array([_dof(fit, row, hessian) for row in fit.units.W_x])


def contrast_dof(fit: Fit, contrast: Array) -> float:
    """Degrees of freedom of one contrast of the internal fixed effects (rows of ``units.W_x`` are the user's)."""
    return _dof(fit, contrast, theta_hessian(fit))


def _dof(fit: Fit, contrast: Array, hessian: Array) -> float:
    at, entries = fit.optimum.at, fit.template.entries
    parts = zip(at.C, at.u, strict=True) if isinstance(at, CrossedEvaluation) else [(at.C, at.u)]
    direction = at.Phi @ contrast
    variance = float(contrast @ direction)
    slope_in_D = np.zeros_like(fit.T)
    for factor, (C, u) in zip(fit.factors, parts, strict=True):
        w = np.einsum("apm,p->am", C, direction)
        slope_in_D[np.ix_(factor.columns, factor.columns)] = w @ w.T / variance - u @ u.T / at.r2
    slope = 2.0 * (slope_in_D @ fit.optimum.T)
    gradient = np.array([slope[i, j] for i, j in entries])
    values, vectors = np.linalg.eigh(hessian)
    free = values > 1e-9 * max(1.0, float(values.max(initial=0.0)))
    along = vectors.T @ gradient
    spread = float(np.sum(2.0 * along[free] ** 2 / values[free])) + 2.0 / fit.dof
    return 2.0 / spread
