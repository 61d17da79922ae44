"""The oracle of the engine: the Gaussian density itself, with V written out, slow and obvious.

REML here is the density of the error contrasts A'y (Harville 1974, Biometrika 61:383), which shares no
formula with the engine. Everything is analytic in D, so that a complex step differentiates it.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import null_space


def relative_covariance(Z, codes, D, R=None, weights=None):
    """V / sigma² (n, n), entry by entry: z_i' D z_j within a group, plus R; without one, 1/weight on the diagonal.

    Several factors: ``codes`` (n, q) has a column for each of Z, and D is zero between factors.
    """
    own = np.ones(len(Z)) if weights is None else 1.0 / weights
    if codes.ndim == 2:
        pairs = [(a, b) for a in range(Z.shape[1]) for b in range(Z.shape[1])]
        together = {(a, b): codes[:, a, None] == codes[None, :, b] for a, b in pairs}
        return np.diag(own) + sum(
            D[a, b] * np.outer(Z[:, a], Z[:, b]) * together[a, b] for a, b in pairs
        )
    V = np.diag(own) if R is None else R
    V = V.astype(np.result_type(D, V))
    for i in range(len(codes)):
        for j in range(len(codes)):
            if codes[i] == codes[j]:
                V[i, j] += Z[i] @ D @ Z[j]
    return V


def serial_correlation(codes, times, phi):
    """R (n, n), entry by entry: phi to the power of the time between two rows of one group."""
    apart = np.abs(times[:, None] - times[None, :])
    return np.where(codes[:, None] == codes[None, :], phi**apart, 0.0)


def criterion(y, X, Z, codes, D, *, reml, R=None, weights=None):
    """-2 log density of y, beta and sigma profiled out; or of A'y, on the scale that lme4 reports."""
    V = relative_covariance(Z, codes, D, R, weights)
    log_volume = 0.0
    if reml:
        A = null_space(X.T)
        y, V, log_volume = A.T @ y, A.T @ V @ A, np.linalg.slogdet(X.T @ X)[1]
    else:
        y = y - X @ np.linalg.solve(X.T @ np.linalg.solve(V, X), X.T @ np.linalg.solve(V, y))
    sigma2 = y @ np.linalg.solve(V, y) / len(y)
    sign, log_size = np.linalg.slogdet(2 * np.pi * sigma2 * V)
    value = np.log(sign) + log_size + len(y) + log_volume
    return value if np.iscomplexobj(value) else float(value)


def estimates(y, X, Z, codes, D, *, reml, R=None, weights=None):
    """beta, vcov, sigma, b (m, q) and the covariance of b given the parameters (m, q, q)."""
    V = relative_covariance(Z, codes, D, R, weights)
    Phi = np.linalg.inv(X.T @ np.linalg.solve(V, X))
    beta = Phi @ X.T @ np.linalg.solve(V, y)
    rest = y - X @ beta
    sigma2 = rest @ np.linalg.solve(V, rest) / (len(y) - reml * X.shape[1])
    b, conditional = [], []
    for level in range(codes.max() + 1):
        ZD = np.where((codes == level)[:, None], Z, 0.0) @ D
        b.append(ZD.T @ np.linalg.solve(V, rest))
        conditional.append(sigma2 * (D - ZD.T @ np.linalg.solve(V, ZD)))
    return beta, sigma2 * Phi, np.sqrt(sigma2), np.array(b), np.array(conditional)
