"""The relative covariance D = TT' of the random effects, T lower triangular in blocks, theta its free entries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.numerics import Array, lower_triangular_root


@dataclass(frozen=True, slots=True, kw_only=True)
class CovarianceTemplate:
    """Which entries of T are free: one lower triangle for each block of correlated columns."""

    sizes: tuple[int, ...]

    @property
    def q(self) -> int:
        """Columns in all blocks."""
        return sum(self.sizes)

    @property
    def slices(self) -> tuple[slice, ...]:
        """The columns of each block."""
        ends = np.cumsum(self.sizes)
        return tuple(
            slice(int(end) - size, int(end)) for end, size in zip(ends, self.sizes, strict=True)
        )

    @property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """(row, column) of each free entry, block by block, column by column (lme4's order)."""
        return tuple(
            (i, j)
            for block in self.slices
            for j in range(block.start, block.stop)
            for i in range(j, block.stop)
        )

    @property
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
        for (i, j), value in zip(self.entries, theta, strict=True):
            T[i, j] = value
        return T

    def theta(self, T: Array) -> Array:
        """The free entries of T."""
        return np.array([T[i, j] for i, j in self.entries])

    def standard(self, T: Array) -> Array:
        """The same D with every block of T lower triangular and its diagonal not negative."""
        standard = np.zeros_like(T)
        for block in self.slices:
            standard[block, block] = lower_triangular_root(T[block, block])
        return standard
