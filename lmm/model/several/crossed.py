"""The profiled criterion with several grouping factors, its exact gradient and an approximate curvature.

The criterion is that of ``criterion``; the gradient needs the blocks of Z'V⁻¹Z at each level, which come
from N⁻¹ (the selected inverse). The curvature is the average information of Gilmour, Thompson and
Cullis 1995, Biometrics 51:1440, sigma² profiled out: it asks for no trace of a product.

Equations: docs/mathematics.md (20), (21).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dsymm

from lmm.model.criterion import Profiled, profile_out
from lmm.model.factors import Factor
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossproducts import mirror_lower
from lmm.model.several.schur import (
    Schur,
    across,
    back_across,
    between_T,
    factorise,
    level_blocks,
    pull,
    times_T,
)
from lmm.numerics import Array

# With a T_f whose smallest singular value is below this, its B comes from A and not through 1/T.
_NEARLY_SINGULAR = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossedEvaluation:
    """The criterion at one T, its gradient G (q, q) and curvature (q, q, q, q) in D.

    Per factor ``B`` = Σ over levels of Z'V⁻¹Z (q, q), ``C`` = Z'V⁻¹X (q, p, m), ``u`` = Z'V⁻¹e (q, m).
    """

    value: float
    beta: Array
    r2: float
    Phi: Array
    B: tuple[Array, ...]
    C: tuple[Array, ...]
    u: tuple[Array, ...]
    gradient: Array
    curvature: Array


def evaluate_crossed(statistics: CrossedStatistics, T: Array, *, reml: bool) -> CrossedEvaluation:
    """The criterion at D = TT' with its derivatives, in the statistics' own units."""
    schur = factorise(statistics, T)
    first, rest, cross = _pulled_data(schur)
    at = profile_out(cross, n=statistics.n, log_det=schur.log_det, reml=reml)
    dof = statistics.n - statistics.p if reml else statistics.n
    residual = np.append(-at.beta, 1.0)
    u = _by_factor(statistics, first @ residual, rest @ residual)
    C = _by_factor(statistics, first[..., :-1], rest[..., :-1])
    curvature = _average_information(schur, at, u=u, C=C, dof=dof)
    B = _blocks(schur, schur.inverse())
    q = T.shape[0]
    gradient = np.zeros((q, q))
    for factor, B_f, C_f, u_f in zip(statistics.factors, B, C, u, strict=True):
        own = B_f - dof / at.r2 * (u_f @ u_f.T)
        if reml:
            own -= np.einsum("apm,pr,brm->ab", C_f, at.Phi, C_f, optimize=True)
        gradient[np.ix_(factor.columns, factor.columns)] = own
    return CrossedEvaluation(
        value=at.value,
        beta=at.beta,
        r2=at.r2,
        Phi=at.Phi,
        B=B,
        C=C,
        u=u,
        gradient=gradient,
        curvature=curvature,
    )


def conditional_blocks(statistics: CrossedStatistics, T: Array) -> tuple[Array, ...]:
    """Var(b | y)/sigma² of each level, (q, q, m) for each factor, the parameters as given (Bates et al., eq. 58)."""
    schur = factorise(statistics, T)
    inverse = schur.inverse()
    first = statistics.eliminated.own(T)
    D = first @ first.T
    B = schur.RKR - _seen_through(schur, inverse)
    found = [D[:, :, None] - np.einsum("ab,bcm,cd->adm", D, B, D, optimize=True)]
    for factor, place in statistics.others:
        own = factor.own(T)
        levels = level_blocks(inverse[place, place], factor)
        found.append(np.einsum("ab,mbc,dc->adm", own, levels, own, optimize=True))
    return _in_order(statistics, found)


def cross_of_data(schur: Schur) -> Array:
    """[X y]'V⁻¹[X y], (p+1, p+1)."""
    return _pulled_data(schur)[2]


def _pulled_data(schur: Schur) -> tuple[Array, Array, Array]:
    """Z'V⁻¹[X y] of the eliminated factor (q, m, p+1) and the others (q₂, p+1); [X y]'V⁻¹[X y]."""
    statistics, own = schur.statistics, schur.statistics.own
    weighted = np.einsum("akm,kpm->amp", schur.K_inverse, own.H)
    first = np.einsum("kam,kpm->amp", schur.KR, own.H)
    flat = weighted.reshape(own.q * own.m, -1)
    rest = statistics.S_XY + statistics.H.H.T @ flat
    within = own.S + np.einsum("apm,amr->pr", own.H, weighted, optimize=True)
    inner = times_T(statistics, schur.T, rest, transposed=True)
    solved = schur.solve(inner)
    cross = within - inner.T @ solved
    return *pull(schur, first, rest, solved), 0.5 * (cross + cross.T)


