"""What a fit with serially correlated residuals says: its fixed effects, and an interval for phi.

Degrees of freedom are Satterthwaite's with phi among the variance parameters: 2 / var(log f) for the
variance f of a coefficient, var(log f) = ∇' (2 H⁻¹) ∇ + 2/d with sigma² profiled out (see
``satterthwaite``), ∇ and H now in (theta, log rate). Where phi is estimated as 0 it is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.fixed_effects.coefficients import FixedEffect, coefficient
from lmm.inference.fixed_effects.satterthwaite import satterthwaite_dof
from lmm.inference.profiles.limits import find_limit
from lmm.model.criterion import gradient_in_D
from lmm.model.serial.criterion import change_in_rate, profile_at
from lmm.model.serial.fit import SerialFit
from lmm.model.serial.series import whiten
from lmm.numerics import Array

_STEP = 2e-3  # of log rate, for differences of exact gradients; Richardson's rule leaves its fourth power
_WALK = 23.0  # −log of 1e-10, what the correlation over the median gap lacks of 1: a random walk
_FREE = 1e-9  # a curvature, relative to the largest, below which a parameter is at a bound


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialCorrelation:
    """phi per unit of ``time`` with the interval of its profile; ``typical`` is the correlation over ``typical_gap``.

    ``low_at_bound``: the data do not exclude 0; ``high_at_bound``: nor a random walk, phi = 1.
    """

    time: str
    phi: float
    low: float
    high: float
    low_at_bound: bool
    high_at_bound: bool
    typical_gap: float
    typical: float
    criterion: str


def serial_fixed_effects(fit: SerialFit, *, confidence: float = 0.95) -> tuple[FixedEffect, ...]:
    """One row a coefficient, degrees of freedom by Satterthwaite with phi among the variance parameters."""
    se = np.sqrt(np.diag(fit.vcov))
    rows = zip(fit.design.names, fit.beta, se, serial_dof(fit), strict=True)
    return tuple(
        coefficient(name, estimate, error, dof, method="Satterthwaite", confidence=confidence)
        for name, estimate, error, dof in rows
    )


def serial_dof(fit: SerialFit) -> Array:
    """Degrees of freedom of each fixed effect, (p,)."""
    given = fit.given_phi
    if fit.uncorrelated:
        return satterthwaite_dof(given)
    hessian = joint_hessian(fit)
    values, vectors = np.linalg.eigh(hessian)
    free = values > _FREE * max(1.0, float(values.max()))
    white = whiten(fit.series, fit.objective.rows, fit.rate)
    at, T = given.at, given.optimum.T
    change = change_in_rate(fit.objective, white, at, T)
    dofs = []
    for contrast in given.units.W_x:
        direction = at.Phi @ contrast
        variance = float(contrast @ direction)
        w = np.einsum("apm,p->am", at.C, direction)
        in_T = 2.0 * (w @ w.T / variance - at.u @ at.u.T / at.r2) @ T
        in_rate = change.r2 / at.r2 - float(direction @ change.XVX @ direction) / variance
        gradient = np.array([*(in_T[i, j] for i, j in given.template.entries), in_rate])
        along = (vectors.T @ gradient)[free]
        dofs.append(2.0 / (float(np.sum(2.0 * along**2 / values[free])) + 2.0 / given.dof))
    return np.array(dofs)


def joint_hessian(fit: SerialFit) -> Array:
    """The criterion's Hessian in the internal theta and log rate, (k+1, k+1): exact in theta, else by differences."""
    k = len(fit.given_phi.theta)
    hessian = np.empty((k + 1, k + 1))
    hessian[:k, :k] = fit.given_phi.optimum.hessian
    wide, near = (_difference(fit, step) for step in (_STEP, _STEP / 2))
    hessian[k] = hessian[:, k] = (4.0 * near - wide) / 3.0
    return hessian


def _difference(fit: SerialFit, step: float) -> Array:
    there, back = (_gradient(fit, fit.rate * float(np.exp(sign * step))) for sign in (1.0, -1.0))
    return (there - back) / (2.0 * step)


def _gradient(fit: SerialFit, rate: float) -> Array:
    """The criterion's gradient in theta and log rate at the fit's T and another rate, (k+1,)."""
    objective, T = fit.objective, fit.given_phi.optimum.T
    white = whiten(objective.series, objective.rows, rate)
    at = objective.one_factor(objective.statistics(white.rows)).derivatives(T).at
    in_T = 2.0 * gradient_in_D(at, dof=objective.dof, reml=objective.reml) @ T
    slope = change_in_rate(objective, white, at, T).criterion
    return np.array([*(in_T[i, j] for i, j in objective.template.entries), slope])


def serial_correlation(fit: SerialFit, *, confidence: float = 0.95) -> SerialCorrelation:
    """phi with its profile interval by the fit's own criterion (Venzon and Moolgavkar 1988).

    The search runs in −log(1 − correlation over the median gap), from 0 to all but infinity. Raises
    ``ModelError`` where the profile falls below the fit's criterion.
    """
    series, objective = fit.series, fit.objective
    start = None if objective.several_minima else objective.template.theta(fit.given_phi.optimum.T)
    lowest = fit.given_phi.optimum.at.value + fit.log_det

    def deviance(coordinate: float) -> float:
        return profile_at(objective, _rate(coordinate), start=start).value

    here = float(-np.log(-np.expm1(-fit.rate)))
    step = 0.1 * max(here, 0.5)
    low = find_limit(deviance, lowest, confidence, start=here, step=-step, bound=0.0)
    high = find_limit(deviance, lowest, confidence, start=here, step=step, bound=_WALK)
    return SerialCorrelation(
        time=series.time,
        phi=fit.phi,
        low=series.phi(_rate(low.value)),
        high=1.0 if high.at_bound else series.phi(_rate(high.value)),
        low_at_bound=low.at_bound,
        high_at_bound=high.at_bound,
        typical_gap=series.unit,
        typical=float(np.exp(-fit.rate)),
        criterion="REML" if fit.reml else "ML",
    )


def _rate(coordinate: float) -> float:
    """−log of the correlation over the median gap, from −log(1 − correlation)."""
    return float(-np.log(-np.expm1(-coordinate))) if coordinate > 0.0 else np.inf
