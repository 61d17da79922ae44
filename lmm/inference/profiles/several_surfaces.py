"""The deviance of several grouping factors with one parameter held: its value, exact gradient and nearest minimum.

The same surface as in ``surfaces``, whose Hessian would need what several factors have no cheap form of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from lmm.inference.profiles.surfaces import Surface
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import evaluate_crossed
from lmm.numerics import Array

# A coordinate this near to zero has hardly a slope, though a larger one may be lower.
_VANISHED = 1e-3
# How far log sigma² may go from where it is: beyond, no digits are left in V.
_REACH = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowest:
    """A minimum: where, and how low."""

    x: Array
    value: float


def slope_of_surface(surface: Surface, x: Array) -> tuple[float, Array]:
    """The deviance at x and its gradient, by the chain rule through D = MM'/sigma²."""
    statistics = surface.statistics
    assert isinstance(statistics, CrossedStatistics)
    n, k = statistics.n, len(surface.ways)
    free_variance = surface.log_variance is None
    log_variance = float(x[-1]) if surface.log_variance is None else surface.log_variance
    root = np.exp(-0.5 * log_variance)
    T = root * (surface.held + np.tensordot(x[:k], surface.ways, 1))
    at = evaluate_crossed(statistics, T, reml=False)
    weight = at.r2 * root**2
    value = at.value + n * (log_variance - np.log(at.r2 / n)) + weight - n
    G = np.zeros_like(T)
    for factor, B, u in zip(statistics.factors, at.B, at.u, strict=True):
        G[np.ix_(factor.columns, factor.columns)] = B - root**2 * (u @ u.T)
    dT = root * surface.ways
    gradient = 2.0 * np.einsum("kij,ij->k", dT, G @ T)
    if free_variance:
        gradient = np.append(gradient, n - weight - np.sum(G * (T @ T.T)))
    return float(value), gradient


def descend_several(surface: Surface, x: Array) -> Lowest:
    """The lowest of the minima found from x, and from x with what has vanished set off zero again."""
    starts, size = [x], np.abs(x[: len(surface.ways)])
    small = np.append(size < _VANISHED * size.max(initial=0.0), np.zeros(len(x) - len(size), bool))
    if small.any():
        starts.append(np.where(small, 0.1 * size.max(), x))
    bounds = [(0.0, None) if bounded else (None, None) for bounded in surface.bounded]
    bounds += [(at - _REACH, at + _REACH) for at in x[len(bounds) :]]
    found = [
        minimize(
            lambda at: slope_of_surface(surface, at),
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 1000, "maxls": 50},
        )
        for start in starts
    ]
    best = min(found, key=lambda each: each.fun)
    return Lowest(x=best.x, value=float(best.fun))
