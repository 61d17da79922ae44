"""V = I + RR' of several grouping factors, factorised once: the largest eliminated level by level, the rest dense.

With the columns of R sorted so that the largest factor comes first, N = I + R'R = [[D, C], [C', E]] has a block
diagonal D, and S = E − C'D⁻¹C is all that is dense; then V⁻¹ = I − RN⁻¹R' (Woodbury), relative to sigma².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.sparse import block_diag, csr_array

from lmm.model.factors import Factor
from lmm.model.several.effects import all_columns
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Woodbury:
    """``first`` (n, Q₁) and ``rest`` (n, Q₂) the columns of R; ``half`` the inverse root of D, HH' = D⁻¹ with H' on
    the left of a column; ``C`` (Q₁, Q₂) and ``L`` (Q₂, Q₂), S = LL'.
    """

    first: csr_array
    rest: csr_array
    half: csr_array
    C: csr_array
    L: Array

    def solve(self, A: Array) -> Array:
        """V⁻¹A for A (n, k)."""
        one, two = self._inner(self.first.T @ A, self.rest.T @ A)
        return A - self.first @ one - self.rest @ two

    def times(self, A: Array) -> Array:
        """VA for A (n, k)."""
        return A + self.first @ (self.first.T @ A) + self.rest @ (self.rest.T @ A)

    def covariance(self, rows: np.ndarray) -> Array:
        """V between some rows, (k, k)."""
        first, rest = self.first[rows], self.rest[rows]
        return np.eye(len(rows)) + (first @ first.T).toarray() + (rest @ rest.T).toarray()

    def _inner(self, one: Array, two: Array) -> tuple[Array, Array]:
        """N⁻¹ times a column of both parts."""
        within = self.half.T @ (self.half @ one)
        after = cho_solve((self.L, True), two - self.C.T @ within)
        return within - self.half.T @ (self.half @ (self.C @ after)), after

    def seen(self, rows: np.ndarray | slice) -> tuple[csr_array, Array]:
        """Roots of RN⁻¹R' for some rows: (k, Q₁) sparse and (k, Q₂), whose products with themselves add up to it."""
        own = csr_array(self.first[rows] @ self.half.T)
        left = self.rest[rows] - own @ (self.half @ self.C)
        return own, solve_triangular(self.L, left.toarray().T, lower=True).T

    def taken(self, rows: np.ndarray | slice) -> Array:
        """The diagonal of RN⁻¹R' at some rows, (k,)."""
        own, left = self.seen(rows)
        return np.asarray(own.multiply(own).sum(axis=1)).ravel() + np.einsum("kq,kq->k", left, left)

    def block(self, rows: np.ndarray) -> Array:
        """V⁻¹ between some rows, (k, k)."""
        own, left = self.seen(rows)
        return np.eye(len(rows)) - (own @ own.T).toarray() - left @ left.T

    def draw(self, rng: np.random.Generator, k: int) -> Array:
        """What the random effects add to ``k`` clean data sets, over sigma, (n, k)."""
        one, two = (rng.standard_normal((part.shape[1], k)) for part in (self.first, self.rest))
        return self.first @ one + self.rest @ two

    def levels(self, start: int, factor: Factor, *, first: bool) -> Array:
        """The blocks (m, q, q) of N⁻¹ at a factor's levels; ``start`` is where its columns begin in its part."""
        q, m = factor.q, factor.m
        if first:
            inner = csr_array(self.half.T @ self.half)
            spread = solve_triangular(self.L, (self.C.T @ inner).toarray(), lower=True)
            blocks = np.empty((m, q, q))
            for i in range(m):
                at = slice(i * q, (i + 1) * q)
                blocks[i] = inner[at, at].toarray() + spread[:, at].T @ spread[:, at]
            return blocks
        columns = start + np.arange(factor.size)
        root = solve_triangular(self.L, np.eye(len(self.L))[:, columns], lower=True)
        root = root.reshape(len(self.L), m, q)
        return np.einsum("kma,kmb->mab", root, root, optimize=True)


def woodbury(Z: Array, factors: Sequence[Factor], T: Array) -> Woodbury:
    """The factorisation for random columns Z (n, q) of all factors and the root T (q, q) of their covariance."""
    large = largest(factors)
    first = all_columns(Z, [factors[large]], T)
    others = [factor for k, factor in enumerate(factors) if k != large]
    rest = all_columns(Z, others, T) if others else csr_array((len(Z), 0))
    D = first.T @ first
    half = csr_array(block_diag(_inverse_roots(D, factors[large]), format="csr"))
    C = csr_array(first.T @ rest)
    seen = half @ C
    S = np.eye(rest.shape[1]) + (rest.T @ rest - seen.T @ seen).toarray()
    return Woodbury(first=first, rest=rest, half=half, C=C, L=np.linalg.cholesky(S))


def largest(factors: Sequence[Factor]) -> int:
    """Which factor has most random effects."""
    return int(np.argmax([factor.size for factor in factors]))


def _inverse_roots(D: csr_array, factor: Factor) -> Array:
    """L⁻¹ of each block I + D_ii = LL', (m, q, q)."""
    q, m = factor.q, factor.m
    blocks = np.tile(np.eye(q), (m, 1, 1))
    coo = D.tocoo()
    np.add.at(blocks, (coo.row // q, coo.row % q, coo.col % q), coo.data)
    return np.asarray(np.linalg.inv(np.linalg.cholesky(blocks)), float)
