"""The profiled criterion of a linear mixed model in D, with its exact gradient and Hessian.

Minus twice the restricted (or ordinary) log-likelihood, fixed effects and sigma² profiled out:
Bates, Mächler, Bolker and Walker 2015, J. Stat. Softw. 67(1), eqs. 39 and 42; the derivatives follow
Wolfinger, Tobias and Sall 1994, SIAM J. Sci. Comput. 15:1294, written in the statistics of each group.
With K_i = I + R_i D R_i', all sums run over groups and cost nothing per row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array, cholesky_of_groups, forward_solve_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """The criterion with beta (p,) and sigma² profiled out; r2 and Phi as in ``Evaluation``."""

    value: float
    beta: Array
    r2: float
    Phi: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The criterion at one D: beta (p,), r2 = the weighted residual sum of squares, Phi = (X'V⁻¹X)⁻¹.

    ``B`` = R'K⁻¹R (q, q, m), ``C`` = R'K⁻¹H_X (q, p, m), ``u`` = R'K⁻¹e (q, m) per group.
    """

    value: float
    beta: Array
    r2: float
    Phi: Array
    B: Array
    C: Array
    u: Array
    trace_K_inverse: float


def evaluate(statistics: GroupStatistics, T: Array, *, reml: bool) -> Evaluation:
    """The criterion at D = TT' in the statistics' own units."""
    n, p = statistics.n, statistics.p
    RT = np.einsum("abm,bc->acm", statistics.R, T)
    K = np.einsum("acm,bcm->abm", RT, RT)
    K[np.diag_indices(statistics.q)] += 1.0
    L = cholesky_of_groups(K)
    W = forward_solve_groups(L, np.concatenate([statistics.R, statistics.H], axis=1))
    W_R, W_H = W[:, : statistics.q], W[:, statistics.q :]
    cross = statistics.S + np.einsum("kam,kbm->ab", W_H, W_H)
    log_det = 2.0 * float(np.sum(np.log(L[np.diag_indices(statistics.q)])))
    at = profile_out(cross, n=n, log_det=log_det, reml=reml)
    residual = W_H[:, p] - np.einsum("kpm,p->km", W_H[:, :p], at.beta)
    K_inverse = forward_solve_groups(L, np.broadcast_to(np.eye(statistics.q)[:, :, None], K.shape))
    return Evaluation(
        value=at.value,
        beta=at.beta,
        r2=at.r2,
        Phi=at.Phi,
        B=np.einsum("kam,kbm->abm", W_R, W_R),
        C=np.einsum("kam,kpm->apm", W_R, W_H[:, :p]),
        u=np.einsum("kam,km->am", W_R, residual),
        trace_K_inverse=float(np.sum(K_inverse * K_inverse)),
    )


def profile_out(cross: Array, *, n: int, log_det: float, reml: bool) -> Profiled:
    """The criterion from [X y]'V⁻¹[X y] (p+1, p+1) and log|V|, V relative to sigma²."""
    p = cross.shape[0] - 1
    factor = cho_factor(cross[:p, :p], lower=True)
    beta = cho_solve(factor, cross[:p, p])
    r2 = float(cross[p, p] - cross[:p, p] @ beta)
    dof = n - p if reml else n
    value = log_det + dof * (1.0 + np.log(2.0 * np.pi * r2 / dof))
    if reml:
        value += 2.0 * float(np.sum(np.log(np.diag(factor[0]))))
    return Profiled(value=value, beta=beta, r2=r2, Phi=cho_solve(factor, np.eye(p)))


def gradient_in_D(at: Evaluation, *, dof: float, reml: bool) -> Array:
    """The symmetric (q, q) matrix G with d criterion = tr(G dD)."""
    gradient = at.B.sum(axis=2) - dof / at.r2 * (at.u @ at.u.T)
    if reml:
        gradient -= np.einsum("apm,pr,brm->ab", at.C, at.Phi, at.C, optimize=True)
    return gradient


def hessian_in_D(at: Evaluation, *, dof: float, reml: bool) -> Array:
    """The (q, q, q, q) array of second derivatives, to be contracted with symmetric changes of D."""
    q, p, m = at.C.shape
    B, u, C = at.B.reshape(q * q, m), at.u, at.C.reshape(q * p, m)
    uu = np.einsum("am,bm->abm", u, u).reshape(q * q, m)
    CC = (C @ C.T).reshape(q, p, q, p)
    Cu = (C @ u.T).reshape(q, p, q)
    # tr(BEBF), u'FBEu: sums over groups of products, E = e_a e_b', F = e_c e_d'
    BB = (B @ B.T).reshape(q, q, q, q)
    uB = (uu @ B.T).reshape(q, q, q, q)
    hessian = -np.einsum("dabc->abcd", BB)
    second = 2.0 * (np.einsum("cbda->abcd", uB) - np.einsum("cpd,pr,arb->abcd", Cu, at.Phi, Cu))
    first = -(u @ u.T)
    hessian += dof * (second / at.r2 - np.multiply.outer(first, first) / at.r2**2)
    if reml:
        CPC = np.einsum("apm,pr,brm->abm", at.C, at.Phi, at.C, optimize=True).reshape(q * q, m)
        hessian += 2.0 * np.einsum("bcda->abcd", (CPC @ B.T).reshape(q, q, q, q))
        PS = np.einsum("pr,arbs->abps", at.Phi, CC)
        hessian -= np.einsum("abps,cdsp->abcd", PS, PS)
    return hessian
