"""Where to start: the spread of the groups' own least-squares estimates, less what the residual explains of it.

For complete, balanced data this is the REML estimate itself (Searle, Casella and McCulloch 1992, Variance
Components, chapter 4); else it is within a standard error or two of it, at the price of half an evaluation.
"""

from __future__ import annotations

import numpy as np

from lmm.model.groupsums import contrast
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array, gram

# A group whose own estimate is less certain than this, in internal units, says nothing.
_LEAST_PIVOT = 1e-3


def covariance_by_moments(statistics: GroupStatistics) -> Array | None:
    """D (q, q), symmetric but perhaps not positive definite; ``None`` where too few groups have own estimates."""
    R, H, q, p = statistics.R, statistics.H, statistics.q, statistics.p
    pivots = R[range(q), range(q)]
    own = (pivots > _LEAST_PIVOT).all(axis=0)
    if np.count_nonzero(own) < q + 2:
        return None
    if not own.all():
        R, H = R[:, :, own], H[:, :, own]
    S = statistics.S
    inner, _, rank, _ = np.linalg.lstsq(S[:p, :p], S[:p, p], rcond=1e-12)
    within = S[p, p] - S[p, :p] @ inner
    freedom = statistics.n - np.count_nonzero(pivots) - rank
    if freedom <= 0 or within <= 0.0:
        return None
    cross = S + gram(H.transpose(1, 0, 2).reshape(p + 1, -1))
    of_e = contrast(np.asarray(np.linalg.lstsq(cross[:p, :p], cross[:p, p])[0], float))
    R_inverse = _inverse(R)
    errors = np.einsum("akm,bkm->abm", R_inverse, R_inverse)
    b = np.einsum("akm,km->am", R_inverse, of_e @ H)
    weights = 1.0 / (1.0 + np.einsum("aam->m", errors))
    weights /= weights.sum()
    b -= (b @ weights)[:, None]
    spread = (b * weights) @ b.T * (freedom / within)
    kept = weights * (1.0 - weights)
    return (spread - errors @ kept) / kept.sum()


def _inverse(R: Array) -> Array:
    """Of upper triangular matrices (q, q, m)."""
    q = len(R)
    inverse = np.zeros_like(R)
    for i in reversed(range(q)):
        inverse[i, i] = 1.0 / R[i, i]
        for j in range(i + 1, q):
            for k in range(i + 1, j + 1):
                inverse[i, j] -= R[i, k] * inverse[k, j]
            inverse[i, j] *= inverse[i, i]
    return inverse
