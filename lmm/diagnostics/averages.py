"""How a scatter of points runs on average: means of its parts, in order of the horizontal axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.numerics import Array, read_only

# Tenths show a bend and leave enough points in each to average out.
_PARTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Averages:
    """Mean ``x`` and mean ``y`` of each part, (k,), from the least x on."""

    x: Array
    y: Array


def averages(x: Array, y: Array, *, parts: int = _PARTS) -> Averages:
    """Means of about ``parts`` parts of (nearly) equal numbers of points; points of one x stay together.

    The regressogram of Tukey 1961 with cuts at quantiles.
    """
    _, places, counts = np.unique(x, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    part = np.minimum(parts * (before + counts / 2.0) / len(x), parts - 1e-9).astype(int)
    of_row = np.unique(part, return_inverse=True)[1][places]
    size = np.bincount(of_row)
    return Averages(
        x=read_only(np.bincount(of_row, weights=x) / size),
        y=read_only(np.bincount(of_row, weights=y) / size),
    )
