"""Kenward–Roger: a covariance of the fixed effects that knows the variances are estimated, and its dof.

Kenward and Roger 1997, Biometrics 53:983. V is linear in the entries of Psi and in sigma², so that the
terms with second derivatives of V vanish. All sums are over groups: with K = I + R D R' = LL' of a group,
x = L⁻¹H_X and A_a = L⁻¹ R G_a R' L⁻' (R G R' is I for sigma²), the paper's matrices are P_a = −Σ x'A_a x,
Q_ab = Σ x'A_a A_b x and tr(V⁻¹G_a V⁻¹G_b) = Σ tr(A_a A_b); what no group's Z reaches adds to sigma² alone.

Equations: docs/mathematics.md (31)–(33).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.inference.fixed_effects.contrasts import FTest, contrast_matrix, f_test
from lmm.inference.fixed_effects.several_kenward_roger import Moments, several_moments
from lmm.inference.fixed_effects.variance_ways import variance_ways
from lmm.model.fit import Fit
from lmm.numerics import Array, cholesky_of_groups, forward_solve_groups, read_only

METHOD = "Kenward-Roger"

# Share of the largest information, and change of a log variance, below which there is none.
_NOTHING, _UNMOVED = 1e-12, 1e-6
# How near m = 2 the formulas lose their digits, and how far aside they are taken then, in shares of W.
_NEAR_TWO, _ASIDE = 1e-5, 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class KenwardRoger:
    """``vcov`` (p, p) the adjusted covariance in the user's units, ``dof`` (p,) of each fixed effect.

    ``held`` counts the variance parameters that lie on the boundary and so were taken as known. Both are
    not a number for a fixed effect whose variance depends on one that the data say nothing about.
    """

    vcov: Array
    dof: Array
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """In internal units, V relative to sigma²: ``Phi`` and ``adjusted`` (p, p), ``P`` (k, p, p), ``W`` (k, k).

    ``unknown`` (k, r) are the combinations of variance parameters of which there is no information.
    """

    Phi: Array
    adjusted: Array
    P: Array
    W: Array
    unknown: Array
    held: int


def kenward_roger(fit: Fit) -> KenwardRoger:
    """The adjusted covariance and each coefficient's degrees of freedom.

    A variance estimated as zero, or a combination of random effects without one, is held there: the
    others are treated as if it were known. Raises ``ModelError`` for a fit by maximum likelihood, and
    where several grouping factors have too many levels (``several_moments``).
    """
    sums = _sums(fit)
    vcov = fit.sigma**2 * fit.units.unscaled_covariance_out(sums.adjusted)
    dof = _dof(sums, fit.units.W_x)
    undetermined = np.isnan(dof)
    vcov[undetermined] = vcov[:, undetermined] = np.nan
    return KenwardRoger(vcov=read_only(vcov), dof=read_only(dof), held=sums.held)


def kenward_roger_of(fit: Fit, L: Array) -> tuple[Array, Array]:
    """Variance and degrees of freedom of each contrast on its own, (l,) each, L (l, p); NaN where undetermined."""
    sums = _sums(fit)
    inner = L @ fit.units.W_x
    variances = fit.sigma**2 * np.einsum("lp,pr,lr->l", inner, sums.adjusted, inner, optimize=True)
    dof = _dof(sums, inner)
    return np.where(np.isnan(dof), np.nan, variances), dof


def kenward_roger_test(fit: Fit, L: Array) -> FTest:
    """The scaled F test of L beta = 0, L (l, p) in the order of the fit's terms (sections 3 and 4 there).

    Raises ``ModelError`` as ``kenward_roger`` does, and where so few groups carry no joint test.
    """
    L = contrast_matrix(fit, L)
    sums = _sums(fit)
    inner = L @ fit.units.W_x
    scaling, dof = _scaling_and_dof(sums, inner)
    estimate = L @ fit.beta
    covariance = fit.sigma**2 * inner @ sums.adjusted @ inner.T
    wald = float(estimate @ np.linalg.solve(covariance, estimate)) / len(L)
    return f_test(scaling * wald, len(L), dof, method=METHOD, scaling=scaling)


def _sums(fit: Fit) -> _Sums:
    if not fit.reml:
        raise ModelError(
            "Kenward–Roger's correction is for fits by REML; this one is by maximum likelihood",
            remedy="Fit by REML, or ask for Satterthwaite's degrees of freedom.",
        )
    found = _moments(fit) if len(fit.factors) == 1 else several_moments(fit)
    Phi, P, Q = fit.optimum.at.Phi, found.P, found.Q
    k, p, _ = P.shape
    PhiP = Phi @ P
    flat, flat_Q = PhiP.reshape(k, p * p), Q.reshape(k * k, p * p)
    # traces of products, and sums over pairs of parameters, as products of matrices: einsum plans longer than it works
    information = 0.5 * (
        found.trace
        - 2.0 * (flat_Q @ Phi.ravel()).reshape(k, k)
        + flat @ PhiP.transpose(0, 2, 1).reshape(k, p * p).T
    )
    W, unknown = _inverse(information, size=np.sqrt(0.5 * np.diag(found.trace)))
    spread = (W.ravel() @ flat_Q).reshape(p, p)
    spread -= P.transpose(1, 0, 2).reshape(p, k * p) @ (W @ flat).reshape(k * p, p)
    adjusted = Phi + 2.0 * Phi @ spread @ Phi
    adjusted = 0.5 * (adjusted + adjusted.T)
    return _Sums(Phi=Phi, adjusted=adjusted, P=P, W=W, unknown=unknown, held=found.held)


def _moments(fit: Fit) -> Moments:
    """P, Q and the traces of one grouping factor, group by group."""
    statistics = fit.statistics
    n, p, q, m = statistics.n, statistics.p, statistics.q, statistics.m
    A, x, held = _whitened(fit)
    k = len(A)
    Ax = np.einsum("kabm,bpm->kpam", A, x).reshape(k, p, q * m)
    P = -Ax @ x.transpose(0, 2, 1).reshape(q * m, p)
    flat = Ax.reshape(k * p, q * m)
    Q = (flat @ flat.T).reshape(k, p, k, p).transpose(0, 2, 1, 3)
    flat = A.reshape(k, q * q * m)
    trace = flat @ flat.T
    rest = statistics.S[:p, :p]
    P[-1] -= rest
    Q[-1, -1] += rest
    trace[-1, -1] += n - q * m
    return Moments(P=P, Q=Q, trace=trace, held=held)


def _inverse(information: Array, *, size: Array) -> tuple[Array, Array]:
    """The inverse on the parameters that the data tell, and the combinations (k, r) that they do not.

    ``size`` is the root of each one's information, were the fixed effects known.
    """
    values, vectors = np.linalg.eigh(information / np.outer(size, size))
    told, vectors = values > _NOTHING * values[-1], vectors / size[:, None]
    return (vectors[:, told] / values[told]) @ vectors[:, told].T, vectors[:, ~told]


def _whitened(fit: Fit) -> tuple[Array, Array, int]:
    """A (k, q, q, m), sigma² last; x (q, p, m); how many parameters are held."""
    statistics, q = fit.statistics, fit.statistics.q
    RT = np.einsum("abm,bc->acm", statistics.R, fit.optimum.T)
    K = np.einsum("acm,bcm->abm", RT, RT)
    K[np.diag_indices(q)] += 1.0
    L = cholesky_of_groups(K)
    identity = np.broadcast_to(np.eye(q)[:, :, None], K.shape)
    solved = forward_solve_groups(
        L, np.concatenate([statistics.R, statistics.H[:, : statistics.p], identity], axis=1)
    )
    root, x, inverse = solved[:, :q], solved[:, q : q + statistics.p], solved[:, q + statistics.p :]
    ways, held = variance_ways(fit)
    A = np.empty((len(ways) + 1, *K.shape))
    for k, way in enumerate(ways):
        A[k] = np.einsum("adm,bdm->abm", np.einsum("acm,cd->adm", root, way), root)
    A[-1] = np.einsum("acm,bcm->abm", inverse, inverse)
    return A, x, held


def _dof(sums: _Sums, L: Array) -> Array:
    """Of each contrast, (l,), L (l, p): F collapses to lambda = 1 and 2 (c'Phi c)² / w'Ww, w_a = c'Phi P_a Phi c.

    NaN where its variance moves with a parameter that the data do not tell.
    """
    directions = L @ sums.Phi
    w = np.sum((directions @ sums.P) * directions, axis=2).T
    variances = np.sum(L * directions, axis=1)
    untold = (np.abs(w @ sums.unknown) > _UNMOVED * variances[:, None]).any(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        dof = 2.0 * variances**2 / np.sum((w @ sums.W) * w, axis=1)
    return np.where(untold, np.nan, dof)


def _scaling_and_dof(sums: _Sums, L: Array) -> tuple[float, float]:
    """lambda and the denominator's degrees of freedom m. Raises ``ModelError`` where no F matches."""
    rank = len(L)
    PhiL = sums.Phi @ L.T
    # tr(Theta Phi P_a Phi) is the trace of this (k, l, l) matrix
    M = np.linalg.solve(L @ PhiL, PhiL.T @ sums.P @ PhiL)
    if (np.abs(np.tensordot(M, sums.unknown, (0, 0))) > _UNMOVED).any():
        raise ModelError(
            "the data say nothing about a variance on which this test depends",
            remedy="Take the random term that only one level tells of out of the model.",
        )
    traces = np.einsum("kll->k", M)
    A1 = float(traces @ sums.W @ traces)
    A2 = float(np.einsum("ij,iab,jba->", sums.W, M, M, optimize=True))
    if abs(1.0 - A2 / rank) > _NEAR_TWO:
        scaling, dof = _matched(A1, A2, rank)
    else:
        # at m = 2 the mean of F ceases to exist and all is 0/0; the limit is the mean of its two sides
        sides = [_matched(side * A1, side * A2, rank) for side in (1 - _ASIDE, 1 + _ASIDE)]
        scaling, dof = (0.5 * (low + high) for low, high in zip(*sides, strict=True))
    if not (scaling > 0.0 and dof > 0.0):
        raise ModelError(
            f"the data determine too little of the variances to test {rank} contrasts together",
            remedy="Test fewer contrasts, or ask for Satterthwaite's test.",
        )
    return scaling, dof


def _matched(A1: float, A2: float, rank: int) -> tuple[float, float]:
    """From matching the mean and variance of F, exact for Hotelling's T² (section 4 of the paper)."""
    B = (A1 + 6.0 * A2) / (2.0 * rank)
    g = ((rank + 1) * A1 - (rank + 4) * A2) / ((rank + 2) * A2)
    k = 3.0 * rank + 2.0 * (1.0 - g)
    c1, c2, c3 = g / k, (rank - g) / k, (rank + 2 - g) / k
    ratio = (1.0 - A2 / rank) / (1.0 - c2 * B)
    # rho, the variance of F over twice its squared mean, is given / left / rank: infinite at m = 4
    given, left = ratio**2 * (1.0 + c1 * B), 1.0 - c3 * B
    dof = 4.0 + (rank + 2) * left / (given - left)
    return dof * (1.0 - A2 / rank) / (dof - 2.0), dof
