"""The profiled criterion of many replicates at once, with its exact gradient and Hessian in theta.

The formulas are those of ``lmm.model.criterion``, with X whitened by the Cholesky factor of X'V⁻¹X and
the residual scaled by its standard deviation: (X'V⁻¹X)⁻¹ and dof/r² are then one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.batch.profile import profile_out
from lmm.model.batch.replicates import Replicates
from lmm.model.covariance import CovarianceTemplate
from lmm.numerics import Array

_NUMBERS_AT_ONCE = 200_000  # of the largest array


@dataclass(slots=True)
class Points:
    """B replicates each at its own theta: all arrays lead with B. ``G`` is the gradient in D (B, q, q).

    ``value`` is not a number where X'V⁻¹X could not be factorised.
    """

    theta: Array
    T: Array
    value: Array
    beta: Array
    r2: Array
    Phi: Array
    G: Array
    gradient: Array
    hessian: Array

    def take(self, index: np.ndarray) -> Points:
        """Some of the replicates, copied."""
        return Points(*(getattr(self, name)[index] for name in self.__slots__))

    def put(self, index: np.ndarray, other: Points) -> None:
        """Set some of the replicates."""
        for name in self.__slots__:
            getattr(self, name)[index] = getattr(other, name)


def evaluate(
    replicates: Replicates,
    template: CovarianceTemplate,
    theta: Array,
    *,
    index: np.ndarray,
    reml: bool,
) -> Points:
    """The replicates of an index (b,) at their theta (b, k), as many at once as stay in cache."""
    q, p, m = replicates.q, replicates.p, replicates.m
    step = max(8, _NUMBERS_AT_ONCE // (q * m * max(q + p + 1, 2 * q)))
    parts = [
        _evaluate(
            replicates.take(index[start : start + step]),
            template,
            theta[start : start + step],
            reml=reml,
        )
        for start in range(0, len(index), step)
    ]
    if len(parts) == 1:
        return parts[0]
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in Points.__slots__)
    return Points(*arrays)


def _evaluate(
    replicates: Replicates, template: CovarianceTemplate, theta: Array, *, reml: bool
) -> Points:
    T = factors(template, theta)
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
    gradient, hessian = _in_theta(template, T, G, H)
    return Points(theta, T, value, profile.beta, profile.r2, profile.Phi, G, gradient, hessian)


def factors(template: CovarianceTemplate, theta: Array) -> Array:
    """T (B, q, q) from theta (B, k)."""
    T = np.zeros((len(theta), template.q, template.q))
    for k, (i, j) in enumerate(template.entries):
        T[:, i, j] = theta[:, k]
    return T


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
    hessian = 2.0 * np.einsum("zcbda->zabcd", VB) - np.einsum("zdabc->zabcd", BB)
    hessian -= 2.0 * np.einsum("zcpd,zapb->zabcd", Cu, Cu)
    hessian -= uu[:, :, :, None, None] * (uu / dof[:, None, None])[:, None, None]
    if reml:
        hessian -= np.einsum("zapbs,zcsdp->zabcd", CX, CX)
    return gradient, hessian


def _pairs(left: Array, right: Array) -> Array:
    """Σ_k left[a, k] right[s, k] for each group, (B, a, s, m)."""
    found = left[:, :, None, 0] * right[:, None, :, 0]
    for k in range(1, left.shape[2]):
        found += left[:, :, None, k] * right[:, None, :, k]
    return found


def _in_theta(template: CovarianceTemplate, T: Array, G: Array, H: Array) -> tuple[Array, Array]:
    """Chain rule for D = TT': dD = dT T' + T dT', d²D = dT dT' + dT dT'."""
    entries = template.entries
    B, q = T.shape[:2]
    J = np.zeros((B, len(entries), q, q))
    for k, (i, j) in enumerate(entries):
        J[:, k, i, :] += T[:, :, j]
        J[:, k, :, i] += T[:, :, j]
    J = J.reshape(B, len(entries), q * q)
    gradient = (J @ G.reshape(B, q * q, 1))[..., 0]
    hessian = J @ H.reshape(B, q * q, q * q) @ J.swapaxes(1, 2)
    for k, (i, j) in enumerate(entries):
        for index, (a, b) in enumerate(entries):
            if j == b:
                hessian[:, k, index] += 2.0 * G[:, i, a]
    return gradient, 0.5 * (hessian + hessian.swapaxes(1, 2))
