"""Per-group sufficient statistics: the one pass over the rows that a fit needs.

For group i with Z_i = Q_i R_i (Q_i orthonormal), the model sees the data only through R_i, through
H_i = Q_i'[X_i y_i], and through the cross-product S of what Q_i leaves of [X y], summed over groups.

Equations: docs/mathematics.md (3), (4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lmm.model.grouprows import GroupedRows, grouped_rows
from lmm.numerics import Array, gram, read_only

# A column whose rest, after the group's earlier columns, is below this share of its size is dependent.
_NEGLIGIBLE = 1e-10
_ROWS_AT_A_TIME = 50_000  # so many stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStatistics:
    """``R`` (q, q, m) upper triangular, ``H`` (q, p+1, m), ``S`` (p+1, p+1), ``n`` rows, ``sizes`` (m,).

    Where groups are collapsed, ``counts`` (m,) says how many each stands for as far as R is concerned.
    """

    R: Array
    H: Array
    S: Array
    n: int
    sizes: np.ndarray
    counts: Array | None = None

    @property
    def q(self) -> int:
        """Columns of Z per group."""
        return self.R.shape[0]

    @property
    def p(self) -> int:
        """Columns of X."""
        return self.S.shape[0] - 1

    @property
    def m(self) -> int:
        """Groups."""
        return self.R.shape[2]


def group_statistics(XY: Array, Z: Array, codes: np.ndarray, m: int) -> GroupStatistics:
    """Reduce [X y] (n, p+1) and Z (n, q) by Gram–Schmidt within each of m groups; ``XY`` is consumed.

    Only sums of squares of centred columns are added; what is left in ``XY`` is orthogonal to every group's Z.
    """
    rows = grouped_rows(codes, m)
    R, H, S = reduce_rows(XY, Z, rows)
    return GroupStatistics(
        R=read_only(R), H=read_only(H), S=read_only(S), n=len(codes), sizes=read_only(rows.sizes)
    )


def statistics_of_blocks(
    columns: Callable[[slice], tuple[Array, Array]], codes: np.ndarray, m: int
) -> GroupStatistics:
    """The same from [X y] and Z made for some ``columns(rows)`` at a time, where rows stand group by group."""
    whole = grouped_rows(codes, m)
    parts = []
    for groups, rows in whole.blocks(_ROWS_AT_A_TIME):
        parts.append(reduce_rows(*columns(rows), whole.part(groups, rows)))
    Rs, Hs, Ss = zip(*parts, strict=True)
    return GroupStatistics(
        R=read_only(Rs[0] if len(parts) == 1 else np.concatenate(Rs, axis=2)),
        H=read_only(Hs[0] if len(parts) == 1 else np.concatenate(Hs, axis=2)),
        S=read_only(np.sum(Ss, axis=0)),
        n=len(codes),
        sizes=read_only(whole.sizes),
    )


def reduce_rows(XY: Array, Z: Array, rows: GroupedRows) -> tuple[Array, Array, Array]:
    """R, H and S of all or some of the groups; ``XY`` is consumed."""
    R, H, others = take_groups_out(XY, Z, rows)
    S = np.zeros((XY.shape[1], XY.shape[1]))
    S[np.ix_(others, others)] = gram(XY.T[others])
    return R, H, S


def take_groups_out(XY: Array, Z: Array, rows: GroupedRows) -> tuple[Array, Array, list[int]]:
    """R and H; ``XY`` is left orthogonal to every group's Z, and not zero in some columns only: the third."""
    R, basis = orthonormal_basis(Z, rows)
    H = np.empty((Z.shape[1], XY.shape[1], len(rows.sizes)))
    others = []
    for j, column in enumerate(XY.T):
        twin = _same_column(column, Z)
        if twin is None:
            others.append(j)
            for k, Q in enumerate(basis):
                H[k, j] = rows.take_out(column, Q)
        else:  # the groups' own columns leave nothing of it
            H[:, j] = R[:, twin]
            column[:] = 0.0
    return R, H, others


def orthonormal_basis(Z: Array, rows: GroupedRows) -> tuple[Array, list[Array]]:
    """R (q, q, m) and the columns Q (n,) of Z = QR, group by group.

    A group with too few rows for its columns keeps zeros on R's diagonal, and zeros in Q; every formula
    holds with them.
    """
    q, m = Z.shape[1], len(rows.sizes)
    R = np.zeros((q, q, m))
    basis: list[Array] = []
    for k in range(q):
        rest = Z[:, k].copy()
        size = np.sqrt(rows.sums(rest * rest))
        left = size
        for _ in range(2 if k else 0):  # twice is enough (Kahan; Parlett 1980, section 6-9)
            for j, Q in enumerate(basis):
                R[j, k] += rows.take_out(rest, Q)
        if k:
            left = np.sqrt(rows.sums(rest * rest))
        R[k, k] = np.where(left > _NEGLIGIBLE * size, left, 0.0)
        rest *= rows.spread(np.divide(1.0, R[k, k], out=np.zeros(m), where=R[k, k] > 0))
        basis.append(rest)
    return R, basis


def _same_column(column: Array, Z: Array) -> int | None:
    """Which column of Z, if any, is this one number by number."""
    for k in range(Z.shape[1]):
        few = slice(None, None, 1 + len(column) // 100)
        if (column[few] == Z[few, k]).all() and (column == Z[:, k]).all():
            return k
    return None
