"""The way of each variance parameter: one coordinate, and the surface left at each of its values.

Within a block the random columns are turned so that the parameter's own come first: then the SD is
the first entry of the Cholesky factor, and the correlation the sine of an angle, smooth up to ±1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space

from lmm.inference.profiles.surfaces import Surface
from lmm.model.fit import Fit
from lmm.numerics import Array, lower_triangular_root

_RIGHT_ANGLE = 0.5 * np.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """``surface`` at a coordinate from ``lower`` to ``upper``; the maximum is at ``start``, the rest ``x``.

    ``step`` is a first guess of a limit's distance, ``out`` the coordinate in the user's units.
    """

    surface: Callable[[float], Surface]
    start: float
    x: Array
    step: float
    lower: float
    upper: float
    out: Callable[[float], float]


def sd_path(fit: Fit, block: int, column: int) -> Path:
    """The SD of one random column (its index among all) of an ML fit."""
    place = fit.template.slices[block]
    own = fit.units.W_z[[column], place]
    frame, L = _turned(fit, block, own)
    first = place.start
    ways, free = _ways(fit, frame, held={(first, first)})
    unit = np.outer(frame[:, first], np.eye(len(frame))[first])

    def surface(sd: float) -> Surface:
        return Surface(
            statistics=fit.sufficient,
            held=sd * unit,
            ways=ways,
            bounded=np.zeros(len(ways), bool),
        )

    start = float(L[first, first])
    return Path(
        surface=surface,
        start=start,
        x=np.append([L[entry] for entry in free], _log_variance(fit)),
        step=max(0.2 * start, 0.1 * float(np.linalg.norm(own)) * np.exp(0.5 * _log_variance(fit))),
        lower=0.0,
        upper=np.inf,
        out=lambda sd: fit.units.y_scale * sd,
    )


def correlation_path(fit: Fit, block: int, columns: tuple[int, int]) -> Path:
    """The correlation of two random columns of one block of an ML fit; no SD may be negative."""
    place = fit.template.slices[block]
    frame, L = _turned(fit, block, fit.units.W_z[list(columns), place])
    a, b = place.start, place.start + 1
    ways, free = _ways(fit, frame, held={(a, a), (b, a), (b, b)})
    rows = np.eye(len(frame))
    first = np.outer(frame[:, a], rows[a])[None]
    bounded = np.arange(len(ways) + 2) < 2

    def surface(angle: float) -> Surface:
        second = np.outer(frame[:, b], np.sin(angle) * rows[a] + np.cos(angle) * rows[b])[None]
        return Surface(
            statistics=fit.sufficient,
            held=np.zeros_like(frame),
            ways=np.asarray(np.concatenate([first, second, ways]), float),
            bounded=bounded,
        )

    sds = [L[a, a], np.hypot(L[b, a], L[b, b])]
    return Path(
        surface=surface,
        start=float(np.arctan2(L[b, a], L[b, b])),
        x=np.array([*sds, *(L[entry] for entry in free), _log_variance(fit)]),
        step=0.2,
        lower=-_RIGHT_ANGLE,
        upper=_RIGHT_ANGLE,
        out=lambda angle: float(np.sin(angle)),
    )


def sigma_path(fit: Fit) -> Path:
    """The residual SD of an ML fit, on the log scale."""
    q = fit.template.q
    ways, free = _ways(fit, np.eye(q), held=set())
    log_variance = _log_variance(fit)

    def surface(log_sigma: float) -> Surface:
        return Surface(
            statistics=fit.sufficient,
            held=np.zeros((q, q)),
            ways=ways,
            bounded=np.zeros(len(ways), bool),
            log_variance=2.0 * log_sigma,
        )

    return Path(
        surface=surface,
        start=0.5 * log_variance,
        x=np.exp(0.5 * log_variance) * np.array([fit.optimum.T[entry] for entry in free]),
        step=2.0 / np.sqrt(2.0 * fit.n),
        lower=-np.inf,
        upper=np.inf,
        out=lambda log_sigma: fit.units.y_scale * float(np.exp(log_sigma)),
    )


def _log_variance(fit: Fit) -> float:
    return float(np.log(fit.optimum.at.r2 / fit.n))


def _turned(fit: Fit, block: int, own: Array) -> tuple[Array, Array]:
    """The frame F (q, q) and L (q, q): the fit's covariance is FLL'F', with ``own`` columns first.

    Within the block F⁻¹ has the rows ``own`` (the wanted columns in internal ones), then what is
    perpendicular to them.
    """
    place = fit.template.slices[block]
    turn = np.eye(fit.template.q)
    turn[place, place] = np.vstack([own, null_space(own).T])
    L = np.exp(0.5 * _log_variance(fit)) * turn @ fit.optimum.T
    for each in fit.template.slices:
        L[each, each] = lower_triangular_root(L[each, each])
    return np.asarray(np.linalg.inv(turn), float), L


def _ways(
    fit: Fit, frame: Array, *, held: set[tuple[int, int]]
) -> tuple[Array, list[tuple[int, int]]]:
    """How the covariance's root moves with each free entry of L, (k, q, q), and which they are."""
    free = [entry for entry in fit.template.entries if entry not in held]
    columns = np.eye(len(frame))
    ways = [np.outer(frame[:, i], columns[j]) for i, j in free]
    return np.array(ways, float).reshape(len(free), *frame.shape), free
