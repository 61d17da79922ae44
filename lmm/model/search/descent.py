"""One descent: Newton's method with exact derivatives, safeguarded, from a start to the minimum below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.bounds import way_off_the_bound, without_tiny_variances
from lmm.model.search.objective import Evaluated, Objective
from lmm.model.search.orientation import upright
from lmm.model.search.points import Point
from lmm.model.search.straight import straight_step
from lmm.numerics import Array

DECREMENT = 1e-10  # predicted error of the criterion at which one more step is the last
SLACK = 1e-13  # relative rounding of the criterion
LARGEST_STEP = 4.0
LEAP = 0.25  # of theta, in internal units, away from a saddle
SHORTER = 0.35  # the next try of a step that was too long
SHORTEST = 1e-10  # step that is tried
STEPS = 100  # of one descent; a handful is usual
_DIFFERENCE = 1e-4  # of theta, for a Hessian from differences of the exact gradient

E = TypeVar("E", bound=Evaluated)


class Visits(Generic[E]):
    """Evaluates the objective and counts how often."""

    def __init__(self, objective: Objective[E], template: CovarianceTemplate):
        self.objective, self.template = objective, template
        self.count = 0

    def theta(self, theta: Array, template: CovarianceTemplate | None = None) -> Point[E]:
        """The point at a theta, of the template in use or of another one."""
        self.count += 1
        template = template or self.template
        T = template.factor(theta)
        return Point(theta=theta, T=T, found=self.objective.derivatives(T), template=template)

    def root(self, T: Array) -> Point[E]:
        """The point at D = TT', T any root of it."""
        return self.theta(self.template.theta(self.template.standard(T)))

    def step(self, here: Point[E], step: Array) -> Point[E]:
        """The point a step away, in the same entries of T."""
        return self.theta(here.theta + step, here.template)

    def curvature(self, here: Point[E]) -> Array:
        """The Hessian in the theta of a point, by differences."""
        return hessian_by_differences(
            lambda near: self.theta(near, here.template).gradient, here.theta
        )


def hessian_by_differences(gradient: Callable[[Array], Array], theta: Array) -> Array:
    """The Hessian in theta (k, k) from central differences of the exact gradient: 2k evaluations."""
    hessian = np.empty((len(theta), len(theta)))
    for k, size in enumerate(_DIFFERENCE * np.maximum(np.abs(theta), 1.0)):
        step = np.eye(len(theta))[k] * size
        hessian[k] = (gradient(theta + step) - gradient(theta - step)) / (2.0 * size)
    return 0.5 * (hessian + hessian.T)


def settle(start: Point[E], visit: Visits[E]) -> tuple[Point[E], bool]:
    """The minimum below a start: down, onto the bound or off it, until there is no way down.

    Where a way off the bound gains next to nothing its end is kept: the bound would lead there for ever.
    """
    here, settled = _onto_the_bound(*_descend(start, visit), visit)
    while (way := way_off_the_bound(here)) is not None:
        off, off_settled = _descend(visit.root(way), visit)
        gain = here.at.value - off.at.value
        if gain < DECREMENT:
            return (off, off_settled) if gain > -DECREMENT else (here, False)
        here, settled = _onto_the_bound(off, off_settled, visit)
    return here, settled


def _descend(here: Point[E], visit: Visits[E]) -> tuple[Point[E], bool]:
    for _ in range(STEPS):
        here = upright(here)
        step, decrement = newton_step(here)
        slack = SLACK * (1.0 + abs(here.at.value))
        size = np.abs(step).max()
        largest = max(LARGEST_STEP, 0.5 * float(np.abs(here.theta).max()))
        if size > largest:
            step *= largest / size
        there = visit.step(here, step)
        if decrement < DECREMENT:
            return (there if there.at.value <= here.at.value + slack else here), True
        if not _lower(there, here, slack, gain=-float(here.gradient @ step)):
            there = _nearer(here, step, slack, visit, longest=largest)
            if there is None:
                return here, decrement < 1e3 * slack
        here = there
    return here, False


def _nearer(
    here: Point[E], step: Array, slack: float, visit: Visits[E], *, longest: float
) -> Point[E] | None:
    """A lower point where a whole step was too long: straight in the variances, or a part of the step."""
    straight = straight_step(here, longest=longest)
    if straight is not None:
        there = visit.theta(straight[0])
        if _lower(there, here, slack, gain=straight[1]):
            return there
    while np.abs(step := SHORTER * step).max() >= SHORTEST:
        there = visit.step(here, step)
        if _lower(there, here, slack, gain=-float(here.gradient @ step)):
            return there
    return None


def _lower(there: Point[E], here: Point[E], slack: float, *, gain: float) -> bool:
    """Whether a real decrease was made: the mirror image -theta has the same criterion."""
    return there.at.value <= here.at.value + slack - 1e-4 * gain


def newton_step(here: Point[E]) -> tuple[Array, float]:
    """The step (k,) and what it is predicted to gain where the criterion is convex.

    Along a negative curvature the step only tells downhill from uphill: it is as long as a leap at least.
    """
    values, vectors = np.linalg.eigh(here.hessian)
    sizes = np.abs(values)
    sizes = np.maximum(sizes, 1e-8 * max(1.0, float(sizes.max())))
    along = -(vectors.T @ here.gradient) / sizes
    decrement = 0.5 * float(sizes @ (along * along))
    if values[0] < 0.0 and decrement >= DECREMENT:
        short = (values < 0.0) & (np.abs(along) < LEAP)
        along = np.where(short, np.copysign(LEAP, along), along)
    # a zero column of T has no slope and is coupled to nothing: rounding may not fill it
    return np.where(here.gradient == 0.0, 0.0, vectors @ along), decrement


def _onto_the_bound(here: Point[E], settled: bool, visit: Visits[E]) -> tuple[Point[E], bool]:
    """Search on with the tiny variances of D set to zero, and stay there where that costs nothing."""
    T = without_tiny_variances(here.T, visit.template)
    if T is here.T:
        return here, settled
    there, there_settled = _descend(visit.root(T), visit)
    if there.at.value <= here.at.value + DECREMENT:
        return there, there_settled
    return here, settled
