"""Newton's method on theta with exact derivatives, safeguarded; the boundary is judged in D.

At theta = 0 the derivative in theta vanishes by symmetry, so a zero variance is kept only where the
derivative in D says that a little variance would not help (Self and Liang 1987 for the one-sided view).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import Evaluation, evaluate, gradient_in_D, hessian_in_D
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array, packed_root

DECREMENT = 1e-10  # predicted error of the criterion at which the search stops
GRADIENT = 1e-6  # per unit of D in internal units: what counts as no slope at a bound
_SLACK = 1e-13  # relative rounding of the criterion
FEW_GROUPS = 12  # up to so many groups, look for other minima
_LARGEST_STEP = 4.0
_TINY = 1e-6  # a variance, relative to sigma², in internal units


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """Where the search ended, in internal units, with the proof: gradient, Hessian, bound check."""

    T: Array
    at: Evaluation
    gradient: Array
    hessian: Array
    gradient_D: Array
    converged: bool
    singular_columns: tuple[int, ...]
    evaluations: int
    message: str = ""


@dataclass(slots=True)
class _Point:
    theta: Array
    T: Array
    at: Evaluation
    G: Array
    gradient: Array
    hessian: Array


def minimise(
    statistics: GroupStatistics,
    template: CovarianceTemplate,
    *,
    reml: bool,
    start: Array | None = None,
) -> Optimum:
    """The theta that minimises the criterion, from ``start`` (default: D = I in internal units).

    With few groups and several random columns the criterion can have several minima: without a
    ``start`` the search then also sets out near each axis of D and keeps the lowest end.
    """
    dof = statistics.n - statistics.p if reml else statistics.n
    count = 0

    def point(theta: Array) -> _Point:
        nonlocal count
        count += 1
        T = template.factor(theta)
        at = evaluate(statistics, T, reml=reml)
        G = gradient_in_D(at, dof=dof, reml=reml)
        gradient, hessian = _in_theta(template, T, G, hessian_in_D(at, dof=dof, reml=reml))
        return _Point(theta, T, at, G, gradient, hessian)

    if start is None:
        first, *others = _starts(template, few=statistics.m <= FEW_GROUPS)
    else:
        first, others = np.asarray(start, float), []
    here, settled = _settle(first, template, point)
    for other in others:
        there, there_settled = _settle(other, template, point)
        if there.at.value < here.at.value - DECREMENT * (1.0 + abs(here.at.value)):
            here, settled = there, there_settled
    standard = point(template.theta(template.standard(here.T)))
    zero = tuple(j for j in range(template.q) if standard.T[j, j] == 0.0)
    return Optimum(
        T=standard.T,
        at=standard.at,
        gradient=standard.gradient,
        hessian=standard.hessian,
        gradient_D=standard.G,
        converged=settled and _way_off_the_bound(standard, template) is None,
        singular_columns=zero,
        evaluations=count,
        message="" if settled else "the search stopped before the criterion was flat",
    )


def _starts(template: CovarianceTemplate, *, few: bool) -> list[Array]:
    """Equal variances first; then, with few groups, each column's variance large against the others'."""
    axes = np.eye(template.q) if few and template.q > 1 else np.empty((0, template.q))
    return [template.theta(np.diag(sd)) for sd in [np.ones(template.q), *np.maximum(axes, 0.02)]]


def _settle(
    theta: Array, template: CovarianceTemplate, point: Callable[[Array], _Point]
) -> tuple[_Point, bool]:
    """The minimum below a start: down, onto the bound or off it, until there is no way down."""
    here, settled = _descend(point(theta), point)
    for _ in range(2 * template.q):
        here, settled = _onto_the_bound(here, settled, template, point)
        way = _way_off_the_bound(here, template)
        if way is None:
            break
        here, settled = _descend(point(way), point)
    return here, settled


def _descend(here: _Point, point: Callable[[Array], _Point]) -> tuple[_Point, bool]:
    for _ in range(100):
        step = _newton_step(here)
        decrement = -0.5 * float(here.gradient @ step)
        slack = _SLACK * (1.0 + abs(here.at.value))
        size = np.abs(step).max()
        if size > _LARGEST_STEP:
            step *= _LARGEST_STEP / size
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


def _newton_step(here: _Point) -> Array:
    values, vectors = np.linalg.eigh(here.hessian)
    floor = 1e-8 * max(1.0, float(np.abs(values).max()))
    return -vectors @ ((vectors.T @ here.gradient) / np.maximum(np.abs(values), floor))


def _in_theta(template: CovarianceTemplate, T: Array, G: Array, H: Array) -> tuple[Array, Array]:
    """Chain rule for D = TT': dD = dT T' + T dT', d²D = dT dT' + dT dT'."""
    entries = template.entries
    J = np.zeros((len(entries), *T.shape))
    for k, (i, j) in enumerate(entries):
        J[k, i, :] += T[:, j]
        J[k, :, i] += T[:, j]
    gradient = np.einsum("kab,ab->k", J, G)
    hessian = np.einsum("kab,abcd,lcd->kl", J, H, J)
    for k, (i, j) in enumerate(entries):
        for index, (a, b) in enumerate(entries):
            if j == b:
                hessian[k, index] += 2.0 * G[i, a]
    return gradient, 0.5 * (hessian + hessian.T)


def _onto_the_bound(
    here: _Point, settled: bool, template: CovarianceTemplate, point: Callable[[Array], _Point]
) -> tuple[_Point, bool]:
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


def _way_off_the_bound(here: _Point, template: CovarianceTemplate) -> Array | None:
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
