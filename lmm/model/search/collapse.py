"""Fewer groups that say the same: those with the same R are one pattern, whatever their number.

Groups of one R enter the criterion and its derivatives only through sums of products of two of their H.
The H of a frequent pattern are therefore replaced by the triangular factor of them all, as many
pseudo-groups as H has entries: balanced designs and visits at whole months become small.

Equation: docs/mathematics.md (7).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array, read_only

# Fewer groups cost less than to look for patterns among them.
_MANY_GROUPS = 2000
_SAMPLE = 500
# A pattern of fewer groups is not worth a factorisation.
_FREQUENT = 64
# Where R agree to so many binary digits of the largest, the order of summation made them differ.
_DIGITS = 44


def collapse(statistics: GroupStatistics) -> GroupStatistics:
    """The statistics with groups of one R merged, or as they are where that would not make them fewer by half."""
    m, entries = statistics.m, statistics.H.shape[0] * statistics.H.shape[1]
    if m < _MANY_GROUPS:
        return statistics
    if len(np.unique(_keys(statistics.R[:, :, :: m // _SAMPLE]))) > _SAMPLE // 2:
        return statistics
    patterns, _ = pd.factorize(_keys(statistics.R))
    counts = np.bincount(patterns)
    frequent = counts >= max(_FREQUENT, entries)
    if m - counts[frequent].sum() + entries * frequent.sum() > m // 2:
        return statistics
    alone = np.flatnonzero(~frequent[patterns])
    together = np.flatnonzero(frequent[patterns])
    together = together[np.argsort(patterns[together], kind="stable")]
    return _merged(statistics, alone, np.split(together, np.cumsum(counts[frequent])[:-1]))


def _keys(R: Array) -> np.ndarray:
    """One number for each group, equal where R is, (m,)."""
    scale = 2.0**_DIGITS / max(float(np.abs(R).max()), 1e-300)
    keys = np.zeros(R.shape[2], np.uint64)
    for i, j in zip(*np.triu_indices(len(R)), strict=True):
        # a multiplicative hash: unequal rows agree once in 2⁶⁴
        keys ^= np.round(R[i, j] * scale).astype(np.int64).view(np.uint64)
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return keys


def _merged(
    statistics: GroupStatistics, alone: np.ndarray, patterns: list[np.ndarray]
) -> GroupStatistics:
    q, width, m = statistics.H.shape
    rows = statistics.H.reshape(q * width, m).T
    factors = [np.linalg.qr(rows[groups], mode="r") for groups in patterns]
    first = np.repeat([groups[0] for groups in patterns], q * width)
    counts = np.zeros((len(patterns), q * width))
    counts[:, 0] = [len(groups) for groups in patterns]
    kept = np.concatenate([alone, first]).astype(np.intp)
    H = np.concatenate([rows[alone], *factors])
    return GroupStatistics(
        R=read_only(np.ascontiguousarray(statistics.R[:, :, kept])),
        H=read_only(np.ascontiguousarray(H.T).reshape(q, width, -1)),
        S=statistics.S,
        n=statistics.n,
        sizes=statistics.sizes,
        counts=read_only(np.concatenate([np.ones(len(alone)), counts.ravel()])),
    )
