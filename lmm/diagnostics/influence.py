"""How much rests on each group: what its deletion does to coefficients, variances and conclusions.

Demidenko and Stukel 2005, Stat. Med. 24:893; Nieuwenhuis, te Grotenhuis and Pelzer 2012, R J. 4(2):38.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from lmm.diagnostics.check import Check, judge
from lmm.diagnostics.deletion import Refits, refit_rows, refit_without
from lmm.diagnostics.projection import Projection, projection
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only

# Up to so many groups are all deleted exactly; of more, the so many first by the one-step distance.
_ALL = 300
_FIRST = 20

# Coefficients that move to the edge of their joint 50% region or so.
_SERIOUS = 1.0

_DRAWS = 1000
_SEED = 20_001

SOURCE = (
    "Cook 1977, Technometrics 19:15 (beyond 1: serious); note: beyond the 99% point of the largest distance "
    "of clean data of this design, where that is less"
)
SOURCE_OF_CONCLUSIONS = (
    "Nieuwenhuis, te Grotenhuis and Pelzer 2012, R J. 4(2):38: changed conclusions"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A group (``level``) deleted exactly. Changes are what the deletion adds: deleted less full.

    ``cook`` Δ'Φ⁻¹Δ/p; ``one_step`` the same with the variances held; ``dfbetas`` (p,) Δ_j over its standard
    error without the group; ``covariance_ratio`` |Φ without|/|Φ|; ``sigma_change`` and ``variance_changes``
    (q,) relative changes of variances; ``flips`` the coefficients whose conclusion changes.
    """

    level: str
    rows: int
    cook: float
    one_step: float
    beta: Array
    se: Array
    dfbetas: Array
    covariance_ratio: float
    sigma_change: float
    variance_changes: Array
    flips: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """``groups`` deleted exactly, by falling Cook's distance; ``one_step`` (m,) the ranking of them all;
    ``largest_expected`` the 99% point of the largest distance of clean data with the same design.
    """

    groups: tuple[Deleted, ...]
    one_step: Array
    largest_expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutSome:
    """The fit without several groups at once: each coefficient before and after, and which conclusions flip."""

    levels: tuple[str, ...]
    rows: int
    terms: tuple[str, ...]
    before: Array
    after: Array
    se_before: Array
    se_after: Array
    flips: tuple[str, ...]


def influence(
    fit: Fit, *, dof: Sequence[float] | None = None, exact: int | None = None
) -> Influence:
    """Delete groups one by one; ``dof`` (p,) of the coefficients' t intervals (normal ones without).

    ``exact`` is how many are refitted, the first by the one-step distance; by default all up to 300, else 20.
    """
    P = projection(fit)
    one_step = one_step_distances(P)
    count = exact or (fit.factor.m if fit.factor.m <= _ALL else _FIRST)
    order = np.argsort(-one_step, kind="stable")[:count]
    refits = refit_without(fit, [int(i) for i in order])
    deleted = [
        _deleted(fit, refits, j, int(i), one_step, dof)
        for j, i in enumerate(order)
        if np.isfinite(refits.beta[j]).all()
    ]
    return Influence(
        groups=tuple(sorted(deleted, key=lambda each: -each.cook)),
        one_step=read_only(one_step),
        largest_expected=_largest_expected(P),
    )


def one_step_distances(P: Projection) -> Array:
    """Cook's distance of each group with the variances held at their estimates, (m,).

    Δ = Φ X_i'(V_i − X_iΦX_i')⁻¹(y_i − X_iβ), by Woodbury (I − ΦA_i)⁻¹ΦX_i'V_i⁻¹(y_i − X_iβ), A_i = X_i'V_i⁻¹X_i.
    """
    score = P.sums @ (P.X * P.residual[:, None])
    return _distances(P, _information(P), score[:, :, None])[:, 0]


def influence_check(found: Influence) -> Check:
    """The largest Cook's distance against what the largest of clean data would be."""
    threshold = min(_SERIOUS, found.largest_expected)
    if not found.groups:
        return Check(
            id="influence", statistic=None, threshold=threshold, verdict="fine", source=SOURCE
        )
    largest = found.groups[0].cook
    return Check(
        id="influence",
        statistic=largest,
        threshold=threshold,
        serious=_SERIOUS,
        verdict=judge(largest, threshold, _SERIOUS),
        where=tuple(each.level for each in found.groups if each.cook > threshold),
        source=SOURCE,
    )


def conclusions_check(found: Influence) -> Check:
    """How many groups can, by their deletion, change the sign of a coefficient or whether zero is excluded."""
    able = [each for each in found.groups if each.flips]
    return Check(
        id="conclusions",
        statistic=float(len(able)) if found.groups else None,
        threshold=0.0,
        verdict=judge(float(len(able)), 0.0),
        where=tuple(each.level for each in able),
        source=SOURCE_OF_CONCLUSIONS,
    )


