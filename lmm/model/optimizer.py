"""Newton's method on theta with exact derivatives, safeguarded; the boundary is judged in D.

At theta = 0 the derivative in theta vanishes by symmetry, so a zero variance is kept only where the
derivative in D says that a little variance would not help (Self and Liang 1987 for the one-sided view).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.objective import Evaluated, Objective
from lmm.numerics import Array, packed_root

DECREMENT = 1e-10  # predicted error of the criterion at which the search stops
GRADIENT = 1e-6  # per unit of D in internal units: what counts as no slope at a bound
_SLACK = 1e-13  # relative rounding of the criterion
_LARGEST_STEP = 4.0
_TINY = 1e-6  # a variance, relative to sigma², in internal units
_SCORING_STEPS = 2
_DIFFERENCE = 1e-4  # of theta, for a Hessian from differences of the exact gradient

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


@dataclass(slots=True)
class _Point(Generic[E]):
    theta: Array
    T: Array
    at: E
    G: Array
    gradient: Array
    hessian: Array
    expected: Array | None


def minimise(
    objective: Objective[E], template: CovarianceTemplate, *, start: Array | None = None
) -> Optimum[E]:
    """The theta that minimises the criterion, from ``start`` (default: D = I in internal units).

    With few groups and several random columns the criterion can have several minima: without a
    ``start`` the search then also sets out near each axis of D and keeps the lowest end.
    """
    count = 0

    def point(theta: Array) -> _Point[E]:
        nonlocal count
        count += 1
        T = template.factor(theta)
        found = objective.derivatives(T)
        gradient, hessian = _in_theta(template, T, found.gradient, found.curvature)
        return _Point(theta, T, found.at, found.gradient, gradient, hessian, found.expected)

    if start is None:
        first, *others = (point(theta) for theta in _starts(template, few=objective.few))
        first = _score(first, template, point)
    else:
        first, others = point(np.asarray(start, float)), []
    here, settled = _settle(first, template, point)
    for other in others:
        there, there_settled = _settle(other, template, point)
        if there.at.value < here.at.value - DECREMENT * (1.0 + abs(here.at.value)):
            here, settled = there, there_settled
    T = template.standard(here.T)
    standard = here if (T == here.T).all() else point(template.theta(T))
    if objective.sharpen:
        standard = _sharpen(standard, template, point)
    zero = tuple(j for j in range(template.q) if standard.T[j, j] == 0.0)
    return Optimum(
        T=standard.T,
        at=standard.at,
        gradient=standard.gradient,
        hessian=standard.hessian,
        exact=objective.exact or objective.sharpen,
        gradient_D=standard.G,
        converged=settled and _way_off_the_bound(standard, template) is None,
        singular_columns=zero,
        evaluations=count,
        message="" if settled else "the search stopped before the criterion was flat",
    )


def hessian_by_differences(gradient: Callable[[Array], Array], theta: Array) -> Array:
    """The Hessian in theta (k, k) from central differences of the exact gradient: 2k evaluations."""
    hessian = np.empty((len(theta), len(theta)))
    for k, size in enumerate(_DIFFERENCE * np.maximum(np.abs(theta), 1.0)):
        step = np.eye(len(theta))[k] * size
        hessian[k] = (gradient(theta + step) - gradient(theta - step)) / (2.0 * size)
    return 0.5 * (hessian + hessian.T)


def hessian_in_theta(objective: Objective[E], template: CovarianceTemplate, T: Array) -> Array:
    """The Hessian at T where the search had only an approximation."""

    def gradient(theta: Array) -> Array:
        at = template.factor(theta)
        found = objective.derivatives(at)
        return _in_theta(template, at, found.gradient, found.curvature)[0]

    return hessian_by_differences(gradient, template.theta(T))


def _sharpen(
    here: _Point[E], template: CovarianceTemplate, point: Callable[[Array], _Point[E]]
) -> _Point[E]:
    """The optimum to rounding, with its Hessian by differences; zero columns of T stay exactly zero."""
    free = np.array([here.T[:, j].any() for _, j in template.entries])
    here.hessian = hessian_by_differences(lambda theta: point(theta).gradient, here.theta)
    for _ in range(3):
        step = np.where(free, _newton_step(here), 0.0)
        there = point(here.theta + step)
        there.hessian = here.hessian
        if not np.abs(there.gradient).max() < np.abs(here.gradient).max():
            break
        here = there
        if np.abs(step).max() < 1e-13 * max(1.0, float(np.abs(here.theta).max())):
            break
    return here


def _starts(template: CovarianceTemplate, *, few: bool) -> list[Array]:
    """Equal variances first; then, with few groups, each column's variance large against the others'."""
    axes = np.eye(template.q) if few and template.q > 1 else np.empty((0, template.q))
    return [template.theta(np.diag(sd)) for sd in [np.ones(template.q), *np.maximum(axes, 0.02)]]


def _score(
    here: _Point[E], template: CovarianceTemplate, point: Callable[[Array], _Point[E]]
) -> _Point[E]:
    """A few steps of Fisher scoring in D while they go down: from afar they come near at once."""
    for _ in range(_SCORING_STEPS):
        if here.expected is None:
            break
        q, changes = template.q, template.changes.reshape(-1, template.q**2)
        values, vectors = np.linalg.eigh(changes @ here.expected.reshape(q * q, q * q) @ changes.T)
        along = vectors.T @ (changes @ here.G.ravel())
        step = vectors @ (along / np.maximum(values, 1e-8 * max(values[-1], 1e-300)))
        D = here.T @ here.T.T - (step @ changes).reshape(q, q)
        there = point(template.theta(_inner_root(D, template)))
        if not there.at.value < here.at.value:
            break
        here = there
    return here


def _inner_root(D: Array, template: CovarianceTemplate) -> Array:
    """A root of D where it is positive definite, else of what lies near it, inside the bound."""
    T = np.zeros_like(D)
    for block in template.slices:
        values, vectors = np.linalg.eigh(D[block, block])
        values = np.maximum(values, max(1e-4, 1e-3 * float(values[-1])))
        T[block, block] = np.linalg.cholesky(vectors * values @ vectors.T)
    return T


def _settle(
    start: _Point[E], template: CovarianceTemplate, point: Callable[[Array], _Point[E]]
) -> tuple[_Point[E], bool]:
    """The minimum below a start: down, onto the bound or off it, until there is no way down."""
    here, settled = _descend(start, point)
    for _ in range(2 * template.q):
        here, settled = _onto_the_bound(here, settled, template, point)
        way = _way_off_the_bound(here, template)
        if way is None:
            break
        here, settled = _descend(point(way), point)
    return here, settled


def _descend(here: _Point[E], point: Callable[[Array], _Point[E]]) -> tuple[_Point[E], bool]:
    for _ in range(100):
        step = _newton_step(here)
        decrement = -0.5 * float(here.gradient @ step)
        slack = _SLACK * (1.0 + abs(here.at.value))
        size = np.abs(step).max()
        largest = max(_LARGEST_STEP, 0.5 * float(np.abs(here.theta).max()))
        if size > largest:
            step *= largest / size
        if decrement < DECREMENT:
            last = point(here.theta + step)
            return (last if last.at.value <= here.at.value + slack else here), True
        there = point(here.theta + step)
        # asking for a real decrease: the mirror image -theta has the same criterion
        while not there.at.value <= here.at.value + slack + 1e-4 * float(here.gradient @ step):
            step *= 0.35
            if np.abs(step).max() < 1e-10:
                return here, decrement < 1e3 * slack
            there = point(here.theta + step)
        here = there
    return here, False


def _newton_step(here: _Point[E]) -> Array:
    values, vectors = np.linalg.eigh(here.hessian)
    floor = 1e-8 * max(1.0, float(np.abs(values).max()))
    step = -vectors @ ((vectors.T @ here.gradient) / np.maximum(np.abs(values), floor))
    # a zero column of T has no slope and is coupled to nothing: rounding may not fill it
    return np.where(here.gradient == 0.0, 0.0, step)


def _in_theta(template: CovarianceTemplate, T: Array, G: Array, H: Array) -> tuple[Array, Array]:
    """Chain rule for D = TT': dD = dT T' + T dT', d²D = dT dT' + dT dT'."""
    rows, columns = template.places
    each = np.arange(len(rows))
    J = np.zeros((len(rows), *T.shape))
    J[each, rows] = T[:, columns].T
    J[each, :, rows] += T[:, columns].T
    J = J.reshape(len(rows), -1)
    gradient = J @ G.ravel()
    hessian = J @ H.reshape(G.size, G.size) @ J.T
    hessian += 2.0 * template.same_column * G[rows[:, None], rows]
    return gradient, 0.5 * (hessian + hessian.T)


