"""Satterthwaite degrees of freedom for each fixed effect, from the exact curvature of the criterion.

Fai and Cornelius 1996, J. Stat. Comput. Simul. 54:363. The variance f of a coefficient is sigma² g(D);
with sigma² profiled out, var(log f) = ∇' (2 H⁻¹) ∇ + 2/d, ∇ the gradient of log f along the profile and
d the degrees of freedom of sigma². Then dof = 2 / var(log f). Values at a bound contribute nothing.

Equation: docs/mathematics.md (30).
"""

from __future__ import annotations

import numpy as np

from lmm.inference.fixed_effects.contrasts import FTest, contrast_matrix, f_test
from lmm.model.curvature import theta_hessian
from lmm.model.fit import Fit
from lmm.model.several.crossed import CrossedEvaluation
from lmm.numerics import Array

METHOD = "Satterthwaite"

# Of the largest curvature: below it the criterion is flat. And the change of a log variance that is none.
_FLAT, _UNMOVED = 1e-9, 1e-6


def satterthwaite_dof(fit: Fit) -> Array:
    """Degrees of freedom of each fixed effect, (p,); NaN where they hang on a variance the data say nothing of."""
    hessian = theta_hessian(fit)
    return np.array([_dof(fit, row, hessian) for row in fit.units.W_x])


def contrast_dof(fit: Fit, contrast: Array) -> float:
    """Degrees of freedom of one contrast of the internal fixed effects (rows of ``units.W_x`` are the user's)."""
    return _dof(fit, contrast, theta_hessian(fit))


def satterthwaite_test(fit: Fit, L: Array) -> FTest:
    """F test of L beta = 0, L (l, p) in the order of the fit's terms, by ML or REML.

    The covariance of L beta is turned to its own axes; each of these has its degrees of freedom, and those
    of F match its mean (Fai and Cornelius 1996, section 2). Where the mean does not exist, which it does
    not with two or fewer, the smallest of them are used.
    """
    L = contrast_matrix(fit, L)
    variances, axes = np.linalg.eigh(L @ fit.vcov @ L.T)
    turned = axes.T @ L
    statistic = float(np.mean((turned @ fit.beta) ** 2 / variances))
    hessian = theta_hessian(fit)
    dofs = np.array([_dof(fit, row, hessian) for row in turned @ fit.units.W_x])
    return f_test(statistic, len(L), joint_dof(dofs), method=METHOD)


def joint_dof(dofs: Array) -> float:
    """The dof of F = mean of t_k², each on dofs_k: from E F = Σ dof/(dof − 2) / l = m/(m − 2)."""
    rank = len(dofs)
    if dofs.max() - dofs.min() < 1e-8 * dofs.max():
        return float(dofs.mean())
    large = dofs[dofs > 2.0]
    expected = float(np.sum(large / (large - 2.0)))
    return 2.0 * expected / (expected - rank) if expected > rank else float(dofs.min())


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
    free = values > _FLAT * max(1.0, float(values.max(initial=0.0)))
    along = vectors.T @ gradient
    if (np.abs(along[~free]) > _UNMOVED).any():
        return np.nan
    spread = float(np.sum(2.0 * along[free] ** 2 / values[free])) + 2.0 / fit.dof
    return 2.0 / spread
