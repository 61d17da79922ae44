"""Which of its roots T stands for D, for many replicates: see ``lmm.model.search.orientation``."""

from __future__ import annotations

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.orientation import MUCH_LARGER
from lmm.numerics import Array


def upright(template: CovarianceTemplate, T: Array, order: np.ndarray) -> tuple[Array, np.ndarray]:
    """T (B, q, q) itself where its rows in this ``order`` (B, q) are a triangle that stands well, else pivoted roots.

    Comes with the order in which the rows now fill the triangles. T may be any root of D.
    """
    if all(size == 1 for size in template.sizes):
        return T, order
    at = np.flatnonzero(~_well_oriented(template, T, order))
    if not at.size:
        return T, order
    T, order = T.copy(), order.copy()
    for block in template.slices:
        T[at, block, block], pivots = _pivoted_roots(T[at, block, block])
        order[at, block] = block.start + pivots
    return T, order


def _well_oriented(template: CovarianceTemplate, T: Array, order: np.ndarray) -> np.ndarray:
    """(B,): whether T is a triangle whose columns' pivots are not small against what is below them and to the right."""
    T = T[np.arange(len(T))[:, None], order]
    well = np.ones(len(T), bool)
    for block in template.slices:
        squares = T[:, block, block] ** 2
        well &= ~np.triu(squares, 1).any(axis=(1, 2))
        left = np.tril(np.cumsum(squares[:, :, ::-1], axis=2)[:, :, ::-1])
        pivots = np.diagonal(squares, axis1=1, axis2=2)
        well &= (left.max(axis=1) <= MUCH_LARGER * pivots).all(axis=1)
    return well


def _pivoted_roots(T: Array) -> tuple[Array, np.ndarray]:
    """Roots (B, k, k) of the same matrices whose row ``pivots[b, j]`` ends in column j; their zero columns last.

    By Gram and Schmidt's method on the rows, the longest of those left first.
    """
    B, k = T.shape[:2]
    each, rest, made = np.arange(B), T.copy(), np.zeros_like(T)
    left, pivots = np.ones((B, k), bool), np.empty((B, k), int)
    rank = T.any(axis=1).sum(axis=1)
    for j in range(k):
        lengths = np.where(left, np.einsum("bik,bik->bi", rest, rest), -1.0)
        row = pivots[:, j] = lengths.argmax(axis=1)
        length = np.sqrt(lengths[each, row])
        unit = rest[each, row] / np.where(length > 0.0, length, 1.0)[:, None]
        along = np.einsum("bik,bk->bi", rest, unit)
        made[:, :, j] = np.where(left & (j < rank)[:, None], along, 0.0)
        rest -= along[:, :, None] * unit[:, None]
        left[each, row] = False
    return made, pivots
