"""Newton's method for many replicates at once: those still moving go on, the boundary is judged in D.

The steps and their safeguards are those of ``lmm.model.optimizer``; what ends in doubt is left to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.batch.criterion import Points, evaluate
from lmm.model.batch.replicates import Replicates
from lmm.model.bounds import GRADIENT
from lmm.model.covariance import CovarianceTemplate
from lmm.model.descent import DECREMENT
from lmm.numerics import Array, packed_root

_SLACK = 1e-13  # relative rounding of the criterion
_LARGEST_STEP = 4.0
_SMALLEST_STEP = 1e-10
_TINY = 1e-6  # a variance, relative to sigma², in internal units


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where each replicate's search ended; ``proven`` (B,): gradient, Hessian and bounds say an optimum."""

    points: Points
    proven: np.ndarray


def settle(
    replicates: Replicates,
    template: CovarianceTemplate,
    starts: list[Array],
    *,
    everyone: bool,
    reml: bool,
) -> Ends:
    """The lowest end from the ``starts``, each a theta (k,) for all replicates.

    The starts after the first are for ``everyone``, or for those that the first led to the boundary: the
    criterion may have another minimum inside. An end that is not proven might have gone on, and lower:
    its replicate is not proven either.
    """
    best = _settle(replicates, template, starts[0], reml=reml)
    at_bound = (np.abs(best.points.T).sum(axis=1) == 0.0).any(axis=-1)
    again = np.flatnonzero(at_bound | everyone)
    for start in starts[1:] if again.size else []:
        other = _settle(replicates.take(again), template, start, reml=reml)
        before = best.points.value[again]
        lower = other.points.value < before - DECREMENT * (1.0 + np.abs(before))
        best.points.put(again[lower], other.points.take(np.flatnonzero(lower)))
        best.proven[again[~other.proven]] = False
    return best


def _settle(
    replicates: Replicates, template: CovarianceTemplate, start: Array, *, reml: bool
) -> Ends:
    everyone = np.arange(replicates.B)
    theta = np.repeat(np.asarray(start, float)[None], replicates.B, axis=0)
    points, settled = _descend(replicates, template, theta, index=everyone, reml=reml)
    rooted, near = _onto_the_bound(template, points.T)
    if near.size:
        there, there_settled = _descend(replicates, template, rooted, index=near, reml=reml)
        no_worse = np.flatnonzero(there.value <= points.value[near] + DECREMENT)
        points.put(near[no_worse], there.take(no_worse))
        settled[near[no_worse]] = there_settled[no_worse]
    proven = settled & _curved(points)
    for b in np.flatnonzero((np.abs(points.T).sum(axis=1) == 0.0).any(axis=-1)):
        proven[b] &= _no_way_off_the_bound(template, points.T[b], points.G[b])
    return Ends(points=points, proven=proven)


def _descend(
    replicates: Replicates,
    template: CovarianceTemplate,
    theta: Array,
    *,
    index: np.ndarray,
    reml: bool,
) -> tuple[Points, np.ndarray]:
    """The minimum below its theta (b, k) of each in the index, and whether its search ended where it is flat."""
    here = evaluate(replicates, template, theta, index=index, reml=reml)
    step, decrement = _newton_steps(here)
    settled = np.zeros(len(index), bool)
    moving = np.arange(len(index))
    for _ in range(150):
        last = decrement[moving] < DECREMENT
        trial = here.theta[moving] + step[moving]
        there = evaluate(replicates, template, trial, index=index[moving], reml=reml)
        slack = _SLACK * (1.0 + np.abs(here.value[moving]))
        slope = np.einsum("bk,bk->b", here.gradient[moving], step[moving])
        # asking for a real decrease: the mirror image -theta has the same criterion
        lower = there.value <= here.value[moving] + slack + np.where(last, 0.0, 1e-4 * slope)
        here.put(moving[lower], there.take(np.flatnonzero(lower)))
        settled[moving[last]] = True
        stuck = ~lower & (0.35 * np.abs(step[moving]).max(axis=1) < _SMALLEST_STEP)
        settled[moving[stuck]] = decrement[moving[stuck]] < 1e3 * slack[stuck]
        on = moving[lower & ~last]
        step[on], decrement[on] = _newton_steps(here.take(on))
        step[moving[~lower]] *= 0.35
        moving = moving[~(last | stuck)]
        if not moving.size:
            break
    return here, settled


def _newton_steps(here: Points) -> tuple[Array, Array]:
    """Steps (B, k) with |eigenvalues| and a trust radius, and the decrement predicted of each, (B,)."""
    values, vectors = np.linalg.eigh(here.hessian)
    sizes = np.abs(values)
    floor = 1e-8 * np.maximum(1.0, sizes.max(axis=1, keepdims=True))
    along = np.einsum("bik,bi->bk", vectors, here.gradient) / np.maximum(sizes, floor)
    step = -np.einsum("bik,bk->bi", vectors, along)
    # a zero column of T has no slope and is coupled to nothing: rounding may not fill it
    step = np.where(here.gradient == 0.0, 0.0, step)
    decrement = -0.5 * np.einsum("bk,bk->b", here.gradient, step)
    largest = np.maximum(_LARGEST_STEP, 0.5 * np.abs(here.theta).max(axis=1))
    size = np.maximum(np.abs(step).max(axis=1), 1e-300)
    return step * np.minimum(1.0, largest / size)[:, None], decrement


def _curved(points: Points) -> np.ndarray:
    """Whether the Hessian, on the entries of T that are free to move, is positive, (B,)."""
    free = points.gradient != 0.0
    both = free[:, :, None] & free[:, None, :]
    eye = np.eye(free.shape[1])
    values = np.linalg.eigvalsh(np.where(both, points.hessian, eye * ~free[:, :, None]))
    return values[:, 0] > 0.0


def _onto_the_bound(template: CovarianceTemplate, T: Array) -> tuple[Array, np.ndarray]:
    """Theta with the tiny variances of D set to zero, (c, k), and the replicates that have any, (c,)."""
    roots: dict[int, Array] = {}
    for block in template.slices:
        D = T[:, block, block] @ T[:, block, block].swapaxes(1, 2)
        values, vectors = np.linalg.eigh(D)
        for b in np.flatnonzero((values < _TINY).any(axis=1)):
            kept = values[b] >= _TINY
            root = roots.setdefault(int(b), T[b].copy())
            root[block, block] = packed_root(vectors[b][:, kept] * np.sqrt(values[b][kept]))
    near = np.array(sorted(roots), int)
    if not near.size:
        return np.empty((0, len(template.entries))), near
    return np.array([template.theta(roots[b]) for b in near]), near


def _no_way_off_the_bound(template: CovarianceTemplate, T: Array, G: Array) -> bool:
    """Whether no little variance, in any direction that has none, would lower the criterion."""
    for block in template.slices:
        D = T[block, block] @ T[block, block].T
        values, vectors = np.linalg.eigh(D)
        null = vectors[:, values <= 1e-12 * max(1.0, float(values[-1]))]
        slopes = np.linalg.eigvalsh(null.T @ G[block, block] @ null)
        if slopes.size and slopes[0] < -GRADIENT:
            return False
    return True
