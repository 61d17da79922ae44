"""How much rests on each group: what its deletion does to coefficients, variances and conclusions.

Demidenko and Stukel 2005, Stat. Med. 24:893; Nieuwenhuis, te Grotenhuis and Pelzer 2012, R J. 4(2):38.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.check import Check, judge
from lmm.diagnostics.conclusions import flips
from lmm.diagnostics.one_step import expected_changes, one_step_distances
from lmm.diagnostics.projection import projection
from lmm.model.batch import refit_without
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only

# Up to so many groups are all deleted exactly; of more, the so many first by the one-step distance.
_ALL = 300
_FIRST = 20

# Coefficients that move to the edge of their joint 50% region or so.
_SERIOUS = 1.0

SOURCE = (
    "Cook 1977, Technometrics 19:15 (beyond 1: serious); note: beyond the 99% point of the largest distance "
    "of clean data of this design"
)
SOURCE_OF_CONCLUSIONS = (
    "Nieuwenhuis, te Grotenhuis and Pelzer 2012, R J. 4(2):38: changed conclusions"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A group (``level``) deleted exactly. Changes are what the deletion adds: deleted less full.

    ``cook`` Δ'Φ⁻¹Δ/p; ``one_step`` the same with the variances held; ``dfbetas`` (p,) Δ_j over its standard
    error without the group, ``moves`` over that of the full fit; ``covariance_ratio`` |Φ without|/|Φ|;
    ``sigma_change`` and ``variance_changes`` (q,) relative changes of variances; ``flips`` the coefficients
    whose conclusion changes.
    """

    level: str
    rows: int
    cook: float
    one_step: float
    beta: Array
    se: Array
    dfbetas: Array
    moves: Array
    covariance_ratio: float
    sigma_change: float
    variance_changes: Array
    flips: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """``groups`` deleted exactly, by falling Cook's distance; ``one_step`` (m,) the ranking of them all;
    ``largest_expected`` the 99% point of the largest distance of clean data with the same design, and
    ``furthest_expected`` (p,) of the furthest that each of the ``terms`` moves, in standard errors.
    """

    terms: tuple[str, ...]
    groups: tuple[Deleted, ...]
    one_step: Array
    largest_expected: float
    furthest_expected: Array

    def hanging(self, group: Deleted) -> tuple[str, ...]:
        """The terms whose conclusion hangs on a group: it flips, and the estimate moves further than in clean data.

        Where zero is just inside an interval, or just outside, any deletion flips it: that is no one's doing. A
        whole standard error is always far, though with few groups clean data go as far: it is so all the same.
        """
        far = np.abs(group.moves) > np.minimum(self.furthest_expected, _SERIOUS)
        return tuple(
            term for term, f in zip(self.terms, far, strict=True) if f and term in group.flips
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The parameters of a fit without a group: ``beta`` (p,), ``vcov`` (p, p), ``Psi`` (q, q), ``sigma``."""

    beta: Array
    vcov: Array
    Psi: Array
    sigma: float


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
    groups: list[Deleted] = []
    if fit.factor.m > 2:  # without one of two groups there is no spread between groups left
        refits = refit_without(fit, [int(i) for i in order])
        groups = [
            deleted(
                fit,
                int(i),
                Without(
                    beta=refits.beta[j],
                    vcov=refits.vcov[j],
                    Psi=refits.Psi[j],
                    sigma=float(refits.sigma[j]),
                ),
                one_step=float(one_step[i]),
                dof=dof,
            )
            for j, i in enumerate(order)
            if np.isfinite(refits.beta[j]).all()
        ]
    return gathered(fit, groups, one_step=one_step, expected=expected_changes(P, fit.units.W_x))


def gathered(
    fit: Fit, groups: Sequence[Deleted], *, one_step: Array, expected: tuple[float, Array]
) -> Influence:
    """The deleted ``groups`` in order, beside what clean data let one expect: the largest and the furthest."""
    largest, furthest = expected
    return Influence(
        groups=tuple(sorted(groups, key=lambda each: -each.cook)),
        one_step=read_only(one_step),
        largest_expected=largest,
        furthest_expected=read_only(furthest),
        terms=fit.design.names,
    )


def influence_check(found: Influence) -> Check:
    """The largest Cook's distance against what the largest of clean data would be."""
    threshold = found.largest_expected
    serious = max(_SERIOUS, threshold)
    if not found.groups:
        return Check(
            id="influence", statistic=None, threshold=threshold, verdict="fine", source=SOURCE
        )
    largest = found.groups[0].cook
    return Check(
        id="influence",
        statistic=largest,
        threshold=threshold,
        serious=serious,
        verdict=judge(largest, threshold, serious),
        where=tuple(each.level for each in found.groups if each.cook > threshold),
        source=SOURCE,
    )


def conclusions_check(found: Influence) -> Check:
    """On how many groups a conclusion hangs: a coefficient's sign, or whether zero is excluded."""
    able = [each for each in found.groups if found.hanging(each)]
    return Check(
        id="conclusions",
        statistic=float(len(able)) if found.groups else None,
        threshold=0.0,
        verdict=judge(float(len(able)), 0.0),
        where=tuple(each.level for each in able),
        source=SOURCE_OF_CONCLUSIONS,
    )


def deleted(
    fit: Fit, i: int, without: Without, *, one_step: float, dof: Sequence[float] | None
) -> Deleted:
    """What the parameters without group ``i`` say beside those of the full fit."""
    beta, se = without.beta, np.sqrt(np.diag(without.vcov))
    change, full = beta - fit.beta, np.sqrt(np.diag(fit.vcov))
    variance, old = np.diag(without.Psi), np.diag(fit.Psi)
    ratio = np.linalg.slogdet(without.vcov)[1] - np.linalg.slogdet(fit.vcov)[1]
    return Deleted(
        level=fit.grouping.levels[i],
        rows=int(fit.grouping.sizes[i]),
        cook=float(change @ np.linalg.solve(fit.vcov, change)) / fit.p,
        one_step=one_step,
        beta=read_only(beta.copy()),
        se=read_only(se),
        dfbetas=read_only(change / se),
        moves=read_only(change / full),
        covariance_ratio=float(np.exp(ratio)),
        sigma_change=float((without.sigma / fit.sigma) ** 2 - 1.0),
        variance_changes=read_only(
            np.divide(variance, old, out=np.full(len(old), np.nan), where=old > 0) - 1.0
        ),
        flips=flips(fit.design.names, (fit.beta, full), (beta, se), dof=dof),
    )
