"""The optimum of theta: where to set out from, the lowest of the descents, and the proof that it is one.

Equation: docs/mathematics.md (16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.bounds import way_off_the_bound, without_rounding
from lmm.model.search.descent import DECREMENT, Visits, hessian_by_differences, newton_step, settle
from lmm.model.search.objective import Evaluated, Objective
from lmm.model.search.points import Point
from lmm.model.search.scoring import inner_root, score
from lmm.numerics import Array

_STILL = 1e-9  # a move of theta that leaves its Hessian as it was
_SMALL = 0.02  # a standard deviation relative to sigma, in internal units, to set out from

E = TypeVar("E", bound=Evaluated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum(Generic[E]):
    """Where the search ended, in internal units, with the proof: gradient, Hessian, bound check.

    Where ``exact`` is false the Hessian is the search's own approximation (see ``hessian_in_theta``).
    """

    T: Array
    at: E
    gradient: Array
    hessian: Array
    exact: bool
    gradient_D: Array
    converged: bool
    singular_columns: tuple[int, ...]
    evaluations: int
    message: str = ""


def minimise(
    objective: Objective[E],
    template: CovarianceTemplate,
    *,
    start: Array | None = None,
    guess: Array | None = None,
) -> Optimum[E]:
    """The theta that minimises the criterion, from ``start`` or from a ``guess`` at D (default: I).

    With few groups the criterion can have several minima: without a ``start`` the search then also sets
    out near each axis of D and, where several blocks make it, from an end at zero variances beside them, and
    keeps the lowest end.
    """
    visit = Visits(objective, template)
    if start is None:
        starts = _starts(template, guess, few=objective.few)
        first = score(visit.theta(starts[0]), visit.root)
    else:
        starts = [np.asarray(start, float)]
        first = visit.theta(starts[0])
    here, settled = settle(first, visit)
    if guess is not None and not settled:
        starts.append(template.theta(np.eye(template.q)))
    for other in starts[1:]:
        here, settled = _lower_end((here, settled), visit.theta(other), visit)
    if start is None and objective.few and len(template.slices) > 1:
        for off in _off_the_bound(here, template):
            here, settled = _lower_end((here, settled), visit.theta(off), visit)
    if objective.sharpen:
        here = _sharpen(here, visit)
    T = template.standard(without_rounding(here.T, template))
    standard = here
    if here.template is not template or (T != here.T).any():
        standard = visit.root(T)
        if objective.sharpen:
            standard.hessian = visit.curvature(standard)
    zero = tuple(j for j in range(template.q) if standard.T[j, j] == 0.0)
    return Optimum(
        T=standard.T,
        at=standard.at,
        gradient=standard.gradient,
        hessian=standard.hessian,
        exact=objective.exact or objective.sharpen,
        gradient_D=standard.G,
        converged=settled and way_off_the_bound(standard) is None,
        singular_columns=zero,
        evaluations=visit.count,
        message="" if settled else "the search stopped before the criterion was flat",
    )


def stay(objective: Objective[E], template: CovarianceTemplate, theta: Array) -> Optimum[E]:
    """The criterion at a theta that is known, from a record, to be the optimum: nothing is searched."""
    T = template.factor(theta)
    here = Point(theta=theta, T=T, found=objective.derivatives(T), template=template)
    return Optimum(
        T=T,
        at=here.at,
        gradient=here.gradient,
        hessian=hessian_in_theta(objective, template, T) if objective.sharpen else here.hessian,
        exact=objective.exact or objective.sharpen,
        gradient_D=here.G,
        converged=True,
        singular_columns=tuple(j for j in range(template.q) if T[j, j] == 0.0),
        evaluations=1,
    )


def hessian_in_theta(objective: Objective[E], template: CovarianceTemplate, T: Array) -> Array:
    """The Hessian at T where the search had only an approximation."""

    def gradient(theta: Array) -> Array:
        at = template.factor(theta)
        return Point(theta=theta, T=at, found=objective.derivatives(at), template=template).gradient

    return hessian_by_differences(gradient, template.theta(T))


def _lower_end(
    end: tuple[Point[E], bool], other: Point[E], visit: Visits[E]
) -> tuple[Point[E], bool]:
    """The lower of an end of the search and of where it ends from another point; whether that settled."""
    there, settled = settle(other, visit)
    value = end[0].at.value
    return (there, settled) if there.at.value < value - DECREMENT * (1.0 + abs(value)) else end


def _off_the_bound(here: Point[E], template: CovarianceTemplate) -> list[Array]:
    """Thetas (k,) of an end at zero variances, each of them in turn as large as sigma² instead.

    Beside variances far above sigma² no other start may come near a second minimum.
    """
    T = template.standard(here.T)
    zero = np.flatnonzero(np.diag(T) == 0.0)
    return [template.theta(T + np.diag(np.eye(template.q)[j])) for j in zero]


def _sharpen(here: Point[E], visit: Visits[E]) -> Point[E]:
    """The optimum to rounding, with its Hessian by differences; zero columns of T stay exactly zero."""
    free = np.array([here.T[:, j].any() for _, j in here.template.entries])
    before = here.theta
    here.hessian = visit.curvature(here)
    for _ in range(3):
        step = np.where(free, newton_step(here)[0], 0.0)
        there = visit.step(here, step)
        there.hessian = here.hessian
        if not np.abs(there.gradient).max() < np.abs(here.gradient).max():
            break
        here = there
        if np.abs(step).max() < 1e-13 * max(1.0, float(np.abs(here.theta).max())):
            break
    if np.abs(here.theta - before).max() > _STILL:
        here.hessian = visit.curvature(here)
    return here


def _starts(template: CovarianceTemplate, guess: Array | None, *, few: bool) -> list[Array]:
    """The guess or equal variances; with few groups both and the other places of ``places_to_set_out``."""
    starts = [] if guess is None else [template.theta(inner_root(guess, template))]
    if few or not starts:
        starts += places_to_set_out(template, few=few)
    return starts


def places_to_set_out(template: CovarianceTemplate, *, few: bool) -> list[Array]:
    """Thetas (k,): equal variances; with few groups all variances small, and each large against the others' too.

    One variance alone can have two minima, one of them zero: about 1 in 1000 draws of 5 groups shows it.
    """
    sds = [np.ones(template.q)]
    if few:
        sds.append(np.full(template.q, _SMALL))
        sds += list(np.maximum(np.eye(template.q), _SMALL)) if template.q > 1 else []
    return [template.theta(np.diag(sd)) for sd in sds]
