"""Newton's method for many replicates at once: those still moving go on.

The steps and their safeguards are those of ``lmm.model.search.descent``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lmm.model.batch.orientation import upright
from lmm.model.batch.points import Points, factors, in_theta
from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.descent import DECREMENT, LARGEST_STEP, LEAP, SHORTER, SHORTEST, SLACK
from lmm.numerics import Array

# The replicates of an index (b,) at their T (b, q, q).
Visit = Callable[[Array, np.ndarray], Points]

_ROUNDS = 150


def descend(
    template: CovarianceTemplate, T: Array, index: np.ndarray, visit: Visit
) -> tuple[Points, np.ndarray]:
    """The minimum below its T (b, q, q) of each in the index, and whether its search ended where it is flat."""
    order = np.broadcast_to(np.arange(template.q), (len(index), template.q)).copy()
    here = visit(T, index)
    here.T, order = upright(template, here.T, order)
    step, decrement, gain = _newton_steps(template, here, order)
    settled = np.zeros(len(index), bool)
    moving = np.arange(len(index))
    for _ in range(_ROUNDS):
        last = decrement[moving] < DECREMENT
        there = visit(here.T[moving] + step[moving], index[moving])
        before = here.value[moving]
        slack = SLACK * (1.0 + np.abs(before))
        # asking for a real decrease: the mirror image -theta has the same criterion
        lower = there.value <= before + slack - np.where(last, 0.0, 1e-4 * gain[moving])
        here.put(moving[lower], there.take(np.flatnonzero(lower)))
        settled[moving[last]] = True
        size = SHORTER * np.abs(step[moving]).max(axis=(1, 2))
        stuck = ~lower & ~last & (size < SHORTEST)
        settled[moving[stuck]] = decrement[moving[stuck]] < 1e3 * slack[stuck]
        on, again = moving[lower & ~last], moving[~lower]
        at = here.take(on)
        at.T, order[on] = upright(template, at.T, order[on])
        here.T[on] = at.T
        step[on], decrement[on], gain[on] = _newton_steps(template, at, order[on])
        step[again] *= SHORTER
        gain[again] *= SHORTER
        moving = moving[~(last | stuck)]
        if not moving.size:
            break
    return here, settled


def curved(template: CovarianceTemplate, points: Points) -> np.ndarray:
    """Whether the Hessian, on the entries of T that are free to move, is positive, (B,)."""
    order = np.broadcast_to(np.arange(template.q), (len(points.T), template.q))
    at = points.take(np.arange(len(order)))
    at.T, order = upright(template, at.T, order)
    gradient, hessian = in_theta(template, at, order)
    free = gradient != 0.0
    both = free[:, :, None] & free[:, None, :]
    eye = np.eye(free.shape[1])
    values = np.linalg.eigvalsh(np.where(both, hessian, eye * ~free[:, :, None]))
    return values[:, 0] > 0.0


def _newton_steps(
    template: CovarianceTemplate, here: Points, order: np.ndarray
) -> tuple[Array, Array, Array]:
    """Steps of T (B, q, q), none too long; of each (B,) the decrement, and its gain predicted to first order."""
    gradient, hessian = in_theta(template, here, order)
    values, vectors = np.linalg.eigh(hessian)
    sizes = np.abs(values)
    sizes = np.maximum(sizes, 1e-8 * np.maximum(1.0, sizes.max(axis=1, keepdims=True)))
    along = -np.einsum("bik,bi->bk", vectors, gradient) / sizes
    decrement = 0.5 * np.einsum("bk,bk->b", sizes, along * along)
    short = (values < 0.0) & (np.abs(along) < LEAP) & (decrement >= DECREMENT)[:, None]
    along = np.where(short, np.copysign(LEAP, along), along)
    # a zero column of T has no slope and is coupled to nothing: rounding may not fill it
    step = np.where(gradient == 0.0, 0.0, np.einsum("bik,bk->bi", vectors, along))
    size = np.maximum(np.abs(step).max(axis=1), 1e-300)
    largest = np.maximum(LARGEST_STEP, 0.5 * np.abs(here.T).max(axis=(1, 2)))
    step *= np.minimum(1.0, largest / size)[:, None]
    return factors(template, step, order), decrement, -np.einsum("bk,bk->b", gradient, step)
