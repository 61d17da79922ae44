"""Per-group sufficient statistics: the one pass over the rows that a fit needs.

For group i with Z_i = Q_i R_i (Q_i orthonormal), the model sees the data only through R_i, through
H_i = Q_i'[X_i y_i], and through the cross-product S of what Q_i leaves of [X y], summed over groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from lmm.numerics import Array, read_only

# A column whose rest, after the group's earlier columns, is below this share of its size is dependent.
_NEGLIGIBLE = 1e-10


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
    n = len(codes)
    sums = group_sums(codes, m)
    R, basis = orthonormal_basis(Z, codes, sums)
    H = np.zeros((Z.shape[1], XY.shape[1], m))
    for k, Q in enumerate(basis):
        part = sums @ (Q[:, None] * XY)
        H[k] = part.T
        XY -= Q[:, None] * part[codes]
    return GroupStatistics(
        R=read_only(R),
        H=read_only(H),
        S=read_only(XY.T @ XY),
        n=n,
        sizes=read_only(np.bincount(codes, minlength=m)),
    )


def group_sums(codes: np.ndarray, m: int) -> csr_array:
    """The (m, n) indicator that adds the rows of each group."""
    n = len(codes)
    return csr_array((np.ones(n), codes, np.arange(n + 1)), shape=(n, m)).T.tocsr()


def orthonormal_basis(Z: Array, codes: np.ndarray, sums: csr_array) -> tuple[Array, list[Array]]:
    """R (q, q, m) and the columns Q (n,) of Z = QR, group by group.

    A group with too few rows for its columns keeps zeros on R's diagonal, and zeros in Q; every formula
    holds with them.
    """
    q, m = Z.shape[1], sums.shape[0]
    R = np.zeros((q, q, m))
    basis: list[Array] = []
    for k in range(q):
        rest = Z[:, k].copy()
        size = np.sqrt(sums @ (rest * rest))
        for _ in range(2 if k else 0):  # twice is enough (Kahan; Parlett 1980, section 6-9)
            for j, Q in enumerate(basis):
                part = sums @ (Q * rest)
                R[j, k] += part
                rest -= Q * part[codes]
        left = np.sqrt(sums @ (rest * rest))
        R[k, k] = np.where(left > _NEGLIGIBLE * size, left, 0.0)
        inverse = np.divide(1.0, R[k, k], out=np.zeros(m), where=R[k, k] > 0)
        rest *= inverse[codes]
        basis.append(rest)
    return R, basis
