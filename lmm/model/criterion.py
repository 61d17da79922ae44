"""The profiled criterion of a linear mixed model in D, with its exact gradient and Hessian.

Minus twice the restricted (or ordinary) log-likelihood, fixed effects and sigma² profiled out:
Bates, Mächler, Bolker and Walker 2015, J. Stat. Softw. 67(1), eqs. 39 and 42; the derivatives follow
Wolfinger, Tobias and Sall 1994, SIAM J. Sci. Comput. 15:1294, written in the statistics of each group.
With K_i = I + R_i D R_i', all sums run over groups and cost nothing per row.

Equations: docs/mathematics.md (8)–(14).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from lmm.model.groupsums import GroupSums, contrast, sum_products
from lmm.model.rounding import lost_to_rounding
from lmm.model.statistics import GroupStatistics
from lmm.model.weighing import trace_of_inverses, weigh
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """The criterion with beta (p,) and sigma² profiled out; r2 and Phi as in ``Evaluation``.

    ``Phi_root`` (p, p) is a P with Phi = PP'.
    """

    value: float
    beta: Array
    r2: float
    Phi: Array
    Phi_root: Array


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The criterion at one D: beta (p,), r2 = the weighted residual sum of squares, Phi = (X'V⁻¹X)⁻¹.

    Of the groups of its ``statistics`` it tells, when asked: ``B`` = R'K⁻¹R (q, q, m), ``C`` = R'K⁻¹H_X
    (q, p, m), ``u`` = R'K⁻¹e (q, m); ``trace_K_inverse`` = Σ tr K⁻¹.
    """

    value: float
    beta: Array
    r2: float
    Phi: Array
    Phi_root: Array
    statistics: GroupStatistics
    T: Array
    pulled: Array

    @property
    def B(self) -> Array:
        """R'K⁻¹R, (q, q, m)."""
        return self.pulled[:, : self.statistics.q]

    @property
    def C(self) -> Array:
        """R'K⁻¹H_X, (q, p, m)."""
        return self.pulled[:, self.statistics.q : -1]

    @cached_property
    def u(self) -> Array:
        """R'K⁻¹(H_y − H_X beta), (q, m)."""
        return contrast(self.beta) @ self.pulled[:, self.statistics.q :]

    @cached_property
    def trace_K_inverse(self) -> float:
        """Σ tr K⁻¹."""
        return trace_of_inverses(self.statistics, self.T)

    @cached_property
    def sums(self) -> GroupSums:
        """What the derivatives need of all groups."""
        return sum_products(self.pulled, self.beta, self.Phi_root, counts=self.statistics.counts)


def evaluate(statistics: GroupStatistics, T: Array, *, reml: bool) -> Evaluation:
    """The criterion at D = TT' in the statistics' own units."""
    weighed = weigh(statistics, T)
    at = profile_out(weighed.cross, n=statistics.n, log_det=weighed.log_det, reml=reml)
    return Evaluation(
        value=at.value,
        beta=at.beta,
        r2=at.r2,
        Phi=at.Phi,
        Phi_root=at.Phi_root,
        statistics=statistics,
        T=T,
        pulled=weighed.pulled,
    )


def profile_out(cross: Array, *, n: int, log_det: float, reml: bool) -> Profiled:
    """The criterion from [X y]'V⁻¹[X y] (p+1, p+1) and log|V|, V relative to sigma²."""
    p = cross.shape[0] - 1
    L, failed = dpotrf(cross[:p, :p], lower=1) if p else (cross[:p, :p], 0)
    if failed:
        raise lost_to_rounding("X'V⁻¹X")
    P = dtrtri(L, lower=1)[0].T if p else L
    half = cross[p, :p] @ P
    r2 = float(cross[p, p] - half @ half)
    dof = n - p if reml else n
    if r2 > 0.0:
        value = log_det + dof * (1.0 + np.log(2.0 * np.pi * r2 / dof))
    else:  # what is left of y is less than rounding: no search may end here
        r2, value = np.finfo(float).eps * float(cross[p, p]), np.inf
    if reml:
        value += 2.0 * float(np.sum(np.log(L.diagonal())))
    return Profiled(value=float(value), beta=P @ half, r2=r2, Phi=P @ P.T, Phi_root=P)


def gradient_in_D(at: Evaluation, *, dof: float, reml: bool) -> Array:
    """The symmetric (q, q) matrix G with d criterion = tr(G dD)."""
    sums = at.sums
    gradient = sums.B - dof / at.r2 * sums.uu
    return gradient - sums.CPC if reml else gradient


def hessian_in_D(at: Evaluation, *, dof: float, reml: bool) -> Array:
    """The (q, q, q, q) array of second derivatives, to be contracted with symmetric changes of D."""
    sums = at.sums
    q = sums.q
    # tr(BEBF), u'FBEu: sums over groups of products, E = e_a e_b', F = e_c e_d'
    hessian = (2.0 * dof / at.r2) * sums.uuB.transpose(3, 1, 0, 2)
    hessian = hessian - sums.BB.transpose(1, 2, 3, 0)
    Cu = sums.Cu.transpose(0, 2, 1).reshape(q * q, -1)
    first = sums.uu.reshape(q * q, 1) / at.r2
    known = (2.0 * dof / at.r2) * (Cu @ Cu.T) + dof * (first @ first.T)
    if reml:
        hessian += 2.0 * sums.CPCB.transpose(3, 0, 1, 2)
        left = sums.CC.transpose(0, 2, 1, 3).reshape(q * q, -1)
        right = sums.CC.transpose(0, 2, 3, 1).reshape(q * q, -1)
        known += left @ right.T
    hessian -= known.reshape(q, q, q, q)
    return hessian


def information_in_D(at: Evaluation, *, dof: float) -> Array:
    """The Hessian's expectation (q, q, q, q), sigma² profiled out, but for what estimating beta takes."""
    sums = at.sums
    return sums.BB.transpose(1, 2, 3, 0) - np.multiply.outer(sums.B, sums.B) / dof
