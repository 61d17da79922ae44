"""Wald's exact F test of a variance, and the exact interval of a variance ratio that goes with it.

Wald 1947, Ann. Math. Stat. 18:586; with other random effects of the same groups, these are taken as
fixed (Seely and El-Bassiouni 1983, Ann. Stat. 11:197). No simulation, no large number of groups.

Equation: docs/mathematics.md (39).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import fdtrc, fdtri

from lmm.errors import ModelError, choice_of
from lmm.model.columns import DEPENDENT
from lmm.model.criterion import evaluate
from lmm.model.fit import Fit
from lmm.model.statistics import GroupStatistics, group_statistics
from lmm.model.units import internal_units
from lmm.numerics import Array, power_of_two_near, root_mean_square


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldTest:
    """``f`` has exactly the F(``between``, ``within``) distribution where the effect has no variance."""

    group: str
    term: str
    f: float
    between: int
    within: int
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioInterval:
    """An exact interval of τ²/σ², in the square of the outcome's unit per column's, ``low`` 0 if it reaches it."""

    low: float
    high: float


def wald_test(fit: Fit, term: str) -> WaldTest:
    """Test that one random effect has no variance, against the group's own columns as fixed effects.

    Exact whatever the other random effects of the groups are and however they correlate, and the same
    wherever the columns are centred. Raises ``ModelError`` where no residual or nothing to test is left
    when every group has its own columns, or for several grouping factors.
    """
    grouping = fit.only.grouping
    if term not in fit.random_names:
        raise ModelError(
            f"the model has no random effect {term!r}",
            remedy=choice_of(term, fit.random_names, are="random effects"),
        )
    statistics = _with_last(fit, fit.random_names.index(term))
    full, within = _residual(statistics.S, _ranks(statistics).sum(), statistics)
    last = statistics.H[-1]
    before, dof = _residual(statistics.S + last @ last.T, _ranks(statistics)[:-1].sum(), statistics)
    between = dof - within
    if within <= 0 or between <= 0:
        raise ModelError(
            f"the groups' own {', '.join(fit.random_names)} leave nothing to test {term!r} with",
            remedy="Wald's F needs groups with more rows than random effects.",
        )
    f = ((before - full) / between) / (full / within)
    return WaldTest(
        group=grouping.name,
        term=term,
        f=f,
        between=between,
        within=within,
        p=float(fdtrc(between, within, f)),
    )


def variance_ratio_interval(fit: Fit, *, confidence: float = 0.95) -> RatioInterval:
    """The exact interval of τ²/σ² of a model with one random effect per group.

    The F statistic of the residuals weighted by each ratio λ falls in λ; the ends are where it meets
    the quantiles of F. Raises ``ModelError`` for more random effects, or without residual.
    """
    if len(fit.random_names) != 1:
        raise ModelError(
            "the exact interval is of models with one random effect per group",
            remedy="Ask it of a model with (1 | group).",
        )
    test = wald_test(fit, fit.random_names[0])
    statistics = fit.statistics
    rest, _ = _residual(statistics.S, _ranks(statistics).sum(), statistics)

    def ratio(theta: float) -> float:
        weighted = evaluate(statistics, np.array([[theta]]), reml=True).r2
        return ((weighted - rest) / test.between) / (rest / test.within)

    tail = 0.5 * (1.0 - confidence)
    unit = float(fit.units.W_z[0, 0]) ** 2
    low, high = (
        unit * _where(ratio, test.f, float(fdtri(test.between, test.within, quantile))) ** 2
        for quantile in (1.0 - tail, tail)
    )
    return RatioInterval(low=low, high=high)


def _where(ratio, at_zero: float, quantile: float) -> float:
    """θ = √λ where the falling F statistic meets a quantile; 0 where it is below from the start."""
    if at_zero <= quantile:
        return 0.0
    far = 1.0
    while ratio(far) > quantile:
        far *= 4.0
    return float(brentq(lambda theta: ratio(theta) - quantile, 0.0, far, xtol=1e-14, rtol=1e-13))


def _with_last(fit: Fit, column: int) -> GroupStatistics:
    """Sufficient statistics with one of the user's random columns reduced after the others of its group."""
    if len(fit.random_names) == 1:
        return fit.statistics
    XY, _, _ = internal_units(fit.design)
    order = [k for k in range(fit.template.q) if k != column] + [column]
    Z = fit.Z[:, order]
    if fit.design.weights is not None:
        Z = Z * np.sqrt(fit.design.weights)[:, None]
    Z = Z / np.array([power_of_two_near(root_mean_square(z)) for z in Z.T])
    return group_statistics(XY, Z, fit.grouping.codes, fit.factor.m)


def _ranks(statistics: GroupStatistics) -> np.ndarray:
    """How many groups determine each column after those before it, (q,)."""
    q = statistics.q
    return np.count_nonzero(statistics.R[np.arange(q), np.arange(q)], axis=1)


def _residual(S: Array, own: int, statistics: GroupStatistics) -> tuple[float, int]:
    """Residual squares and degrees of freedom, given what the groups' own columns leave of [X y].

    Columns of X of which they leave nothing are no further parameters.
    """
    p = statistics.p
    whole = statistics.S + np.einsum("kam,kbm->ab", statistics.H, statistics.H)
    root = np.linalg.inv(np.linalg.cholesky(whole[:p, :p]))
    shares, turn = np.linalg.eigh(root @ S[:p, :p] @ root.T)
    left = shares > DEPENDENT**2
    along = turn[:, left].T @ (root @ S[:p, p])
    squares = float(S[p, p] - np.sum(along**2 / shares[left]))
    return squares, statistics.n - int(own) - int(left.sum())
