"""A predicted effect as a weighted mean: the group's own estimate against the average, matrix by matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit
from lmm.model.weights import refuse_weights
from lmm.numerics import Array

# What is less than this part of the largest in Z'Z is a direction in which the group has no estimate.
_NOTHING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWeights:
    """``weights`` W (m, q, q) and ``own`` d (m, q): least squares of y − Xβ on Z in each group, b̂ = W d.

    With β in d this is β + b̂ = W β̃ + (I − W)β, β̃ the group's own line. Where a group has no line of its
    own (one visit), d is its shortest: W gives no weight to what is missing.
    """

    weights: Array
    own: Array


def own_weights(fit: Fit) -> OwnWeights:
    """W = Ψ(Ψ + σ²(Z'Z)⁻¹)⁻¹, written (σ²I + ΨZ'Z)⁻¹ΨZ'Z so that it always exists (Laird and Ware 1982).

    Raises ``ModelError`` for several grouping factors or prior weights.
    """
    refuse_weights(fit.design, "the weights of own lines")
    change, codes, m = fit.units.W_z, fit.grouping.codes, fit.grouping.m
    Z = fit.Z @ change
    left = fit.design.y - fit.design.X @ fit.beta
    q = Z.shape[1]
    ZZ = _sums((Z[:, :, None] * Z[:, None, :]).reshape(-1, q * q), codes, m).reshape(m, q, q)
    Ze = _sums(Z * left[:, None], codes, m)
    D = fit.optimum.T @ fit.optimum.T.T
    W = np.linalg.solve(np.eye(q) + D @ ZZ, D @ ZZ)
    own = np.einsum("mab,mb->ma", np.linalg.pinv(ZZ, rcond=_NOTHING, hermitian=True), Ze)
    back = np.linalg.inv(change)
    return OwnWeights(weights=change @ W @ back, own=own @ change.T)


def largest_gap(fit: Fit) -> float:
    """How far any BLUP is from its weighted mean, in standard deviations of the effects: rounding, if all is well."""
    found = own_weights(fit)
    sd = np.sqrt(np.diag(fit.Psi))
    gap = np.abs(fit.b - np.einsum("mab,mb->ma", found.weights, found.own))
    return float(np.max(np.where(sd > 0.0, gap / np.where(sd > 0.0, sd, 1.0), gap)))


def _sums(columns: Array, codes: np.ndarray, m: int) -> Array:
    sums = np.empty((m, columns.shape[1]))
    for k, column in enumerate(columns.T):
        sums[:, k] = np.bincount(codes, weights=column, minlength=m)
    return sums
