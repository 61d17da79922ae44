"""V⁻¹ of several factors, as it acts on their columns: V/sigma² = I + Σ_f Z_f D_f Z_f'.

The eliminated factor's V₁ = I + Z₁D₁Z₁' is inverted group by group; the others follow by Woodbury's
identity through the Cholesky factor of N = I + T'(Z₂'V₁⁻¹Z₂)T, the Schur complement.

Equations: docs/mathematics.md (18), (19).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dsymm
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from lmm.model.factors import Factor
from lmm.model.rounding import lost_to_rounding
from lmm.model.several.blocks import CrossedStatistics
from lmm.numerics import Array, cholesky_of_groups, forward_solve_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Schur:
    """At one T: ``K_inverse`` and ``KR`` = K⁻¹R (q, q, m) of the eliminated factor, ``A`` = Z₂'V₁⁻¹Z₂.

    Of ``A`` and of N⁻¹ the lower triangle is filled. ``root`` is N's factor as LAPACK holds it (its
    upper triangle is the other's lower), ``log_det`` that of V.
    """

    statistics: CrossedStatistics
    T: Array
    K_inverse: Array
    KR: Array
    A: Array
    root: Array
    log_det: float

    @property
    def RKR(self) -> Array:
        """Z₁'V₁⁻¹Z₁, group by group: R'K⁻¹R (q, q, m)."""
        return np.einsum("kam,kbm->abm", self.statistics.own.R, self.KR)

    def solve(self, columns: Array) -> Array:
        """N⁻¹ columns, (q₂, k)."""
        return np.asarray(dpotrs(self.root, columns, lower=0)[0], float)

    def inverse(self) -> Array:
        """N⁻¹, (q₂, q₂)."""
        made, _ = dpotri(self.root, lower=0)
        return made.T

    def times_A(self, columns: Array) -> Array:
        """A columns, (q₂, k)."""
        return np.asarray(dsymm(1.0, self.A.T, columns, lower=0), float)


def factorise(statistics: CrossedStatistics, T: Array) -> Schur:
    """Invert V at T (q, q), block diagonal over the random columns of all factors.

    Raises ``ModelError`` where T is so large that rounding does not leave N positive definite.
    """
    own = statistics.own
    RT = np.einsum("abm,bc->acm", own.R, statistics.eliminated.own(T))
    K = np.einsum("acm,bcm->abm", RT, RT)
    K[np.diag_indices(own.q)] += 1.0
    L = cholesky_of_groups(K)
    L_inverse = forward_solve_groups(L, np.broadcast_to(np.eye(own.q)[:, :, None], K.shape))
    K_inverse = np.einsum("kam,kbm->abm", L_inverse, L_inverse)
    less = K_inverse.copy()
    less[np.diag_indices(own.q)] -= 1.0
    A = statistics.H.spread(less)
    rows = np.repeat(np.arange(A.shape[0]), np.diff(statistics.ZZ.indptr))
    A[rows, statistics.ZZ.indices] += statistics.ZZ.data
    N = between_T(statistics, T.T, A)
    N[np.diag_indices_from(N)] += 1.0
    root, failed = dpotrf(N.T, lower=0, overwrite_a=1, clean=0)
    if failed:
        raise lost_to_rounding("the Schur complement")
    log_det = 2.0 * float(np.sum(np.log(L[np.diag_indices(own.q)])))
    return Schur(
        statistics=statistics,
        T=T,
        K_inverse=K_inverse,
        KR=np.einsum("akm,kbm->abm", K_inverse, own.R),
        A=A,
        root=root,
        log_det=log_det + 2.0 * float(np.sum(np.log(np.diag(root)))),
    )


def times_T(
    statistics: CrossedStatistics, T: Array, columns: Array, *, transposed: bool = False
) -> Array:
    """T₂ columns (or T₂' columns), (q₂, k): each level of each dense factor by that factor's own T."""
    out = np.empty(columns.shape)
    for factor, place in statistics.others:
        own = factor.own(T).T if transposed else factor.own(T)
        if factor.q == 1:
            np.multiply(columns[place], own[0, 0], out=out[place])
            continue
        levels = columns[place].reshape(factor.m, factor.q, -1)
        out[place] = (own @ levels).reshape(factor.size, -1)
    return out


def between_T(statistics: CrossedStatistics, T: Array, M: Array) -> Array:
    """The lower triangle of T₂ M T₂' from that of a symmetric M, (q₂, q₂)."""
    out = np.empty(M.shape)
    for factor, place in statistics.others:
        own = factor.own(T)
        if factor.q == 1:
            np.multiply(M[:, place], own[0, 0], out=out[:, place])
            continue
        _complete_blocks(M[place, place], factor)
        levels = M[:, place].reshape(-1, factor.m, factor.q)
        out[:, place] = (levels @ own.T).reshape(-1, factor.size)
    for factor, place in statistics.others:
        if factor.q == 1:
            out[place] *= factor.own(T)[0, 0]
        else:
            levels = out[place].reshape(factor.m, factor.q, -1)
            out[place] = (factor.own(T) @ levels).reshape(factor.size, -1)
    return out


def level_blocks(M: Array, factor: Factor) -> Array:
    """The (m, q, q) blocks on the diagonal of a factor's part of a symmetric M, from its lower triangle."""
    m, q = factor.m, factor.q
    levels = np.arange(m)
    lower = np.tril(M.reshape(m, q, m, q)[levels, :, levels, :])
    return lower + np.tril(lower, -1).transpose(0, 2, 1)


def _complete_blocks(M: Array, factor: Factor) -> None:
    """Fill the upper triangles of the blocks on the diagonal, in place: a product with T₂ mixes their columns."""
    levels = np.arange(factor.m)
    M.reshape(factor.m, factor.q, factor.m, factor.q)[levels, :, levels, :] = level_blocks(
        M, factor
    )


def pull(schur: Schur, first: Array, rest: Array, solved: Array) -> tuple[Array, Array]:
    """Z'V⁻¹w from Z'V₁⁻¹w and N⁻¹T'(Z₂'V₁⁻¹w), for the eliminated factor (q, m, k) and the others (q₂, k)."""
    turned = times_T(schur.statistics, schur.T, solved)
    return first - across(schur, turned), rest - schur.times_A(turned)


def across(schur: Schur, rest: Array) -> Array:
    """Z₁'V₁⁻¹Z₂ columns, (q, m, k), from (q₂, k)."""
    q, _, m = schur.KR.shape
    seen = (schur.statistics.H.H @ rest).reshape(q, m, -1)
    return np.einsum("kam,kmc->amc", schur.KR, seen)


def back_across(schur: Schur, first: Array) -> Array:
    """Z₂'V₁⁻¹Z₁ columns, (q₂, k), from (q, m, k)."""
    q, _, m = schur.KR.shape
    seen = np.einsum("kam,amc->kmc", schur.KR, first)
    return schur.statistics.H.H.T @ seen.reshape(q * m, -1)