def _onto_the_bound(
    here: _Point[E],
    settled: bool,
    template: CovarianceTemplate,
    point: Callable[[Array], _Point[E]],
) -> tuple[_Point[E], bool]:
    """Search on with the tiny variances of D set to zero, and stay there where that costs nothing.

    Tiny is judged along the axes of D, and the zero columns of T come last: near [[0, 0], [a, b]] theta
    is all but undetermined, and at [[0, 0], [0, a]] no derivative sees the way to [[c, 0], [a, 0]].
    """
    T = here.T.copy()
    for block in template.slices:
        values, vectors = np.linalg.eigh(T[block, block] @ T[block, block].T)
        kept = values >= _TINY
        if not kept.all():
            T[block, block] = packed_root(vectors[:, kept] * np.sqrt(values[kept]))
    if (here.T == T).all():
        return here, settled
    there, there_settled = _descend(point(template.theta(T)), point)
    if there.at.value <= here.at.value + DECREMENT:
        return there, there_settled
    return here, settled


def _way_off_the_bound(here: _Point[E], template: CovarianceTemplate) -> Array | None:
    """A start with a little variance in the direction that lowers the criterion most, if any does."""
    T = template.standard(here.T)
    for block in template.slices:
        root, G = T[block, block], here.G[block, block]
        empty = [j for j in range(root.shape[0]) if root[j, j] == 0.0]
        if not empty:
            continue
        values, vectors = np.linalg.eigh(root @ root.T)
        null = vectors[:, values <= 1e-12 * max(1.0, float(values.max()))]
        slopes, ways = np.linalg.eigh(null.T @ G @ null)
        if slopes.size and slopes[0] < -GRADIENT:
            T[block, block] = np.linalg.cholesky(
                root @ root.T
                + 0.01 * np.outer(null @ ways[:, 0], null @ ways[:, 0])
                + 1e-12 * np.eye(root.shape[0])
            )
            return template.theta(T)
    return None
