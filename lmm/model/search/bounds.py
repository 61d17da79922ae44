"""The boundary of D, where a variance is zero: judged in D, for in theta every slope vanishes there.

At theta = 0 the derivative in theta is zero by symmetry, so a zero variance is kept only where the
derivative in D says that a little variance would not help (Self and Liang 1987 for the one-sided view).

Equation: docs/mathematics.md (16).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.points import Point
from lmm.numerics import Array, packed_root

GRADIENT = 1e-6  # per unit of D in internal units: what counts as no slope at a bound
TINY = 1e-6  # a variance, relative to sigma², in internal units
OFF = 0.01  # a variance to set out with, away from the bound
_ROUNDING = 1e-12  # of a standard deviation, beside the largest of its block


def without_tiny_variances(T: Array, template: CovarianceTemplate) -> Array:
    """T with the tiny variances of D = TT' set to zero; T itself where there is none.

    T may be any root of D, and so may what comes back. Tiny is judged along the axes of D, and the zero
    columns of T come last: near [[0, 0], [a, b]] theta is all but undetermined, and at [[0, 0], [0, a]]
    no derivative sees the way to [[c, 0], [a, 0]].
    """
    if clearly_inside(T):
        return T
    made = T.copy()
    for block in template.slices:
        values, vectors = np.linalg.eigh(T[block, block] @ T[block, block].T)
        kept = values >= TINY
        if not kept.all():
            made[block, block] = packed_root(vectors[:, kept] * np.sqrt(values[kept]))
    return T if (made == T).all() else made


def without_rounding(T: Array, template: CovarianceTemplate) -> Array:
    """T with the variances set to zero that are nothing but the rounding of a bound: an effect so far below
    the others of its block would else seem to move with them exactly.
    """
    if clearly_inside(T):
        return T
    made = T.copy()
    for block in template.slices:
        sizes = np.sqrt((T[block, block] ** 2).sum(axis=1))
        made[block, block][sizes < _ROUNDING * sizes.max()] = 0.0
    return made


def way_off_the_bound(here: Point[Any]) -> Array | None:
    """A T to set out from, with a little variance in the direction that lowers the criterion most, if any does.

    It is a root of D, not a triangle: the direction has a zero column of T to itself, so that no sum loses it
    beside variances of any size.
    """
    if clearly_inside(here.T):
        return None
    template = here.template
    T = template.standard(here.T)
    for block in template.slices:
        root, G = T[block, block], here.G[block, block]
        empty = [j for j in range(root.shape[0]) if root[j, j] == 0.0]
        if not empty:
            continue
        values, vectors = np.linalg.eigh(root @ root.T)
        null = vectors[:, values <= 1e-12 * max(1.0, float(values.max()))]
        slopes, ways = np.linalg.eigh(null.T @ G @ null)
        if slopes.size and slopes[0] < -GRADIENT:
            T[block, block.start + empty[0]] = np.sqrt(OFF) * (null @ ways[:, 0])
            return T
    return None


def clearly_inside(T: Array) -> bool:
    """Whether no variance of D = TT' is tiny: the smallest is at least |D| / (tr D)^(q-1)."""
    size = float(np.vdot(T, T))
    return float(np.linalg.det(T)) ** 2 > TINY * max(size, 1.0) ** (len(T) - 1)
