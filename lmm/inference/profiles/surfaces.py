"""The deviance with one parameter held: what a profile minimises at each point of its way.

−2 log-likelihood in the absolute covariance MM' of the random effects and log sigma²; the fixed
effects are profiled out. M is linear in the free parameters, so that every derivative is exact (Bates,
Mächler, Bolker and Walker 2015, J. Stat. Softw. 67(1), section 5.1; all in the fit's internal units).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.criterion import evaluate, gradient_in_D, hessian_in_D
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array

_DECREMENT = 1e-8  # predicted error of the deviance before the last step, which squares it
_SLACK = 1e-13  # relative rounding of the deviance
_CURVATURE = 1e-7  # relative curvature below which a stationary point is a saddle, not a minimum
_LARGEST_CHANGE = 2.0  # of log sigma² in one step


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """M = ``held`` + Σ x_k ``ways``_k, (q, q) and (k, q, q); last of x is log sigma² unless held.

    ``bounded`` (k,) marks the x_k that may not be negative.
    """

    statistics: GroupStatistics | CrossedStatistics
    held: Array
    ways: Array
    bounded: np.ndarray
    log_variance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point x of a surface: the deviance there with its exact gradient and Hessian."""

    x: Array
    value: float
    gradient: Array
    hessian: Array


def evaluate_surface(surface: Surface, x: Array) -> Place:
    """The deviance at x by the chain rule through D = MM'/sigma²."""
    assert isinstance(surface.statistics, GroupStatistics)
    n, k = surface.statistics.n, len(surface.ways)
    free_variance = surface.log_variance is None
    log_variance = float(x[-1]) if surface.log_variance is None else surface.log_variance
    root = np.exp(-0.5 * log_variance)
    T = root * (surface.held + np.tensordot(x[:k], surface.ways, 1))
    at = evaluate(surface.statistics, T, reml=False)
    weight = at.r2 * root**2
    value = at.value + n * (log_variance - np.log(at.r2 / n)) + weight - n
    G = gradient_in_D(at, dof=weight, reml=False)
    U = at.u @ at.u.T
    H = hessian_in_D(at, dof=weight, reml=False) + np.multiply.outer(U, U) * (root**2 / at.r2)
    dT = root * surface.ways
    change = dT @ T.T
    change = change + change.transpose(0, 2, 1)
    if free_variance:
        change = np.concatenate([change, -(T @ T.T)[None]])
    flat = change.reshape(len(change), G.size)
    gradient = flat @ G.ravel()
    hessian = flat @ H.reshape(G.size, G.size) @ flat.T
    hessian[:k, :k] += 2.0 * (G @ dT).reshape(k, G.size) @ dT.reshape(k, G.size).T
    if free_variance:
        # D moves with log sigma² too: each derivative of D by it is minus the one before.
        mixed = root**2 * (flat @ U.ravel()) - gradient
        hessian[-1] += mixed
        hessian[:-1, -1] += mixed[:-1]
        hessian[-1, -1] += root**2 * float(flat[-1] @ U.ravel()) + weight
        gradient[-1] += n - weight
    return Place(x=x, value=float(value), gradient=gradient, hessian=0.5 * (hessian + hessian.T))


def descend(surface: Surface, x: Array) -> Place:
    """The nearest minimum from x: Newton's method, safeguarded, and off a saddle if it ends on one."""
    here = evaluate_surface(surface, _within(surface, x))
    for _ in range(2 * len(x)):
        here = _newton(surface, here)
        lower = _off_the_saddle(surface, here)
        if lower is None:
            break
        here = lower
    return here


def _newton(surface: Surface, here: Place) -> Place:
    for _ in range(100):
        step = _newton_step(surface, here)
        decrement = -0.5 * float(here.gradient @ step)
        slack = _SLACK * (1.0 + abs(here.value))
        if surface.log_variance is None and abs(step[-1]) > _LARGEST_CHANGE:
            step = step * (_LARGEST_CHANGE / abs(step[-1]))
        there = evaluate_surface(surface, _within(surface, here.x + step))
        if decrement < _DECREMENT:
            return there if there.value <= here.value else here
        while not there.value <= here.value + slack:
            step = 0.35 * step
            if np.abs(step).max() < 1e-10 * (1.0 + np.abs(here.x).max()):
                return here
            there = evaluate_surface(surface, _within(surface, here.x + step))
        here = there
    return here


def _newton_step(surface: Surface, here: Place) -> Array:
    free, curvatures, ways = _curvatures(surface, here)
    floor = 1e-8 * max(1.0, float(np.abs(curvatures).max(initial=0.0)))
    along = ways.T @ here.gradient[free]
    step = np.zeros_like(here.x)
    step[free] = -ways @ (along / np.maximum(np.abs(curvatures), floor))
    return step


def _off_the_saddle(surface: Surface, here: Place) -> Place | None:
    """A lower place along the most negative curvature: a vanished spread has no slope to follow."""
    free, curvatures, ways = _curvatures(surface, here)
    if not free.size or curvatures[0] > -_CURVATURE * max(1.0, float(curvatures[-1])):
        return None
    way = np.zeros_like(here.x)
    way[free] = ways[:, 0]
    reach = 0.3
    while reach > 1e-5:
        for sign in (1.0, -1.0):
            there = evaluate_surface(surface, _within(surface, here.x + sign * reach * way))
            if there.value < here.value - _DECREMENT:
                return there
        reach *= 0.3
    return None


def _curvatures(surface: Surface, here: Place) -> tuple[np.ndarray, Array, Array]:
    """Which x are free; the Hessian's eigenvalues and directions there, in lengths of M, not of x.

    Two SDs far from the data's centre are all but one number in x; in M they are not.
    """
    free = _free(surface, here)
    k = len(surface.ways)
    metric = np.eye(len(here.x))
    metric[:k, :k] = np.tensordot(surface.ways, surface.ways, axes=((1, 2), (1, 2)))
    unit = np.linalg.inv(np.linalg.cholesky(metric[np.ix_(free, free)])).T
    values, vectors = np.linalg.eigh(unit.T @ here.hessian[np.ix_(free, free)] @ unit)
    return free, values, np.asarray(unit @ vectors, float)


def _free(surface: Surface, here: Place) -> np.ndarray:
    k = len(surface.ways)
    stuck = np.zeros(len(here.x), bool)
    stuck[:k] = surface.bounded & (here.x[:k] <= 0.0) & (here.gradient[:k] > 0.0)
    return np.flatnonzero(~stuck)


def _within(surface: Surface, x: Array) -> Array:
    k = len(surface.ways)
    x = x.copy()
    x[:k] = np.where(surface.bounded, np.maximum(x[:k], 0.0), x[:k])
    return x
