"""The projection of a fit with several grouping factors: the same operator, through one factorisation of all effects.

Written for any fit: with one factor it says what ``projection`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from lmm.diagnostics.projection import Projection, draws_at_once
from lmm.errors import ModelError
from lmm.model.fit import Fit
from lmm.model.grouprows import group_sums
from lmm.model.several.woodbury import Woodbury, largest, woodbury
from lmm.model.units import internal_units
from lmm.model.weights import refuse_weights
from lmm.numerics import Array, read_only

# Random effects of all factors but the largest: what they share is dense.
MOST_EFFECTS = 4000

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralProjection(Projection):
    """sigma² P of a fit with several factors; ``codes``, ``sums`` and ``M`` are those of the factor spoken of.

    ``Z`` and ``T`` are of all random columns; ``V`` the factorised covariance; ``partitions`` the rows' levels by each
    factor; ``others`` the sums and columns of Z of every factor.
    """

    V: Woodbury
    others: tuple[tuple[csr_array, np.ndarray], ...]

    def solve(self, A: Array) -> Array:
        """sigma² V⁻¹A for A (n, k)."""
        return self.V.solve(A)

    @property
    def diagonal(self) -> Array:
        """sigma² P_jj (n,)."""
        own = np.empty(self.n)
        for start in range(0, self.n, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            own[rows] = self.V.taken(rows)
        return 1.0 - own - np.einsum("np,pr,nr->n", self.W, self.Phi, self.W, optimize=True)

    def block(self, rows: np.ndarray) -> Array:
        """sigma² P between some rows, (k, k)."""
        W = self.W[rows]
        return self.V.block(rows) - W @ self.Phi @ W.T

    def draws(self, count: int, *, seed: int) -> Iterator[Array]:
        """Conditional residuals over sigma of ``count`` clean data sets, (n, k) at a time."""
        rng = np.random.default_rng(seed)
        at_once = draws_at_once(self.n)
        for start in range(0, count, at_once):
            k = min(at_once, count - start)
            y = rng.standard_normal((self.n, k))
            y += self.V.draw(rng, k)
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

    Raises ``ModelError`` for prior weights, and where all factors but the largest have more than 4000 random effects.
    """
    refuse_weights(fit.design, "a check of residuals")
    sizes = [factor.size for factor in fit.factors]
    if sum(sizes) - max(sizes) > MOST_EFFECTS:
        raise ModelError(
            f"the smaller grouping factors have {sum(sizes) - max(sizes)} random effects: checks of residuals are made "
            f"of up to {MOST_EFFECTS}",
            remedy="Name fewer grouping columns beside the main one.",
        )
    T = fit.optimum.T
    XY, Z, _ = internal_units(fit.design)
    X, V, main = np.ascontiguousarray(XY[:, :-1]), woodbury(Z, fit.factors, T), fit.factor
    return SeveralProjection(
        X=read_only(X),
        Z=read_only(Z),
        T=T,
        Phi=fit.optimum.at.Phi,
        W=read_only(V.solve(X)),
        M=read_only(_own_blocks(V, fit)),
        codes=main.grouping.codes,
        sums=group_sums(main.grouping.codes, main.m),
        partitions=tuple(factor.grouping.codes for factor in fit.factors),
        dof=fit.dof,
        residual=read_only(fit.residuals / fit.sigma),
        V=V,
        others=tuple(
            (group_sums(factor.grouping.codes, factor.m), factor.columns) for factor in fit.factors
        ),
    )


def _own_blocks(V: Woodbury, fit: Fit) -> Array:
    """The covariance of each level's effects given the data, (m, q, q), relative to sigma²: T N⁻¹ T'."""
    large, T = largest(fit.factors), fit.factor.own(fit.optimum.T)
    before = [factor.size for k, factor in enumerate(fit.factors[: fit.place]) if k != large]
    inner = V.levels(sum(before), fit.factor, first=fit.place == large)
    return T @ inner @ T.T


def _products(effects: list[Array]) -> list[Array]:
    return [
        np.sum(effects[a] * effects[b], axis=0) for a in range(len(effects)) for b in range(a + 1)
    ]
