"""The optimum of each of many replicates: the lowest of the descents from several starts, and what proves it.

The moves are those of ``lmm.model.search.descent.settle``; what ends in doubt is left to the search of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmm.model.batch.bounds import ways_off_the_bound, without_tiny_variances, zero_columns
from lmm.model.batch.criterion import evaluate
from lmm.model.batch.descent import Visit, curved, descend
from lmm.model.batch.points import Points
from lmm.model.batch.replicates import Replicates
from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.descent import DECREMENT
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where each replicate's search ended; ``proven`` (B,): gradient, Hessian and bounds say an optimum."""

    points: Points
    proven: np.ndarray


def settle(
    replicates: Replicates,
    template: CovarianceTemplate,
    starts: Sequence[Array],
    *,
    everyone: bool,
    reml: bool,
) -> Ends:
    """The lowest end from the ``starts``, each a T (q, q) for all replicates.

    The starts after the first are for ``everyone``, or for those that the first led to the boundary: the
    criterion may have another minimum inside. An end that is not proven might have gone on, and lower:
    its replicate is not proven either.
    """
    best = _settle(replicates, template, starts[0], reml=reml)
    again = np.flatnonzero(zero_columns(best.points.T).any(axis=1) | everyone)
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
    """Down, onto the bound or off it, until there is no way down."""

    def visit(T: Array, index: np.ndarray) -> Points:
        return evaluate(replicates, T, index=index, reml=reml)

    T = np.repeat(start[None], replicates.B, axis=0)
    points, settled = descend(template, T, np.arange(replicates.B), visit)
    for _ in range(2 * template.q):
        _onto_the_bound(template, points, settled, visit)
        T, off = ways_off_the_bound(template, points)
        if not off.size:
            break
        there, settled[off] = descend(template, T, off, visit)
        points.put(off, there)
    proven = settled & curved(template, points)
    proven[ways_off_the_bound(template, points)[1]] = False
    return Ends(points=points, proven=proven)


def _onto_the_bound(
    template: CovarianceTemplate, points: Points, settled: np.ndarray, visit: Visit
) -> None:
    """Search on with the tiny variances of D set to zero, and stay there where that costs nothing."""
    T, near = without_tiny_variances(template, points.T)
    if not near.size:
        return
    there, there_settled = descend(template, T, near, visit)
    no_worse = np.flatnonzero(there.value <= points.value[near] + DECREMENT)
    points.put(near[no_worse], there.take(no_worse))
    settled[near[no_worse]] = there_settled[no_worse]
