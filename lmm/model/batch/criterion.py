"""The profiled criterion of many replicates at once, with its exact gradient and Hessian in D.

The formulas are those of ``lmm.model.criterion``, with X whitened by the Cholesky factor of X'V⁻¹X and
the residual scaled by its standard deviation: (X'V⁻¹X)⁻¹ and dof/r² are then one.
"""

from __future__ import annotations

import numpy as np

from lmm.model.batch.points import Points, side_by_side
from lmm.model.batch.profile import profile_out
from lmm.model.batch.replicates import Replicates
from lmm.numerics import Array

_NUMBERS_AT_ONCE = 200_000  # of the largest array


def evaluate(replicates: Replicates, T: Array, *, index: np.ndarray, reml: bool) -> Points:
    """The replicates of an index (b,) at their D = TT', T (b, q, q) of any shape, as many at once as stay in cache."""
    q, p, m = replicates.q, replicates.p, replicates.m
    step = max(8, _NUMBERS_AT_ONCE // (q * m * max(q + p + 1, 2 * q)))
    parts = [
        _evaluate(replicates.take(index[start : start + step]), T[start : start + step], reml=reml)
        for start in range(0, len(index), step)
    ]
    return parts[0] if len(parts) == 1 else side_by_side(parts)


def _evaluate(replicates: Replicates, T: Array, *, reml: bool) -> Points:
    q, p, B, m = replicates.q, replicates.p, replicates.B, replicates.m
    dof = replicates.dof(reml=reml)
    log_det, W = _whitened(replicates, T)
    flat = W.reshape(B, q + p + 1, q * m)
    products = flat @ flat.swapaxes(1, 2)
    profile = profile_out(replicates.S + products[:, q:, q:], dof=dof)
    value = log_det + dof * (1.0 + np.log(2.0 * np.pi * profile.r2 / dof))
    if reml:
        value += profile.log_det
    whitened = (profile.whitener @ flat[:, q:]).reshape(B, p + 1, q, m)
    G, H = _derivatives(W[:, :q], whitened, products[:, :q, :q], dof=dof, reml=reml)
    return Points(T, value, profile.beta, profile.r2, profile.Phi, G, H)


def _whitened(replicates: Replicates, T: Array) -> tuple[Array, Array]:
    """log|V| (B,) and L⁻¹[R H_X H_y] (B, q+p+1, q, m), LL' = K = I + RDR' of each group."""
    q, p, B, m = replicates.q, replicates.p, replicates.B, replicates.m
    RT = (T.swapaxes(1, 2) @ replicates.columns[:q].reshape(q, q * m)).reshape(B, q, q, m)
    if replicates.deleted is not None:
        gone = np.arange(B), slice(None), slice(None), replicates.deleted
        RT[gone] = 0.0
    W = np.empty((B, q + p + 1, q, m))
    W[:, :-1] = replicates.columns
    W[:, -1] = replicates.H_y
    L: list[list[Array]] = []
    determinant = np.ones((B, m))
    for i in range(q):
        row: list[Array] = []
        for j in range(i + 1):
            entry = np.einsum("bcm,bcm->bm", RT[:, :, i], RT[:, :, j])
            for k in range(j):
                entry -= row[k] * (L[j] if j < i else row)[k]
            if j < i:
                entry *= L[j][j]
                W[:, :, i] -= entry[:, None] * W[:, :, j]
            else:
                entry += 1.0
                determinant *= entry
                entry = 1.0 / np.sqrt(entry)  # the diagonal is kept inverted
                W[:, :, i] *= entry[:, None]
            row.append(entry)
        L.append(row)
    if replicates.deleted is not None:
        W[gone] = 0.0
    return np.log(determinant).sum(axis=1), W


def _derivatives(
    W_R: Array, W: Array, B_sum: Array, *, dof: Array, reml: bool
) -> tuple[Array, Array]:
    """Gradient (B, q, q) and Hessian (B, q, q, q, q) in D from whitened R and [X e]."""
    B, q, _, m = W_R.shape
    s = W.shape[1]
    p = s - 1
    own = _pairs(W_R, W_R)
    C = _pairs(W_R, W)
    seen = C if reml else C[:, :, p:]
    V = np.einsum("basm,bcsm->bacm", seen, seen)
    flat = C.reshape(B, q * s, m)
    CC = (flat @ flat.swapaxes(1, 2)).reshape(B, q, s, q, s)
    uu, Cu, CX = CC[:, :, p, :, p], CC[:, :, :p, :, p], CC[:, :, :p, :, :p]
    own_flat = own.reshape(B, q * q, m).swapaxes(1, 2)
    gradient = B_sum - V.sum(axis=3)
    BB = (own.reshape(B, q * q, m) @ own_flat).reshape(B, q, q, q, q)
    VB = (V.reshape(B, q * q, m) @ own_flat).reshape(B, q, q, q, q)
    hessian = 2.0 * VB.transpose(0, 4, 2, 1, 3) - BB.transpose(0, 2, 3, 4, 1)
    first = Cu.transpose(0, 1, 3, 2).reshape(B, q * q, p)
    known = 2.0 * first @ first.swapaxes(1, 2)
    square = uu.reshape(B, q * q, 1)
    known += square * (square / dof[:, None, None]).swapaxes(1, 2)
    if reml:
        left = CX.transpose(0, 1, 3, 2, 4).reshape(B, q * q, p * p)
        right = CX.transpose(0, 4, 2, 1, 3).reshape(B, p * p, q * q)
        known += left @ right
    hessian -= known.reshape(B, q, q, q, q)
    return gradient, hessian


def _pairs(left: Array, right: Array) -> Array:
    """Σ_k left[a, k] right[s, k] for each group, (B, a, s, m)."""
    found = left[:, :, None, 0] * right[:, None, :, 0]
    for k in range(1, left.shape[2]):
        found += left[:, :, None, k] * right[:, None, :, k]
    return found
