"""Residuals of a mixed fit in their several kinds.

Which kind answers which question: Nobre and Singer 2007, Biom. J. 49:863; Cholesky-scaled (rotated) ones:
Houseman, Ryan and Coull 2004, J. Am. Stat. Assoc. 99:383; effects as level-2 residuals: Loy and Hofmann
2014, J. Stat. Softw. 56(5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from lmm.diagnostics.projection import Projection, projection
from lmm.model.fit import Fit
from lmm.model.several.crossed import CrossedEvaluation
from lmm.numerics import Array, read_only

# Below this share of the effects' own variance a BLUP is pulled to zero entirely: rounding, no residual.
_PULLED_ENTIRELY = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualSummary:
    """Quantiles of the conditional residuals divided by sigma, as lme4 prints them."""

    minimum: float
    first_quartile: float
    median: float
    third_quartile: float
    maximum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """Residuals row by row, (n,) each.

    ``marginal`` y − Xβ and ``conditional`` y − Xβ − Zb, in the outcome's unit; ``studentised`` the latter
    over their standard deviation σ√(σ²P_jj) (0 where a row is fitted exactly); ``cholesky`` L_i⁻¹(y_i − X_iβ)
    with V_i = L_iL_i', independent standard normal ones if the model holds.
    """

    marginal: Array
    conditional: Array
    studentised: Array
    cholesky: Array

    @property
    def pit(self) -> Array:
        """Probability integral transform: each row's normal probability given the group's earlier rows, (n,)."""
        return ndtr(self.cholesky)


def scaled_residuals(fit: Fit) -> ResidualSummary:
    """(y − Xβ − Zb)/σ: minimum, quartiles, maximum."""
    quantiles = np.quantile(fit.pearson_residuals, [0.0, 0.25, 0.5, 0.75, 1.0])
    return ResidualSummary(
        minimum=float(quantiles[0]),
        first_quartile=float(quantiles[1]),
        median=float(quantiles[2]),
        third_quartile=float(quantiles[3]),
        maximum=float(quantiles[4]),
    )


def residuals(fit: Fit, *, time: Array | None = None) -> Residuals:
    """All kinds; the Cholesky-scaled ones take the rows of a group by ``time`` (n,), else as they stand.

    Raises ``ModelError`` for several grouping factors.
    """
    P = projection(fit)
    marginal = fit.design.y - fit.design.X @ fit.beta
    return Residuals(
        marginal=read_only(marginal),
        conditional=read_only(fit.residuals),
        studentised=read_only(P.residual * P.scale),
        cholesky=read_only(innovations(P, (marginal / fit.sigma)[:, None], time)[:, 0]),
    )


def level_two(fit: Fit, P: Projection) -> Array:
    """BLUPs over the square root of their variance, (m, q); 0 where a group tells nothing of the effect.

    var(b̂_i) = Ψ − var(b̂_i − b_i), beta estimated too: what scatters is b̂, less than b does.
    """
    variance = np.einsum("mkk->mk", blup_covariance(fit, P))
    little = _PULLED_ENTIRELY * np.diag(fit.factor.own(fit.Psi))
    sd = np.sqrt(np.where(variance > little, variance, np.inf))
    return fit.b / sd


def blup_covariance(fit: Fit, P: Projection) -> Array:
    """var(b̂_i), (m, q, q), in the user's units: D(B − CΦC')D, B = Z'V⁻¹Z and C = Z'V⁻¹X.

    Of the factor spoken of where there are several: DBD is D less what is left of it given the data.
    """
    at = fit.optimum.at
    if isinstance(at, CrossedEvaluation):
        own = fit.factor.own(P.T)
        D, C = own @ own.T, np.moveaxis(at.C[fit.place], 2, 0)
        W = fit.factor.own(fit.units.W_z)
        seen = D - P.M - D @ (C @ P.Phi @ np.swapaxes(C, 1, 2)) @ D
        return fit.sigma**2 * (W @ seen @ W.T)
    D = P.T @ P.T.T
    B, C = np.moveaxis(fit.at.B, 2, 0), np.moveaxis(fit.at.C, 2, 0)
    W = fit.units.W_z @ D
    return fit.sigma**2 * (W @ (B - C @ P.Phi @ np.swapaxes(C, 1, 2)) @ W.T)


def innovations(P: Projection, r: Array, time: Array | None) -> Array:
    """L_i⁻¹r_i for marginal residuals over sigma (n, k): each row less its prediction from the group's earlier rows.

    No n_i × n_i matrix is formed: the Cholesky factor is the sequence of these predictions (Harvey 1989,
    section 3.4). Rows are taken by ``time`` (n,), else as they stand.
    """
    order = np.lexsort((np.arange(P.n) if time is None else time, P.codes))
    sizes = np.bincount(P.codes, minlength=P.m)
    position = np.arange(P.n) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    by_position = order[np.argsort(position, kind="stable")]
    ends = np.cumsum(np.bincount(position))
    b, S = np.zeros((P.m, len(P.T), r.shape[1])), np.tile(P.T @ P.T.T, (P.m, 1, 1))
    e = np.empty_like(r)
    for rows in np.split(by_position, ends[:-1]):
        i, z = P.codes[rows], P.Z[rows]
        Sz = np.einsum("iab,ib->ia", S[i], z)
        variance = 1.0 + np.einsum("ia,ia->i", z, Sz)
        new = r[rows] - np.einsum("ia,iak->ik", z, b[i])
        e[rows] = new / np.sqrt(variance)[:, None]
        b[i] += Sz[:, :, None] * (new / variance[:, None])[:, None, :]
        S[i] -= Sz[:, :, None] * Sz[:, None, :] / variance[:, None, None]
    return e
