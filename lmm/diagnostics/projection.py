"""What a fit takes out of its data, row by row: P = V⁻¹ − V⁻¹X Φ X'V⁻¹, relative to sigma², as an operator.

Conditional residuals are sigma² P y, their covariance is sigma² times sigma² P, and clean data of the same
design can be drawn: all of it at a cost linear in the rows, and in internal units, so that no digit is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from lmm.model.fit import Fit
from lmm.model.grouprows import group_sums
from lmm.model.units import internal_units
from lmm.model.weights import refuse_weights
from lmm.numerics import Array, read_only

# A row whose residual has less than this share of sigma² left is fitted exactly: it says nothing.
_NO_FREEDOM = 1e-10

# Numbers held at once while clean data are drawn.
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """sigma² P of a fit with one grouping factor (with several: ``several_projection``).

    All is in internal units and relative to sigma.

    ``X`` (n, p) and ``Z`` (n, q) with the rows' groups ``codes`` (n,); ``W`` = V⁻¹X (n, p); ``M`` (m, q, q)
    the covariance of each group's effects given its data; ``T`` (q, q) the root of D; ``Phi`` (p, p);
    ``partitions`` the rows' groups by every grouping factor, here one;
    ``dof`` the degrees of freedom of sigma²; ``residual`` (n,) the conditional residuals over sigma.
    """

    X: Array
    Z: Array
    T: Array
    Phi: Array
    W: Array
    M: Array
    codes: np.ndarray
    sums: csr_array
    partitions: tuple[np.ndarray, ...]
    dof: int
    residual: Array

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.codes)

    @property
    def m(self) -> int:
        """Groups."""
        return len(self.M)

    def solve(self, A: Array) -> Array:
        """sigma² V⁻¹A for A (n, k): A − Z M Z'A, group by group."""
        q = self.Z.shape[1]
        crossed = [self.sums @ (self.Z[:, [a]] * A) for a in range(q)]
        solved = A.copy()
        for a in range(q):
            effect = sum(self.M[:, a, b, None] * crossed[b] for b in range(q))
            solved -= self.Z[:, [a]] * np.asarray(effect)[self.codes]
        return solved

    def apply(self, A: Array) -> Array:
        """sigma² P A for A (n, k)."""
        solved = self.solve(A)
        solved -= self.W @ (self.Phi @ (self.W.T @ A))
        return solved

    @property
    def diagonal(self) -> Array:
        """sigma² P_jj (n,): the share of sigma² that is left in each conditional residual."""
        own = np.einsum("na,nab,nb->n", self.Z, self.M[self.codes], self.Z, optimize=True)
        return 1.0 - own - np.einsum("np,pr,nr->n", self.W, self.Phi, self.W, optimize=True)

    @property
    def scale(self) -> Array:
        """1/√(sigma² P_jj) (n,): makes a conditional residual one of variance 1; 0 where none is left."""
        left = np.maximum(self.diagonal, 0.0)
        return np.divide(1.0, np.sqrt(left), out=np.zeros_like(left), where=left > _NO_FREEDOM)

    def draws(self, count: int, *, seed: int) -> Iterator[Array]:
        """Conditional residuals over sigma of ``count`` clean data sets, (n, k) at a time.

        The variances relative to sigma² are held at their estimates; beta and sigma are estimated anew.
        """
        rng = np.random.default_rng(seed)
        q, at_once = self.Z.shape[1], draws_at_once(self.n)
        for start in range(0, count, at_once):
            k = min(at_once, count - start)
            y = rng.standard_normal((self.n, k))
            u = rng.standard_normal((self.m, k, q)) @ self.T.T
            for a in range(q):
                y += self.Z[:, [a]] * u[:, :, a][self.codes]
            e = self.apply(y)
            e /= np.sqrt(np.einsum("nk,nk->k", y, e) / self.dof)
            yield e

    def variance_scores(self, e: Array) -> list[Array]:
        """For each pair of random columns the sum over groups of products of Z'e, (k,) each, e (n, k)."""
        effects = [self.sums @ (self.Z[:, [a]] * e) for a in range(self.Z.shape[1])]
        return [
            np.sum(effects[a] * effects[b], axis=0)
            for a in range(len(effects))
            for b in range(a + 1)
        ]


def draws_at_once(n: int) -> int:
    """How many data sets of n rows are held at once."""
    return max(1, _BLOCK // n)


def projection(fit: Fit) -> Projection:
    """The projection of a fit. Raises ``ModelError`` for several grouping factors and for prior weights."""
    refuse_weights(fit.design, "a check of residuals")
    codes, at, T = fit.grouping.codes, fit.at, fit.optimum.T
    XY, Z, _ = internal_units(fit.design)
    X, D = np.ascontiguousarray(XY[:, :-1]), T @ T.T
    C = np.moveaxis(at.C, 2, 0)
    W = X - np.einsum("na,nap->np", Z, (D @ C)[codes], optimize=True)
    return Projection(
        X=read_only(X),
        Z=read_only(Z),
        T=T,
        Phi=at.Phi,
        W=read_only(W),
        M=read_only(D - D @ np.moveaxis(at.B, 2, 0) @ D),
        codes=codes,
        sums=group_sums(codes, fit.factor.m),
        partitions=(codes,),
        dof=fit.dof,
        residual=read_only(fit.residuals / fit.sigma),
    )
