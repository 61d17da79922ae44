"""Columns that a model lacks: what they would add, with the variances held at their estimates.

With e the conditional residuals, γ = (A'PA)⁻¹A'Py and its F statistic need no second fit (the score test;
Verbeke and Molenberghs 2000, section 6.2; added-variable regression: Hilden-Minton 1995, section 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc, fdtri

from lmm.diagnostics.projection import Projection
from lmm.numerics import Array, read_only

# A column of which the model's own columns leave less than this share is made up by them.
_MADE_UP = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """``kept`` columns (k,) with coefficients ``gamma`` (k,) in units of sigma and ``vcov`` (k, k) in sigma²;
    ``F`` on k and ``dof`` degrees of freedom with its ``p``.
    """

    kept: np.ndarray
    gamma: Array
    vcov: Array
    F: float
    dof: float
    p: float

    def critical(self, alpha: float) -> float:
        """The F that clean data exceed with probability ``alpha``."""
        return float(fdtri(len(self.kept), self.dof, 1.0 - alpha))


def added_columns(P: Projection, A: Array) -> Added | None:
    """What the columns A (n, k) would add; None where the model already has them all.

    Columns that are constant within every group are tested on groups less group-level columns, not rows.
    """
    size = np.einsum("nk,nk->k", A, A)
    A = A / np.sqrt(np.where(size > 0, size, 1.0))
    left = P.apply(A)
    S = A.T @ left
    kept: list[int] = []
    for j in range(A.shape[1]):
        own = S[j, j]
        if kept:
            own = own - S[j, kept] @ np.linalg.solve(S[np.ix_(kept, kept)], S[kept, j])
        if own > _MADE_UP:
            kept.append(j)
    k = len(kept)
    if k == 0:
        return None
    S, g = S[np.ix_(kept, kept)], A[:, kept].T @ P.residual
    inverse = np.linalg.inv(S)
    dof = _denominator(P, A[:, kept])
    explained = float(g @ inverse @ g)
    if dof <= 0 or explained >= P.dof:
        return None
    F = explained / k * (P.dof - k) / (P.dof - explained)
    unscaled = np.sqrt(size[kept])
    return Added(
        kept=np.array(kept),
        gamma=read_only(inverse @ g / unscaled),
        vcov=read_only(inverse / np.outer(unscaled, unscaled)),
        F=F,
        dof=dof,
        p=float(fdtrc(k, dof, F)),
    )


def constant_within(P: Projection, A: Array) -> np.ndarray:
    """Which columns of A (n, k) have one value in every group, (k,)."""
    return _constant(P.codes, A)


def _constant(codes: np.ndarray, A: Array) -> np.ndarray:
    first = np.empty((int(codes.max()) + 1, A.shape[1]))
    first[codes[::-1]] = A[::-1]
    return np.abs(A - first[codes]).max(axis=0) <= 1e-9 * np.abs(A).max(axis=0)


def _denominator(P: Projection, A: Array) -> float:
    """Between and within (Schluchter and Elashoff 1990): groups bear the columns that are theirs alone.

    Of several grouping factors the one with fewest levels that bears them counts.
    """
    found = [float(P.dof)]
    for codes in P.partitions:
        if _constant(codes, A).all():
            found.append(float(int(codes.max()) + 1 - int(_constant(codes, P.X).sum())))
    return min(found) - A.shape[1]
