"""Cluster-robust standard errors (CR2) with their own degrees of freedom: what holds if the model's V does not.

Bell and McCaffrey 2002, Survey Methodology 28:169; Pustejovsky and Tipton 2018, J. Bus. Econ. Stat. 36:672,
with weights V⁻¹ and V as the working model. A group's residuals are enlarged by the symmetric
A = L (L' (V − XΦX') L)^(−1/2) L', V = LL' for any root L, so that the sandwich is unbiased where the working
model holds. Outside the span of [Z X] of the group A is 1; only that span, at most q + p wide, is decomposed.

Equation: docs/mathematics.md (34).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.fixed_effects.clusters import clusters
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only

METHOD = "CR2"

# Below this share of the largest, what a group leaves of its own residuals is rounding.
_NOTHING_LEFT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRobust:
    """``vcov`` (p, p) in the user's units and Satterthwaite's ``dof`` (p,).

    ``effective_groups`` (p,) is how many equally informative groups would carry each coefficient: with
    w_i = c'ΦX_i'V_i⁻¹X_iΦc it is (Σw)²/Σw² (Carter, Schnepel and Steigerwald 2017, Rev. Econ. Stat. 99:698).
    ``seen`` (p,) is the expectation of the diagonal of ``vcov`` where the model holds, over the model's own: 1, but
    less where a group's residuals are zero by the fit (one group has a value of its own), for such a group tells
    nothing of its variance and ``vcov`` is too small.
    """

    vcov: Array
    dof: Array
    effective_groups: Array
    seen: Array


def cluster_robust(fit: Fit) -> ClusterRobust:
    """The CR2 covariance with the grouping factor as cluster, of nested ones the outermost.

    Raises ``ModelError`` for crossed factors: no rows are independent of the rest.
    """
    at, units, p = fit.optimum.at, fit.units, fit.p
    contrasts = at.Phi @ units.W_x.T
    meat = np.zeros((p, p))
    moments = _Moments.zeros(p)
    for V, X, e in clusters(fit):
        V_inverse_X = np.linalg.solve(V, X)
        A = _adjustment(V, X, at.Phi)
        scores = np.einsum("gnp,gnk,gk->gp", V_inverse_X, A, e, optimize=True)
        meat += scores.T @ scores
        g = A @ (V_inverse_X @ contrasts)
        share = np.einsum("pc,gnp,gnr,rc->gc", contrasts, X, V_inverse_X, contrasts, optimize=True)
        moments.add(
            variance=np.einsum("gnc,gnk,gkc->gc", g, V, g, optimize=True),
            pull=X.transpose(0, 2, 1) @ g,
            share=share,
            Phi=at.Phi,
        )
    sandwich = units.unscaled_covariance_out(at.Phi @ meat @ at.Phi)
    return ClusterRobust(
        vcov=read_only(units.y_scale**2 * sandwich),
        dof=read_only(moments.dof(at.Phi)),
        effective_groups=read_only(moments.shares**2 / moments.squared_shares),
        seen=read_only(
            (moments.variance - moments.drawn) / np.einsum("pc,pc->c", units.W_x.T, contrasts)
        ),
    )


@dataclass(slots=True, kw_only=True)
class _Moments:
    """Trace and squared trace of the covariance of the groups' contributions, for each coefficient.

    It is diag(variance_i) − h_i'Φh_j, h_i = X_i'g_i the pull; both traces are sums over groups.
    """

    variance: Array
    squared_variance: Array
    drawn: Array
    mixed: Array
    pulls: Array
    shares: Array
    squared_shares: Array

    @classmethod
    def zeros(cls, p: int) -> _Moments:
        names = ("variance", "squared_variance", "drawn", "mixed", "shares", "squared_shares")
        return cls(pulls=np.zeros((p, p, p)), **{name: np.zeros(p) for name in names})

    def add(self, *, variance: Array, pull: Array, share: Array, Phi: Array) -> None:
        own = np.einsum("gpc,pr,grc->gc", pull, Phi, pull, optimize=True)
        self.variance += variance.sum(axis=0)
        self.squared_variance += (variance**2).sum(axis=0)
        self.drawn += own.sum(axis=0)
        self.mixed += (variance * own).sum(axis=0)
        self.pulls += np.einsum("gpc,grc->cpr", pull, pull, optimize=True)
        self.shares += share.sum(axis=0)
        self.squared_shares += (share**2).sum(axis=0)

    def dof(self, Phi: Array) -> Array:
        between = Phi @ self.pulls
        squared = (
            self.squared_variance - 2.0 * self.mixed + np.einsum("cpr,crp->c", between, between)
        )
        return (self.variance - self.drawn) ** 2 / squared


def _adjustment(V: Array, X: Array, Phi: Array) -> Array:
    """A (g, r, r) of each group."""
    L = np.linalg.cholesky(V)
    turned = L.transpose(0, 2, 1)
    left = turned @ (V - X @ Phi @ X.transpose(0, 2, 1)) @ L
    values, vectors = np.linalg.eigh(0.5 * (left + left.transpose(0, 2, 1)))
    # what rounding makes of a group all of whose rows the coefficients fit is nothing either
    rounding = 16.0 * np.finfo(float).eps * np.sum(V**2, axis=(1, 2))[:, None]
    some = values > np.maximum(_NOTHING_LEFT * values[:, -1:], rounding)
    powers = np.where(some, 1.0 / np.sqrt(np.where(some, values, 1.0)), 0.0)
    half = L @ vectors
    return (half * powers[:, None, :]) @ half.transpose(0, 2, 1)
