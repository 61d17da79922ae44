"""Several grouping factors as sufficient statistics: one factor eliminated group by group, the rest dense.

The factor with most random effects is reduced orthogonally within its levels, as the only factor of a
simpler model is (``statistics``). What that leaves of the columns of all the others and of [X y] is
summed once; the columns of the others are indicators times covariates and stay sparse. After Bates,
Mächler, Bolker and Walker 2015 (J. Stat. Softw. 67(1), section 3) and the blocked factorisation of
MixedModels.jl.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from lmm.model.factors import Factor
from lmm.model.grouprows import grouped_rows
from lmm.model.several.crossproducts import CrossProducts, cross_products
from lmm.model.several.memory import check_dense_part
from lmm.model.statistics import GroupStatistics, group_statistics, orthonormal_basis
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossedStatistics:
    """``own`` of the eliminated factor; ``H`` what its Q take of the others' columns Z₂; ``ZZ`` = Z₂'Z₂,
    ``S_XY`` = Z₂'[X y] less what those Q take of it.

    ``factors`` in the design's order, ``first`` the eliminated one's place there, ``slices`` the columns
    (level by level) of each of the others among the q₂ dense ones. ``pairs`` are the (row, column)
    places of D within blocks.
    """

    own: GroupStatistics
    factors: tuple[Factor, ...]
    first: int
    slices: tuple[slice, ...]
    H: CrossProducts
    ZZ: csr_array
    S_XY: Array
    pairs: tuple[tuple[int, int], ...]

    @property
    def n(self) -> int:
        """Rows."""
        return self.own.n

    @property
    def p(self) -> int:
        """Columns of X."""
        return self.own.p

    @property
    def eliminated(self) -> Factor:
        """The factor with most random effects."""
        return self.factors[self.first]

    @property
    def others(self) -> tuple[tuple[Factor, slice], ...]:
        """The dense factors with their columns."""
        rest = [factor for k, factor in enumerate(self.factors) if k != self.first]
        return tuple(zip(rest, self.slices, strict=True))


def crossed_statistics(
    XY: Array, Z: Array, factors: Sequence[Factor], pairs: tuple[tuple[int, int], ...]
) -> CrossedStatistics:
    """Reduce [X y] (n, p+1) and Z (n, q over all factors); ``XY`` is consumed.

    Raises ``ModelError`` where the dense part would not fit into memory.
    """
    first = int(np.argmax([factor.size for factor in factors]))
    eliminated = factors[first]
    rest = [factor for k, factor in enumerate(factors) if k != first]
    ends = np.cumsum([factor.size for factor in rest])
    check_dense_part(
        int(ends[-1]),
        eliminated=eliminated.grouping.name,
        others=" or ".join(repr(factor.grouping.name) for factor in rest),
    )
    codes, m = eliminated.grouping.codes, eliminated.m
    own_Z = Z[:, eliminated.columns]
    own = group_statistics(XY, own_Z, codes, m)
    _, basis = orthonormal_basis(own_Z, grouped_rows(codes, m))
    slices = tuple(
        slice(int(end) - factor.size, int(end)) for end, factor in zip(ends, rest, strict=True)
    )
    Z_rest = _sparse_columns(Z, rest, slices)
    H = _seen_by_groups(Z_rest, basis, codes, m)
    return CrossedStatistics(
        own=own,
        factors=tuple(factors),
        first=first,
        slices=slices,
        H=cross_products(H, q=len(basis), m=m),
        ZZ=(Z_rest.T @ Z_rest).tocsr(),
        S_XY=read_only(np.asarray(Z_rest.T @ XY, float)),
        pairs=pairs,
    )


def _sparse_columns(Z: Array, factors: Sequence[Factor], slices: Sequence[slice]) -> csr_array:
    """The (n, q₂) columns of the factors, each level's q columns side by side."""
    n = len(Z)
    columns = np.column_stack(
        [
            place.start + factor.grouping.codes.astype(np.int64) * factor.q + k
            for factor, place in zip(factors, slices, strict=True)
            for k in range(factor.q)
        ]
    )
    values = np.column_stack([Z[:, factor.columns] for factor in factors])
    wide = columns.shape[1]
    return csr_array(
        (values.ravel(), columns.ravel(), wide * np.arange(n + 1)), shape=(n, slices[-1].stop)
    )


def _seen_by_groups(Z: csr_array, basis: list[Array], codes: np.ndarray, m: int) -> csr_array:
    """Q'Z, (q·m, q₂): row a·m + i is group i's a-th Q against every column."""
    coo = Z.tocoo()
    rows = np.concatenate([a * m + codes[coo.row] for a in range(len(basis))])
    values = np.concatenate([Q[coo.row] * coo.data for Q in basis])
    columns = np.tile(coo.col, len(basis))
    made = coo_array((values, (rows, columns)), shape=(len(basis) * m, Z.shape[1]))
    return csr_array(made)
