"""Levenberg–Marquardt: the smallest change of a draw that makes its figures come out as wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from lmm.numerics import Array

_STEP = 1e-5
_LARGEST = 1.0
# In units of the last decimal asked for: far enough inside a half for the data to be rounded.
_NEAR = 0.1


def calibrate(
    start: Array,
    figures: Callable[[Array], Array],
    wanted: Mapping[str, tuple[float, int]],
    *,
    directions: Callable[[], Array],
    rounds: int = 60,
) -> Array:
    """Values near ``start`` (n,) whose figures (k,) are the wanted ones: (value, decimals) by name.

    Each round moves along ``directions()`` (n, d), by damped least squares on the figures' derivatives,
    and only where that brings them nearer. Raises ``RuntimeError`` if it fails.
    """
    goal, decimals = (np.array(part, float) for part in zip(*wanted.values(), strict=True))
    weight = 10.0**decimals

    def missed(values: Array) -> Array:
        return (goal - figures(values)) * weight

    values = np.array(start, float)
    off, damping = missed(values), 0.01
    for _ in range(rounds):
        if np.abs(off).max() < _NEAR:
            return values
        along = directions()
        slopes = np.column_stack([(off - missed(values + _STEP * way)) / _STEP for way in along.T])
        left, sizes, right = np.linalg.svd(slopes, full_matrices=False)
        for _ in range(8):
            gain = sizes / (sizes**2 + (damping * sizes[0]) ** 2)
            step = along @ (right.T @ (gain * (left.T @ off)))
            step *= min(1.0, _LARGEST / np.abs(step).max())
            there = missed(values + step)
            if np.linalg.norm(there) < np.linalg.norm(off):
                values, off = values + step, there
                damping = max(0.2 * damping, 1e-8)
                break
            damping = min(4.0 * damping, 0.1)
    raise RuntimeError(f"the draw could not be calibrated: {np.abs(off).max():.2g} off")


def newton(
    start: Array,
    missed: Callable[[Array], Array],
    slopes: Callable[[Array], Array],
    *,
    near: float,
    scale: Array,
    rounds: int = 40,
) -> Array:
    """Values near ``start`` (n,) where nothing in ``missed`` (k,) is further off than ``near``.

    ``slopes`` (k, n) are the figures' derivatives, of which ``missed`` is what they lack. Each step is the
    smallest as measured in ``scale`` (n, n), a factor of the values' covariance. Raises ``RuntimeError``
    if it fails.
    """
    values = np.array(start, float)
    for _ in range(rounds):
        off = missed(values)
        if np.abs(off).max() < near:
            return values
        step = scale @ np.linalg.lstsq(slopes(values) @ scale, off, rcond=None)[0]
        values = values + step * min(1.0, _LARGEST / np.abs(step).max())
    raise RuntimeError(f"the draw could not be calibrated: {np.abs(off).max():.2g} off")


def careful(
    start: Array,
    missed: Callable[[Array], Array],
    slopes: Callable[[Array], Array],
    *,
    largest: float,
    rounds: int = 400,
) -> Array:
    """The same for figures that nearly follow from one another: nothing further off than 1, small steps.

    Each round tries steps from the boldest to the most careful, and takes the one that comes nearest.
    """
    values = np.array(start, float)
    for _ in range(rounds):
        off = missed(values)
        if np.abs(off).max() < 1.0:
            return values
        left, sizes, right = np.linalg.svd(slopes(values), full_matrices=False)
        tried = []
        for damping in sizes[0] * 10.0 ** np.arange(-10.0, 0.0):
            step = right.T @ (sizes / (sizes**2 + damping**2) * (left.T @ off))
            tried.append(values + step * min(1.0, largest / np.abs(step).max()))
        values = min(tried, key=lambda there: float(np.linalg.norm(missed(there))))
    raise RuntimeError(f"the draw could not be calibrated: {np.abs(off).max():.2g} off")
