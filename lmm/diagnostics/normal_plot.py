"""Normal plots with a band that holds all of its points at once, in 95% of clean data.

Aldor-Noiman, Brown, Buja, Rolke and Stine 2013, Am. Stat. 67:249; the level that the points share is found in
clean data of the same design.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from lmm.numerics import Array, read_only

# What the band holds all at once.
BAND = 0.95

# A plot has no more points than this: all of the outermost, a selection between.
_POINTS = 200
_OUTERMOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalPlot:
    """Points of a normal plot, (k,) each: normal quantiles, values in order, and the simultaneous band."""

    expected: Array
    value: Array
    low: Array
    high: Array


def normal_plot(in_order: Array, places: np.ndarray, *, level: float) -> NormalPlot:
    """The plot of n values in order, (n,), at ``places`` (k,), each point's band of coverage 1 − ``level``."""
    n = len(in_order)
    return NormalPlot(
        expected=read_only(ndtri((places + 0.625) / (n + 0.25))),
        value=read_only(in_order[places]),
        low=read_only(ndtri(betaincinv(places + 1, n - places, level / 2.0))),
        high=read_only(-ndtri(betaincinv(n - places, places + 1, level / 2.0))),
    )


def drawn_places(n: int) -> np.ndarray:
    """Which of n order statistics are drawn, from 0."""
    if n <= _POINTS:
        return np.arange(n)
    inner = np.linspace(_OUTERMOST, n - 1 - _OUTERMOST, _POINTS - 2 * _OUTERMOST)
    ends = np.arange(_OUTERMOST)
    return np.unique(np.concatenate([ends, np.round(inner).astype(int), n - 1 - ends]))


def pointwise_p(in_order: Array, places: np.ndarray, n: int) -> Array:
    """Two-sided p of each order statistic (…, k, draws) of n standard normals, which is Beta(i, n + 1 − i)."""
    i = places[:, None] + 1.0
    below = betainc(i, n + 1.0 - i, ndtr(in_order))
    return 2.0 * np.minimum(below, 1.0 - below)
