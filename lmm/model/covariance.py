"""The relative covariance D = TT' of the random effects, T lower triangular in blocks, theta its free entries.

Equation: docs/mathematics.md (2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from lmm.numerics import Array, lower_triangular_root


@dataclass(frozen=True, kw_only=True)
class CovarianceTemplate:
    """Which entries of T are free: one lower triangle for each block of correlated columns.

    ``order`` says in which order the rows (within their blocks) fill the triangle, where not as they come.
    """

    sizes: tuple[int, ...]
    order: tuple[int, ...] = ()

    @cached_property
    def q(self) -> int:
        """Columns in all blocks."""
        return sum(self.sizes)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """The columns of each block."""
        ends = np.cumsum(self.sizes)
        return tuple(
            slice(int(end) - size, int(end)) for end, size in zip(ends, self.sizes, strict=True)
        )

    @cached_property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """(row, column) of each free entry, block by block, column by column (lme4's order)."""
        rows = self.order or range(self.q)
        return tuple((rows[i], j) for i, j in self._lower)

    @cached_property
    def _lower(self) -> tuple[tuple[int, int], ...]:
        """(row, column) of the lower triangle of each block, column by column."""
        return tuple(
            (i, j)
            for block in self.slices
            for j in range(block.start, block.stop)
            for i in range(j, block.stop)
        )

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """(row, column) of each entry of D that may differ from zero."""
        return tuple(
            (i, j)
            for block in self.slices
            for i in range(block.start, block.stop)
            for j in range(block.start, block.stop)
        )

    def factor(self, theta: Array) -> Array:
        """T (q, q) from theta."""
        T = np.zeros((self.q, self.q))
        T[self.places] = theta
        return T

    def theta(self, T: Array) -> Array:
        """The free entries of T."""
        return T[self.places]

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows and the columns of the free entries, (k,) each."""
        rows, columns = np.array(self.entries).T
        return rows, columns

    @cached_property
    def same_column(self) -> np.ndarray:
        """(k, k): which free entries share a column of T."""
        columns = self.places[1]
        return columns[:, None] == columns

    @cached_property
    def changes(self) -> Array:
        """(k, q, q): how each free entry of D moves D, symmetrically."""
        changes = np.zeros((len(self._lower), self.q, self.q))
        for k, (i, j) in enumerate(self._lower):
            changes[k, i, j] = changes[k, j, i] = 1.0
        return changes

    def standard(self, T: Array) -> Array:
        """The same D with every block of T lower triangular, rows as they come, its diagonal not negative."""
        standard = np.zeros_like(T)
        for block in self.slices:
            root = T[block, block]
            if (root.diagonal() > 0.0).all() and not np.triu(root, 1).any():
                standard[block, block] = root
            else:
                standard[block, block] = lower_triangular_root(root)
        return standard


@lru_cache
def covariance_template(sizes: tuple[int, ...]) -> CovarianceTemplate:
    """The template of blocks with so many columns, made once."""
    return CovarianceTemplate(sizes=sizes)
