"""What each group says at one D: with K = I + RDR', the products R'K⁻¹[R H], log|K| and H'K⁻¹H.

One and two random columns go by formula, more by Cholesky factors; no formula subtracts large numbers
that are nearly equal. Groups are taken in blocks that stay in the processor's cache.

Equations: docs/mathematics.md (5), (6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array, cholesky_of_groups, forward_solve_groups, gram

BLOCK = 8192  # groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """``pulled`` = R'K⁻¹[R H] (q, q + p + 1, m); ``log_det`` = Σ log|K|; ``cross`` = S + Σ H'K⁻¹H."""

    pulled: Array
    log_det: float
    cross: Array


def weigh(statistics: GroupStatistics, T: Array) -> Weighed:
    """The groups at D = TT', T (q, q) of any shape."""
    q, m, counts = statistics.q, statistics.m, statistics.counts
    kernel = _KERNELS.get(q, _several_columns)
    pulled = np.empty((q, q + statistics.p + 1, m))
    log_det, cross = 0.0, statistics.S.copy()
    for start in range(0, m, BLOCK):
        here = slice(start, start + BLOCK)
        R, H = statistics.R[:, :, here], statistics.H[:, :, here]
        pivots = kernel(R, H, T, pulled[:, :, here], cross)
        if counts is None:
            log_det += _log_of_product(pivots)
        else:
            log_det += float(np.sum(np.log(pivots) @ counts[here]))
    return Weighed(pulled=pulled, log_det=log_det, cross=cross)


def trace_of_inverses(statistics: GroupStatistics, T: Array) -> float:
    """Σ tr K⁻¹."""
    K = _covariances(statistics.R, T)
    identity = np.broadcast_to(np.eye(statistics.q)[:, :, None], K.shape)
    inverse_root = forward_solve_groups(cholesky_of_groups(K), identity)
    each = np.einsum("abm,abm->m", inverse_root, inverse_root)
    return float(each.sum() if statistics.counts is None else statistics.counts @ each)


# Each fills ``out`` with R'K⁻¹[R H], adds H'K⁻¹H to ``cross``, and returns numbers (k, m) of at least 1
# whose product over k is |K|.


def _one_column(R: Array, H: Array, T: Array, out: Array, cross: Array) -> Array:
    r, H = R[0, 0], H[0]
    rt = r * T[0, 0]
    k = rt * rt
    k += 1.0
    weighted = H / k
    cross += weighted @ H.T
    np.multiply(r, weighted, out=out[0, 1:])
    np.multiply(r, r / k, out=out[0, 0])
    return k[None]


def _two_columns(R: Array, H: Array, T: Array, out: Array, cross: Array) -> Array:
    """|K| = 1 + tr RDR' + |R|²|D|; K⁻¹ = adj(K)/|K|; the factor of K for H'K⁻¹H."""
    RT = T.T @ R
    squares = RT * RT
    k_diagonal = squares[:, 0]
    k_diagonal += squares[:, 1]
    k01 = (RT[0] * RT[1]).sum(axis=0)
    k = R[0, 0] * R[1, 1]
    k *= T[0, 0] * T[1, 1] - T[0, 1] * T[1, 0]
    k *= k
    k += k_diagonal[0]
    k += k_diagonal[1]
    k += 1.0
    k_diagonal += 1.0
    inverse = k_diagonal / k  # K⁻¹ is [[i1, -i01], [-i01, i0]]
    i01 = k01 / k
    # R'K⁻¹, column by column
    first, second = R[0] * inverse[1], R[0] * -i01
    first[1] -= R[1, 1] * i01
    second[1] += R[1, 1] * inverse[0]
    np.multiply(first[:, None], H[0], out=out[:, 2:])
    out[:, 2:] += second[:, None] * H[1]
    np.multiply(first, R[0, 0], out=out[0, :2])
    out[1, 0] = out[0, 1]
    np.multiply(first[1], R[0, 1], out=out[1, 1])
    out[1, 1] += second[1] * R[1, 1]
    # H'K⁻¹H by K = LDL'
    along = H[0] / k_diagonal[0]
    cross += along @ H[0].T
    along *= k01
    rest = H[1] - along
    np.multiply(rest, inverse[0], out=along)
    cross += along @ rest.T
    return k[None]


def _several_columns(R: Array, H: Array, T: Array, out: Array, cross: Array) -> Array:
    q = R.shape[0]
    L = cholesky_of_groups(_covariances(R, T))
    W = forward_solve_groups(L, np.concatenate([R, H], axis=1))
    np.einsum("kam,kcm->acm", W[:, :q], W, out=out)
    for row in W[:, q:]:
        cross += gram(row)
    return L[np.diag_indices(q)] ** 2


def _covariances(R: Array, T: Array) -> Array:
    RT = T.T @ R
    K = np.einsum("acm,bcm->abm", RT, RT)
    K[np.diag_indices(R.shape[0])] += 1.0
    return K


def _log_of_product(pivots: Array) -> float:
    """Σ log, at the price of few logarithms: numbers of at least 1 are multiplied while they cannot overflow."""
    values = pivots.ravel()
    while values.size > 512 and values.max() < 1e70:
        quarter = values.size // 4
        rest = values[4 * quarter :]
        values = np.append(values[: 4 * quarter].reshape(4, quarter).prod(axis=0), rest)
    return float(np.log(values).sum())


_KERNELS = {1: _one_column, 2: _two_columns}
