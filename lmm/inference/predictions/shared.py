"""How all that is estimated of a fit moves with its variances, along their standard errors: once for all groups.

With F the slope of D along such a direction, beta moves by −Phi Σ C_i'F u_i, its covariance by
Phi (Σ C_i'F C_i) Phi, log sigma² by −Σ u_i'F u_i / r²: derivatives of V⁻¹, group by group, as in ``criterion``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.curvature import theta_hessian
from lmm.model.fit import Fit
from lmm.model.several.crossed import CrossedEvaluation
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all groups of a fit share, in its internal units: how a standard error of theta moves it.

    Theta has f directions of standard errors, those at a bound left out; along each ``ways`` (f, q, q) is
    the slope of D, ``log_variance`` (f,) of log sigma², ``beta`` (f, p) of beta, in the outcome's unit, and
    ``Phi`` (f, p, p) of its covariance over sigma².
    """

    fit: Fit
    ways: Array
    log_variance: Array
    beta: Array
    Phi: Array


def shared_by_groups(fit: Fit) -> Shared:
    """Once for all groups of a fit, of one grouping factor or several."""
    at, T, p = fit.optimum.at, fit.optimum.T, fit.p
    parts = zip(at.C, at.u, strict=True) if isinstance(at, CrossedEvaluation) else [(at.C, at.u)]
    values, vectors = np.linalg.eigh(theta_hessian(fit))
    free = values > 1e-9 * max(1.0, float(values.max(initial=0.0)))
    steps = vectors[:, free] * np.sqrt(2.0 / values[free])
    ways = np.zeros((steps.shape[1], *T.shape))
    for (i, j), step in zip(fit.template.entries, steps, strict=True):
        ways[:, i] += step[:, None] * T[:, j]
        ways[:, :, i] += step[:, None] * T[:, j]
    log_variance, beta, Phi = (np.zeros((len(ways), *shape)) for shape in ((), (p,), (p, p)))
    for factor, (C, u) in zip(fit.factors, parts, strict=True):
        F = ways[np.ix_(np.arange(len(ways)), factor.columns, factor.columns)]
        q, _, m = C.shape
        seen = C.reshape(q * p, m)
        log_variance -= np.einsum("fab,ab->f", F, u @ u.T) / at.r2
        beta -= np.einsum("fab,apb->fp", F, (seen @ u.T).reshape(q, p, q))
        Phi += np.einsum("fab,apbr->fpr", F, (seen @ seen.T).reshape(q, p, q, p))
    return Shared(
        fit=fit,
        ways=read_only(ways),
        log_variance=read_only(log_variance),
        beta=read_only(fit.units.y_scale * beta @ at.Phi),
        Phi=read_only(at.Phi @ Phi @ at.Phi),
    )
