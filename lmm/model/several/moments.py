"""A first guess at the variances of several factors by the method of moments: no search, no large matrix.

Hartley, Rao and LaMotte 1978 (Biometrics 34:233), MINQUE(0): with e the residuals of the ordinary
regression, each Σ over a column's levels of (z'e)² is set to what the variances make of it. The loss of
degrees of freedom to the fixed effects and all covariances are left to the search.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array

from lmm.model.several.blocks import CrossedStatistics
from lmm.numerics import Array

# A guess is for setting out: neither at a bound nor far away.
_LEAST, _MOST = 1e-3, 1e3


def variances_by_moments(statistics: CrossedStatistics) -> Array:
    """Each random column's variance relative to sigma², (q,), within bounds that a search can start from."""
    own, p = statistics.own, statistics.p
    ours, theirs = _types(statistics)
    R = _block_diagonal(own.R)
    across = R.T @ statistics.H.H
    flat = own.H.transpose(0, 2, 1).reshape(own.q * own.m, p + 1)
    cross = own.S + flat.T @ flat
    beta = np.linalg.lstsq(cross[:p, :p], cross[:p, p], rcond=None)[0]
    residual = np.append(-beta, 1.0)
    on_e = np.concatenate(
        [R.T @ (flat @ residual), (statistics.S_XY + statistics.H.H.T @ flat) @ residual]
    )
    types = np.concatenate([ours, theirs])
    q = int(types.max()) + 1
    squares = np.zeros((q + 1, q + 1))
    for product, rows, columns in (
        (R.T @ R, ours, ours),
        (across, ours, theirs),
        (across.T, theirs, ours),
        (statistics.ZZ, theirs, theirs),
    ):
        entries = product.tocoo()
        at = rows[entries.row] * q + columns[entries.col]
        squares[:q, :q] += np.bincount(at, entries.data**2, minlength=q * q).reshape(q, q)
    lengths = np.concatenate([(R * R).sum(axis=0), statistics.ZZ.diagonal()])
    squares[:q, q] = squares[q, :q] = np.bincount(types, lengths, minlength=q)
    squares[q, q] = statistics.n
    sums = np.append(np.bincount(types, on_e**2, minlength=q), residual @ cross @ residual)
    *found, noise = np.linalg.lstsq(squares, sums, rcond=None)[0]
    if noise <= 0.0:
        return np.ones(q)
    return np.clip(np.array(found) / noise, _LEAST, _MOST)


def _types(statistics: CrossedStatistics) -> tuple[np.ndarray, np.ndarray]:
    """Which random column each effect belongs to: of the eliminated factor (q·m,), of the others (q₂,)."""
    own = np.repeat(statistics.eliminated.columns, statistics.own.m)
    others = [np.tile(factor.columns, factor.m) for factor, _ in statistics.others]
    return own, np.concatenate(others)


def _block_diagonal(R: Array) -> csr_array:
    """The groups' R (q, q, m) as one matrix (q·m, q·m), row a·m + i the a-th of group i."""
    q, _, m = R.shape
    a, b, i = np.indices(R.shape)
    made = coo_array((R.ravel(), ((a * m + i).ravel(), (b * m + i).ravel())), shape=(q * m, q * m))
    return csr_array(made)
