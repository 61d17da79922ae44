"""Small dense algebra for many groups at once: arrays are (rows, columns, m groups), groups last.

Loops run over the few rows and columns of a block, NumPy over the many groups.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgeqrf

Array = NDArray[np.float64]


def read_only(array: np.ndarray) -> np.ndarray:
    """The same array, closed to writing: values are shared, never changed."""
    array.setflags(write=False)
    return array


def cholesky_of_groups(K: Array) -> Array:
    """Lower Cholesky factors L, (q, q, m), of positive definite K, (q, q, m)."""
    q = K.shape[0]
    L = np.zeros_like(K)
    for j in range(q):
        pivot = K[j, j] - np.einsum("km,km->m", L[j, :j], L[j, :j])
        L[j, j] = np.sqrt(pivot)
        for i in range(j + 1, q):
            L[i, j] = (K[i, j] - np.einsum("km,km->m", L[i, :j], L[j, :j])) / L[j, j]
    return L


def forward_solve_groups(L: Array, B: Array) -> Array:
    """L⁻¹B for every group: L (q, q, m) lower triangular, B (q, c, m)."""
    W = np.empty_like(B)
    for i in range(L.shape[0]):
        W[i] = B[i]
        for k in range(i):
            W[i] -= L[i, k] * W[k]
        W[i] /= L[i, i]
    return W


def gram(A: Array) -> Array:
    """AA', (k, k), of few long rows: from a copy, for the symmetric product of most libraries is slow at that."""
    return A @ A.copy().T


def lower_triangular_root(T: Array) -> Array:
    """The lower triangular L with LL' = TT' and a non-negative diagonal, for square T.

    Where T has zero columns, L has as many, and exactly zero: those whose diagonal is.
    """
    k, rank = T.shape[0], int(T.any(axis=0).sum())
    L = packed_root(T[:, T.any(axis=0)])
    for j in range(rank if rank < k else 0):
        if abs(L[j, j]) <= 1e-12 * np.linalg.norm(T[j]):
            rest = L[j + 1 :, j:].copy()
            L[j:, j:] = 0.0
            L[j + 1 :, j + 1 :] = np.transpose(np.linalg.qr(rest.T, mode="r"))
    return L * np.where(np.diag(L) < 0, -1.0, 1.0)


def packed_root(F: Array) -> Array:
    """The lower triangular (k, k) L with LL' = FF', F (k, r) with r <= k, its zero columns last."""
    L = np.zeros((F.shape[0], F.shape[0]))
    L[:, : F.shape[1]] = np.transpose(np.linalg.qr(F.T, mode="r"))
    return L


def triangular_factor(*parts: Array) -> Array:
    """The upper triangular R (k, k) with R'R = A'A for A the ``parts`` (n, k) one under the other, by Householder."""
    rows, k = sum(map(len, parts)), parts[0].shape[1]
    stacked = np.zeros((max(rows, k), k), order="F")
    np.concatenate(parts, out=stacked[:rows])
    return np.triu(dgeqrf(stacked, overwrite_a=1)[0][:k])


def root_mean_square(values: Array) -> float:
    """The size of a column, also where its squares would overflow or vanish."""
    with np.errstate(over="ignore", under="ignore"):
        size = math.sqrt(float(np.dot(values, values)) / max(values.size, 1))
    if 1e-150 < size < math.inf:
        return size
    largest = float(np.abs(values).max())
    return largest * float(np.sqrt(np.mean((values / largest) ** 2))) if largest > 0 else 0.0


def power_of_two_near(value: float) -> float:
    """A power of two (exact to multiply by) near a positive size; 1 for zero."""
    return 2.0 ** round(math.log2(value)) if 0 < value < math.inf else 1.0