def _average_information(
    schur: Schur, at: Profiled, *, u: tuple[Array, ...], C: tuple[Array, ...], dof: int
) -> Array:
    """dof·(q/r² − ff'/r⁴), q = w'Pw and f = −w'V⁻¹e for each w = Z_f e_a e_b' u_f."""
    statistics = schur.statistics
    k = len(statistics.pairs)
    parts = [np.zeros((factor.q, factor.m, k)) for factor in statistics.factors]
    for index, (a, b) in enumerate(statistics.pairs):
        for factor, part, u_f in zip(statistics.factors, parts, u, strict=True):
            if a in factor.columns:
                i, j = np.searchsorted(factor.columns, [a, b])
                part[i, :, index] = u_f[j]
    first = parts[statistics.first]
    rest = np.concatenate(
        [
            part.transpose(1, 0, 2).reshape(-1, k)
            for index, part in enumerate(parts)
            if index != statistics.first
        ]
    )
    before = np.einsum("abm,bmk->amk", schur.RKR, first) + across(schur, rest)
    after = back_across(schur, first) + schur.times_A(rest)
    solved = schur.solve(times_T(statistics, schur.T, after, transposed=True))
    pulled = pull(schur, before, after, solved)
    product = rest.T @ pulled[1] + np.einsum("amk,aml->kl", first, pulled[0], optimize=True)
    on_X = np.zeros((statistics.p, k))
    slope = np.zeros(k)
    for C_f, u_f, part in zip(C, u, parts, strict=True):
        on_X += np.einsum("apm,amk->pk", C_f, part, optimize=True)
        slope -= np.einsum("am,amk->k", u_f, part)
    product = product - on_X.T @ at.Phi @ on_X
    slope /= at.r2
    packed = dof * (product / at.r2 - np.multiply.outer(slope, slope))
    q = schur.T.shape[0]
    curvature = np.zeros((q * q, q * q))
    flat = [a * q + b for a, b in statistics.pairs]
    curvature[np.ix_(flat, flat)] = packed
    return curvature.reshape(q, q, q, q)


def _blocks(schur: Schur, inverse: Array) -> tuple[Array, ...]:
    """Σ over the levels of each factor of their own block of Z'V⁻¹Z, (q, q)."""
    statistics = schur.statistics
    found = [np.sum(schur.RKR - _seen_through(schur, inverse), axis=2)]
    for factor, place in statistics.others:
        own = factor.own(schur.T)
        if np.linalg.svd(own, compute_uv=False)[-1] > _NEARLY_SINGULAR:
            inner = level_blocks(inverse[place, place], factor).sum(axis=0)
            shrunk = factor.m * np.eye(factor.q) - inner
            T_inverse = np.linalg.inv(own)
            found.append(T_inverse.T @ shrunk @ T_inverse)
        else:
            found.append(_block_without_inverse(schur, inverse, factor, place))
    return _in_order(statistics, found)


def _block_without_inverse(schur: Schur, inverse: Array, factor: Factor, place: slice) -> Array:
    """The same from A − A T N⁻¹ T' A, which holds for any T."""
    A = mirror_lower(schur.A)
    seen = times_T(schur.statistics, schur.T, A[:, place], transposed=True)
    turned = np.asarray(dsymm(1.0, inverse.T, seen, lower=0))
    shape = (len(seen), factor.m, factor.q)
    less = np.einsum("rma,rmb->ab", seen.reshape(shape), turned.reshape(shape), optimize=True)
    return level_blocks(A[place, place], factor).sum(axis=0) - less


def _seen_through(schur: Schur, inverse: Array) -> Array:
    """What the others take from the eliminated factor's own blocks: R'K⁻¹H T N⁻¹ T'H'K⁻¹R, (q, q, m)."""
    statistics, T = schur.statistics, schur.T
    seen = statistics.H.collect(between_T(statistics, T, inverse))
    return np.einsum("kam,klm,lbm->abm", schur.KR, seen, schur.KR, optimize=True)


def _by_factor(statistics: CrossedStatistics, first: Array, rest: Array) -> tuple[Array, ...]:
    """Rows of all factors as (q, …, m) each, in the design's order: (q, m, …) of the eliminated, (q₂, …)."""
    found = [np.moveaxis(first, 1, -1)]
    for factor, place in statistics.others:
        levels = rest[place].reshape(factor.m, factor.q, *rest.shape[1:])
        found.append(np.moveaxis(levels, 0, -1))
    return _in_order(statistics, found)


def _in_order(statistics: CrossedStatistics, found: list[Array]) -> tuple[Array, ...]:
    """The eliminated factor's value, then the others', put into the design's order."""
    eliminated, *others = found
    return (*others[: statistics.first], eliminated, *others[statistics.first :])
