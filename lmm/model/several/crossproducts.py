"""Weighted cross-products H'WH of a sparse H, W a small matrix per group: a fixed linear map of the weights.

Rows of H belong to m groups, q rows each. Which products of entries meet at which place depends on the
data alone, so they are multiplied once; after that H'WH is one sparse product with the weights, and its
transpose takes from a matrix N what each group sees of it, H_i N H_i'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from lmm.numerics import Array

# Products kept at most (12 to 16 bytes each); beyond, they are multiplied anew at each evaluation.
LARGEST_MAP = 20_000_000
_CHUNK = 4_000_000  # numbers in a block of rows of HN


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossProducts:
    """``H`` (q·m, columns), row a·m + i the a-th of group i; ``products`` from weights to places, or ``None``."""

    H: csr_array
    q: int
    m: int
    products: csc_array | None

    def spread(self, weights: Array) -> Array:
        """The lower triangle of Σ_i H_i' W_i H_i, (columns, columns), from symmetric weights (q, q, m)."""
        columns = self.H.shape[1]
        if self.products is None:
            wide = np.zeros((columns, columns))
            for a in range(self.q):
                for b in range(self.q):
                    weighted = self._rows(b).multiply(weights[a, b][:, None])
                    wide += (self._rows(a).T @ weighted).toarray()
            return wide
        return (self.products @ weights.ravel()).reshape(columns, columns)

    def collect(self, N: Array) -> Array:
        """H_i N H_i' of each group, (q, q, m), for a symmetric N (columns, columns) by its lower triangle."""
        if self.products is None:
            return self._collect_by_rows(mirror_lower(N))
        diagonal = np.diag_indices(N.shape[0])
        own = N[diagonal]
        N[diagonal] = 0.5 * own
        half = (self.products.T @ N.ravel()).reshape(self.q, self.q, self.m)
        N[diagonal] = own
        return half + half.transpose(1, 0, 2)

    def _rows(self, a: int) -> csr_array:
        return self.H[a * self.m : (a + 1) * self.m]

    def _collect_by_rows(self, N: Array) -> Array:
        seen = np.empty((self.q, self.q, self.m))
        step = max(1, _CHUNK // max(1, N.shape[0]))
        for start in range(0, self.m, step):
            stop = min(start + step, self.m)
            rows = [self._rows(a)[start:stop] for a in range(self.q)]
            for a in range(self.q):
                product = rows[a] @ N
                for b in range(self.q):
                    seen[a, b, start:stop] = rows[b].multiply(product).sum(axis=1)
        return seen


def cross_products(H: csr_array, *, q: int, m: int) -> CrossProducts:
    """Multiply all pairs of entries within a group, where they are not too many to keep."""
    coo = H.tocoo()
    row, column = np.asarray(coo.row, np.int64), np.asarray(coo.col, np.int64)
    group, values = row % m, np.asarray(coo.data, float)
    counts = np.bincount(group, minlength=m)
    products = None
    if int(np.sum(counts.astype(float) ** 2)) <= LARGEST_MAP:
        order = np.argsort(group * H.shape[1] + column, kind="stable")
        products = _products(
            group[order], row[order] // m, column[order], values[order], (q, m, H.shape[1])
        )
    return CrossProducts(H=H, q=q, m=m, products=products)


def _products(
    group: np.ndarray,
    own: np.ndarray,
    column: np.ndarray,
    values: Array,
    shape: tuple[int, int, int],
) -> csc_array:
    """(columns², q²·m): entries sorted by group and column, each paired with all up to its own column."""
    q, m, columns = shape
    index = np.int32 if max(columns**2, LARGEST_MAP) < 2**31 else np.int64
    counts = np.bincount(group, minlength=m)
    starts = np.cumsum(counts) - counts
    key = group * columns + column
    each = np.searchsorted(key, key, side="right") - starts[group]
    ends = np.cumsum(each)
    first = np.repeat(np.arange(len(group), dtype=index), each)
    second = np.arange(len(first), dtype=index)
    second -= np.repeat((ends - each - starts[group]).astype(index), each)
    place = np.repeat((column * columns).astype(index), each) + column.astype(index)[second]
    data = np.repeat(values, each) * values[second]
    if q == 1:
        filled = np.bincount(group, weights=each, minlength=m)
    else:
        weight = (own[first] * q + own[second]) * m + group[first]
        order = np.argsort(weight, kind="stable")
        place, data = place[order], data[order]
        filled = np.bincount(weight, minlength=q * q * m)
    indptr = np.concatenate([[0], np.cumsum(filled)]).astype(index)
    return csc_array((data, place, indptr), shape=(columns**2, q * q * m))


def mirror_lower(M: Array, block: int = 256) -> Array:
    """The symmetric matrix whose lower triangle is that of M, in place."""
    n = M.shape[0]
    for start in range(0, n, block):
        stop = min(start + block, n)
        M[:start, start:stop] = M[start:stop, :start].T
        corner = np.tril(M[start:stop, start:stop], -1)
        M[start:stop, start:stop] = corner + corner.T + np.diag(np.diag(M[start:stop, start:stop]))
    return M
