"""Deletion of groups with the variances held at their estimates: cheap, and with a known law in clean data.

It ranks groups for exact deletion, and says how far clean data of the same design would move.
"""

from __future__ import annotations

import numpy as np

from lmm.diagnostics.check import ALPHA
from lmm.diagnostics.projection import Projection
from lmm.numerics import Array

# Clean studies drawn, fewer where numbers are many: a 99% point needs some hundred.
_DRAWS = 1000
_FEWEST = 300
_NUMBERS = 30_000_000
_LEVEL = 1.0 - ALPHA
_SEED = 20_001


def one_step_distances(P: Projection) -> Array:
    """Cook's distance of each group with the variances held at their estimates, (m,).

    Δ = Φ X_i'(V_i − X_iΦX_i')⁻¹(y_i − X_iβ), by Woodbury (I − ΦA_i)⁻¹ΦX_i'V_i⁻¹(y_i − X_iβ), A_i = X_i'V_i⁻¹X_i.
    """
    score = P.sums @ (P.X * P.residual[:, None])
    return _distances(P, _lift(P, _information(P)) @ score[:, :, None])[:, 0]


def expected_changes(P: Projection, W_x: Array) -> tuple[float, Array]:
    """The 99% points of the largest one-step distance, and of each coefficient's largest change in standard errors
    (p,), where the model holds: by simulation of the scores, A_i^½z_i less A_iΦ times their sum, z_i normal.
    """
    A, p = _information(P), P.X.shape[1]
    values, vectors = np.linalg.eigh((A + np.swapaxes(A, 1, 2)) / 2.0)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    out = W_x / np.sqrt(np.diag(W_x @ P.Phi @ W_x.T))[:, None]
    rng = np.random.default_rng(_SEED)
    draws, lift = int(np.clip(_NUMBERS // (P.m * p), _FEWEST, _DRAWS)), _lift(P, A)
    largest, furthest = np.empty(draws), np.empty((p, draws))
    at_once = max(1, 1_000_000 // (P.m * p))
    for start in range(0, draws, at_once):
        k = min(at_once, draws - start)
        score = root @ rng.standard_normal((P.m, p, k))
        score -= A @ (P.Phi @ score.sum(axis=0))
        change = lift @ score
        largest[start : start + k] = _distances(P, change).max(axis=0)
        furthest[:, start : start + k] = np.abs(out @ change).max(axis=0)
    return float(np.quantile(largest, _LEVEL)), np.quantile(furthest, _LEVEL, axis=1)


def _information(P: Projection) -> Array:
    """A_i = X_i'V_i⁻¹X_i of each group, (m, p, p), relative to sigma²."""
    products = P.W[:, :, None] * P.X[:, None, :]
    p = P.X.shape[1]
    return (P.sums @ products.reshape(P.n, p * p)).reshape(P.m, p, p)


def _lift(P: Projection, A: Array) -> Array:
    """(I − ΦA_i)⁻¹Φ of each group, (m, p, p): from its scores X_i'V_i⁻¹r_i to Δ, over sigma, in internal units."""
    return np.linalg.pinv(np.eye(P.X.shape[1]) - P.Phi @ A) @ P.Phi


def _distances(P: Projection, change: Array) -> Array:
    """Δ'Φ⁻¹Δ/p, (m, k)."""
    inverse = np.linalg.inv(P.Phi)
    return np.einsum("mpk,pr,mrk->mk", change, inverse, change, optimize=True) / len(inverse)
