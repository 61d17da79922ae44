"""Akaike's criterion for predictions within the groups at hand: the conditional AIC.

Vaida and Blanchard 2005 (Biometrika 92:351) count the effective degrees of freedom tr(H) of the fit;
Greven and Kneib 2010 (Biometrika 97:773) add what estimating the variances costs,
ρ = Σ ∂ŷ_j/∂y_j with theta moving too. All from each group's statistics: no n × n matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.structures.degrees import hat_trace
from lmm.model.criterion import Evaluation
from lmm.model.curvature import theta_hessian
from lmm.model.fit import Fit
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array

_FLAT = 1e-9  # relative curvature of a direction of theta that does not move with y: a bound


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalAic:
    """``degrees`` = ρ (Greven and Kneib) and ``fixed_degrees`` = tr(H) (Vaida and Blanchard), sigma not counted.

    ``log_likelihood`` is that of y given the predicted random effects; each criterion is
    −2 log_likelihood + 2(degrees + 1).
    """

    log_likelihood: float
    degrees: float
    caic: float
    fixed_degrees: float
    fixed_caic: float


def conditional_aic(fit: Fit) -> ConditionalAic:
    """Both conditional criteria of a REML or ML fit. Raises ``ModelError`` for several grouping factors."""
    statistics, at = fit.statistics, fit.at
    K = _inverse_of_groups(statistics, fit.optimum.T)
    own, left = _weighted(statistics, K, np.zeros_like(at.u), np.append(-at.beta, 1.0))
    squares = fit.units.y_scale**2 * _inner(statistics, (own, left), (own, left))
    log_likelihood = -0.5 * (fit.n * np.log(2.0 * np.pi * fit.sigma**2) + squares / fit.sigma**2)
    log_likelihood += 0.5 * fit.units.log_weights
    trace = hat_trace(fit)
    degrees = trace + _cost_of_variances(fit, K, (own, left))
    return ConditionalAic(
        log_likelihood=float(log_likelihood),
        degrees=degrees,
        caic=float(2.0 * (degrees + 1.0 - log_likelihood)),
        fixed_degrees=trace,
        fixed_caic=float(2.0 * (trace + 1.0 - log_likelihood)),
    )


# A vector of n numbers as its share in every group's Q, (q, m), and its coefficients (p+1,) on what the
# Q leave of [X y].
_Vector = tuple[Array, Array]


def _cost_of_variances(fit: Fit, K: Array, residual: _Vector) -> float:
    """ρ − tr(H) = Σ (∂ŷ/∂θ_k)'(∂θ_k/∂y), with ∂θ/∂y = −B⁻¹ ∂²D/∂θ∂y', D the profiled criterion.

    With e = P̃y and g_k = P̃ ∂Ṽ_k e both are known: ∂ŷ/∂θ_k = g_k and ∂²D/∂θ_k∂y =
    2d(−g_k/r² + e (e'∂Ṽ_k e)/r⁴).
    """
    statistics, at, T = fit.statistics, fit.at, fit.optimum.T
    moved: list[_Vector] = []
    rise = []
    for i, j in fit.template.entries:
        unit = np.zeros_like(T)
        unit[i, j] = 1.0
        change = unit @ T.T + T @ unit.T
        a = change @ at.u
        moved.append(_projected(statistics, at, K, a))
        rise.append(float(np.sum(a * at.u)))
    k = len(moved)
    cross = np.empty((k, k))
    for row in range(k):
        on_residual = _inner(statistics, moved[row], residual)
        for column in range(k):
            cross[row, column] = (
                _inner(statistics, moved[row], moved[column]) / at.r2
                - on_residual * rise[column] / at.r2**2
            )
    values, vectors = np.linalg.eigh(theta_hessian(fit))
    free = values > _FLAT * max(1.0, float(values.max(initial=0.0)))
    turned = vectors[:, free].T @ cross @ vectors[:, free]
    return float(2.0 * fit.dof * np.sum(np.diag(turned) / values[free]))


def _projected(statistics: GroupStatistics, at: Evaluation, K: Array, a: Array) -> _Vector:
    """P̃Za = V⁻¹(Za − X ΦX'V⁻¹Za) for a (q, m)."""
    coefficients = at.Phi @ np.einsum("apm,am->p", at.C, a)
    return _weighted(statistics, K, a, np.append(-coefficients, 0.0))


def _weighted(statistics: GroupStatistics, K: Array, a: Array, on_XY: Array) -> _Vector:
    """V⁻¹(Za + [X y] c): K⁻¹ within each group's Q, unchanged beside it."""
    own = np.einsum("abm,bm->am", statistics.R, a)
    own += np.einsum("apm,p->am", statistics.H, on_XY)
    return np.einsum("mab,bm->am", K, own), on_XY


def _inner(statistics: GroupStatistics, one: _Vector, other: _Vector) -> float:
    return float(np.sum(one[0] * other[0]) + one[1] @ statistics.S @ other[1])


def _inverse_of_groups(statistics: GroupStatistics, T: Array) -> Array:
    """K⁻¹ = (I + R D R')⁻¹, (m, q, q)."""
    RT = np.einsum("abm,bc->mac", statistics.R, T)
    return np.linalg.inv(RT @ RT.transpose(0, 2, 1) + np.eye(statistics.q))
