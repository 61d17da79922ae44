"""Sums over the rows of each group, and group values spread over their rows, in the rows' own order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedRows:
    """Rows with their group's ``codes`` (n,); ``sizes`` (m,); ``starts`` (m,) where groups stand together in order."""

    codes: np.ndarray
    sizes: np.ndarray
    starts: np.ndarray | None

    def sums(self, column: Array) -> Array:
        """The sum of a column (n,) in each group, (m,)."""
        if self.starts is not None:
            return np.add.reduceat(column, self.starts)
        return np.asarray(np.bincount(self.codes, column, len(self.sizes)), float)

    def spread(self, values: Array) -> Array:
        """Each row's own group's value, (n,), of (m,)."""
        if self.starts is not None:
            return np.repeat(values, self.sizes)
        return np.take(values, self.codes)

    def blocks(self, size: int) -> Iterator[tuple[slice, slice]]:
        """Groups and their rows, about ``size`` rows at a time; all at once where groups do not stand together."""
        n, m = len(self.codes), len(self.sizes)
        if self.starts is None or n <= 2 * size:
            yield slice(0, m), slice(0, n)
            return
        firsts = np.unique(self.codes[::size])
        for first, end in pairwise([*firsts.tolist(), m]):
            begin = int(self.starts[first])
            yield slice(first, end), slice(begin, int(self.starts[end]) if end < m else n)

    def part(self, groups: slice, rows: slice) -> GroupedRows:
        """The rows of one block."""
        if self.starts is None or rows.stop - rows.start == len(self.codes):
            return self
        return GroupedRows(
            codes=self.codes[rows],
            sizes=self.sizes[groups],
            starts=self.starts[groups] - rows.start,
        )

    def take_out(self, column: Array, Q: Array) -> Array:
        """Q'column (m,) in each group; the column (n,) is left without its part along Q, in place."""
        part = self.sums(Q * column)
        along = self.spread(part)
        along *= Q
        column -= along
        return part


def grouped_rows(codes: np.ndarray, m: int) -> GroupedRows:
    """Rows that are in the order of their groups are added up at half the price; no rows are sorted."""
    sizes = np.bincount(codes, minlength=m)
    starts = None
    if (codes[1:] >= codes[:-1]).all() and sizes.all():
        starts = np.cumsum(sizes) - sizes
    return GroupedRows(codes=codes, sizes=sizes, starts=starts)


def group_sums(codes: np.ndarray, m: int) -> csr_array:
    """The same sums as a matrix: the (m, n) indicator of each group's rows, for many columns at a time."""
    n = len(codes)
    return csr_array((np.ones(n), codes, np.arange(n + 1)), shape=(n, m)).T.tocsr()
