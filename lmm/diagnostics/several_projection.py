"""The projection of a fit with several grouping factors: the same operator, through one factorisation of all effects.

V = I + RR' relative to sigma², R (n, Q) the random columns of all levels times the root of their covariance, and
sigma² V⁻¹ = I − R N⁻¹ R' with N = I + R'R (Woodbury). R is sparse, N dense. Written for any fit: with one factor it
says what ``projection`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.sparse import csr_array

from lmm.diagnostics.projection import Projection, draws_at_once
from lmm.errors import ModelError
from lmm.model.effects import all_columns
from lmm.model.factors import Factor
from lmm.model.fit import Fit
from lmm.model.grouprows import group_sums
from lmm.model.units import internal_units
from lmm.model.weights import refuse_weights
from lmm.numerics import Array, read_only

# Random effects of all factors together: N is dense.
MOST_EFFECTS = 2000

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralProjection(Projection):
    """sigma² P of a fit with several factors; ``codes``, ``sums`` and ``M`` are those of the factor spoken of.

    ``Z`` and ``T`` are of all random columns; ``R`` (n, Q) and ``L`` (Q, Q) as above, N = LL'; ``partitions`` the
    rows' levels by each factor; ``others`` the sums and columns of Z of every factor.
    """

    R: csr_array
    L: Array
    others: tuple[tuple[csr_array, np.ndarray], ...]

    def solve(self, A: Array) -> Array:
        """sigma² V⁻¹A for A (n, k)."""
        return A - self.R @ cho_solve((self.L, True), self.R.T @ A)

    @property
    def diagonal(self) -> Array:
        """sigma² P_jj (n,)."""
        own = np.empty(self.n)
        for start in range(0, self.n, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            seen = solve_triangular(self.L, self.R[rows].toarray().T, lower=True)
            own[rows] = np.einsum("qn,qn->n", seen, seen)
        return 1.0 - own - np.einsum("np,pr,nr->n", self.W, self.Phi, self.W, optimize=True)

    def block(self, rows: np.ndarray) -> Array:
        """sigma² P between some rows, (k, k)."""
        seen = solve_triangular(self.L, self.R[rows].toarray().T, lower=True)
        W = self.W[rows]
        return np.eye(len(rows)) - seen.T @ seen - W @ self.Phi @ W.T

    def draws(self, count: int, *, seed: int) -> Iterator[Array]:
        """Conditional residuals over sigma of ``count`` clean data sets, (n, k) at a time."""
        rng = np.random.default_rng(seed)
        at_once = draws_at_once(self.n)
        for start in range(0, count, at_once):
            k = min(at_once, count - start)
            y = rng.standard_normal((self.n, k))
            y += self.R @ rng.standard_normal((len(self.L), k))
            e = self.apply(y)
            e /= np.sqrt(np.einsum("nk,nk->k", y, e) / self.dof)
            yield e

    def variance_scores(self, e: Array) -> list[Array]:
        """Factor by factor, sums over its levels of products of Z'e, (k,) each."""
        return [
            score
            for sums, columns in self.others
            for score in _products([sums @ (self.Z[:, [a]] * e) for a in columns])
        ]


def several_projection(fit: Fit) -> SeveralProjection:
    """The projection of a fit with any number of factors.

    Raises ``ModelError`` for prior weights and for more than 2000 random effects.
    """
    refuse_weights(fit.design, "a check of residuals")
    effects = sum(factor.size for factor in fit.factors)
    if effects > MOST_EFFECTS:
        raise ModelError(
            f"{effects} random effects of several factors are too many for these checks: up to {MOST_EFFECTS} are "
            "looked at"
        )
    T = fit.optimum.T
    XY, Z, _ = internal_units(fit.design)
    X = np.ascontiguousarray(XY[:, :-1])
    R = all_columns(Z, fit.factors, T)
    start = sum(factor.size for factor in fit.factors[: fit.place])
    L = np.linalg.cholesky(np.eye(effects) + (R.T @ R).toarray())
    main = fit.factor
    W = X - R @ cho_solve((L, True), R.T @ X)
    return SeveralProjection(
        X=read_only(X),
        Z=read_only(Z),
        T=T,
        Phi=fit.optimum.at.Phi,
        W=read_only(W),
        M=read_only(_own_blocks(L, main, start, main.own(T))),
        codes=main.grouping.codes,
        sums=group_sums(main.grouping.codes, main.m),
        partitions=tuple(factor.grouping.codes for factor in fit.factors),
        dof=fit.dof,
        residual=read_only(fit.residuals / fit.sigma),
        R=R,
        L=L,
        others=tuple(
            (group_sums(factor.grouping.codes, factor.m), factor.columns) for factor in fit.factors
        ),
    )


def _own_blocks(L: Array, factor: Factor, start: int, T: Array) -> Array:
    """The covariance of each level's effects given the data, (m, q, q), relative to sigma²: T N⁻¹ T'."""
    columns = start + np.arange(factor.size)
    seen = solve_triangular(L, np.eye(len(L))[:, columns], lower=True)
    seen = seen.reshape(len(L), factor.m, factor.q)
    inner = np.einsum("kma,kmb->mab", seen, seen, optimize=True)
    return T @ inner @ T.T


def _products(effects: list[Array]) -> list[Array]:
    return [
        np.sum(effects[a] * effects[b], axis=0) for a in range(len(effects)) for b in range(a + 1)
    ]