def without(
    fit: Fit, levels: Sequence[str], *, dof: Sequence[float] | None = None
) -> WithoutSome | None:
    """The fit without some groups at once (the most influential ones); None where the rest cannot carry it."""
    places = [fit.grouping.levels.index(level) for level in levels]
    keep = ~np.isin(fit.grouping.codes, places)
    part = refit_rows(fit, keep)
    if part is None:
        return None
    beta, se = np.full(fit.p, np.nan), np.full(fit.p, np.nan)
    kept = [fit.design.names.index(name) for name in part.design.names]
    beta[kept], se[kept] = part.beta, np.sqrt(np.diag(part.vcov))
    full = np.sqrt(np.diag(fit.vcov))
    return WithoutSome(
        levels=tuple(levels),
        rows=int(keep.sum()),
        terms=fit.design.names,
        before=fit.beta,
        after=read_only(beta),
        se_before=read_only(full),
        se_after=read_only(se),
        flips=_flips(fit, (fit.beta, full), (beta, se), dof),
    )


def _deleted(
    fit: Fit, refits: Refits, j: int, i: int, one_step: Array, dof: Sequence[float] | None
) -> Deleted:
    beta, se = refits.beta[j], np.sqrt(np.diag(refits.vcov[j]))
    change, full = beta - fit.beta, np.sqrt(np.diag(fit.vcov))
    variance, old = np.diag(refits.Psi[j]), np.diag(fit.Psi)
    ratio = np.linalg.slogdet(refits.vcov[j])[1] - np.linalg.slogdet(fit.vcov)[1]
    return Deleted(
        level=fit.grouping.levels[i],
        rows=int(fit.grouping.sizes[i]),
        cook=float(change @ np.linalg.solve(fit.vcov, change)) / fit.p,
        one_step=float(one_step[i]),
        beta=read_only(beta.copy()),
        se=read_only(se),
        dfbetas=read_only(change / se),
        covariance_ratio=float(np.exp(ratio)),
        sigma_change=float((refits.sigma[j] / fit.sigma) ** 2 - 1.0),
        variance_changes=read_only(
            np.divide(variance, old, out=np.full(len(old), np.nan), where=old > 0) - 1.0
        ),
        flips=_flips(fit, (fit.beta, full), (beta, se), dof),
    )


def _flips(
    fit: Fit, before: tuple[Array, Array], after: tuple[Array, Array], dof: Sequence[float] | None
) -> tuple[str, ...]:
    """The coefficients whose 95% interval excludes zero before or after but not both, or on the other side."""
    reach = stdtrit(np.asarray(dof, float), 0.975) if dof is not None else 1.959963984540054
    sides = [np.sign(b) * (np.abs(b) > reach * se) for b, se in (before, after)]
    return tuple(
        name for name, old, new in zip(fit.design.names, *sides, strict=True) if old != new
    )


def _information(P: Projection) -> Array:
    """A_i = X_i'V_i⁻¹X_i of each group, (m, p, p), relative to sigma²."""
    products = P.W[:, :, None] * P.X[:, None, :]
    p = P.X.shape[1]
    return (P.sums @ products.reshape(P.n, p * p)).reshape(P.m, p, p)


def _distances(P: Projection, A: Array, score: Array) -> Array:
    """Δ'Φ⁻¹Δ/p of each group from its scores X_i'V_i⁻¹r_i (m, p, k) over sigma: (m, k)."""
    p = P.X.shape[1]
    left = np.eye(p) - P.Phi @ A
    change = np.linalg.pinv(left) @ (P.Phi @ score)
    return np.einsum("mpk,pr,mrk->mk", change, np.linalg.inv(P.Phi), change, optimize=True) / p


def _largest_expected(P: Projection) -> float:
    """The 99% point of the largest one-step distance where the model holds, by simulation of the scores.

    The scores are A_i^½z_i less A_iΦ times their sum, z_i standard normal.
    """
    A, p = _information(P), P.X.shape[1]
    values, vectors = np.linalg.eigh((A + np.swapaxes(A, 1, 2)) / 2.0)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    rng = np.random.default_rng(_SEED)
    largest = np.empty(_DRAWS)
    at_once = max(1, 1_000_000 // (P.m * p))
    for start in range(0, _DRAWS, at_once):
        k = min(at_once, _DRAWS - start)
        score = root @ rng.standard_normal((P.m, p, k))
        score -= A @ (P.Phi @ score.sum(axis=0))
        largest[start : start + k] = _distances(P, A, score).max(axis=0)
    return float(np.quantile(largest, 0.99))
