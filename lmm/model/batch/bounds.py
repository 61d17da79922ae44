"""The boundary of D for many replicates at once: see ``lmm.model.search.bounds``."""

from __future__ import annotations

import numpy as np

from lmm.model.batch.points import Points
from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.bounds import GRADIENT, OFF, TINY
from lmm.numerics import Array


def zero_columns(T: Array) -> np.ndarray:
    """(B, q): which columns of T (B, q, q) are zero."""
    return np.all(T == 0.0, axis=1)


def without_tiny_variances(template: CovarianceTemplate, T: Array) -> tuple[Array, np.ndarray]:
    """T (c, q, q) with D's tiny variances set to zero, for the replicates (c,) that have any not yet zero.

    Zero columns of each block come last.
    """
    made, near = T.copy(), np.zeros(len(T), bool)
    for block in template.slices:
        own = T[:, block, block]
        values, vectors = np.linalg.eigh(own @ own.swapaxes(1, 2))
        tiny = values < TINY
        here = tiny.sum(axis=1) > zero_columns(own).sum(axis=1)
        near |= here
        axes = vectors[here] * np.sqrt(np.where(tiny, 0.0, values))[here, None]
        transposed = np.asarray(np.linalg.qr(axes[:, :, ::-1].swapaxes(1, 2), mode="r"))
        made[here, block, block] = transposed.swapaxes(1, 2)
    return made[near], np.flatnonzero(near)


def ways_off_the_bound(template: CovarianceTemplate, points: Points) -> tuple[Array, np.ndarray]:
    """T (c, q, q) to set out from, any roots, for the replicates (c,) whose criterion a little variance would lower."""
    made, off = points.T.copy(), np.zeros(len(points.T), bool)
    for block in template.slices:
        own = points.T[:, block, block]
        here = np.flatnonzero(zero_columns(own).any(axis=1) & ~off)
        D = own[here] @ own[here].swapaxes(1, 2)
        values, vectors = np.linalg.eigh(D)
        null = vectors * (values <= 1e-12 * np.maximum(1.0, values[:, -1:]))[:, None]
        slopes, ways = np.linalg.eigh(null.swapaxes(1, 2) @ points.G[here, block, block] @ null)
        lower = slopes[:, 0] < -GRADIENT
        chosen, way = here[lower], (null @ ways[:, :, :1])[lower, :, 0]
        column = block.start + zero_columns(own[chosen]).argmax(axis=1)
        made[chosen, block, column] = np.sqrt(OFF) * way
        off[chosen] = True
    return made[off], np.flatnonzero(off)
