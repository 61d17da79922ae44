"""Is a straight line enough? The bend that a quadratic and a cubic term would add, in residual SDs.

Judged along time and covariates, never along fitted values: shrinkage tilts those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.added import Added, added_columns, constant_within
from lmm.diagnostics.check import ALPHA, Check, worst_of
from lmm.diagnostics.projection import Projection
from lmm.numerics import Array, read_only

# A bend of less than this many residual SDs from trough to crest changes no answer, however certain it is.
SMALLEST = 0.4
SERIOUS = 1.0

SOURCE = (
    "added polynomial terms: Verbeke and Molenberghs 2000, section 6.2, F at 1% shared among the variables; "
    "at least 0.4 residual SD, this project's convention"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """Departure from the straight line along ``variable``: ``size`` from trough to crest over the middle 95% of its
    values, in SDs of what scatters at its level; ``threshold`` what it takes to be noted; ``x`` and ``curve``
    (k,) the fitted departure in the outcome's residual SDs at the variable's quantiles.
    """

    variable: str
    size: float
    threshold: float
    p: float
    x: Array
    curve: Array


def bends(P: Projection, variables: Mapping[str, Array]) -> tuple[Bend, ...]:
    """The bend along each of ``variables`` (n,) that has three values or more, and no curve in the model yet."""
    alpha = ALPHA / max(1, sum(len(np.unique(x)) > 2 for x in variables.values()))
    found = (_bend(P, name, np.asarray(x, float), alpha) for name, x in variables.items())
    return tuple(each for each in found if each is not None)


def linearity_check(found: tuple[Bend, ...]) -> Check:
    """The bend that is worst against its own threshold."""
    return worst_of(
        found,
        id="linearity",
        excess=lambda bend: bend.size / bend.threshold,
        thresholds=(SMALLEST, SERIOUS),
        source=SOURCE,
    )


def polynomial(x: Array) -> Array:
    """x² and x³ of x scaled to -1 … 1, (n, k): as many as the distinct values allow."""
    middle, reach = (x.max() + x.min()) / 2.0, (x.max() - x.min()) / 2.0
    scaled = (x - middle) / reach
    degrees = range(2, min(3, len(np.unique(x)) - 1) + 1)
    return np.column_stack([scaled**degree for degree in degrees])


def straightened(x: Array, curve: Array) -> Array:
    """What a straight line through the rows leaves of a curve."""
    line = np.column_stack([np.ones_like(x), x - x.mean()])
    return curve - line @ np.linalg.lstsq(line, curve)[0]


def _bend(P: Projection, name: str, x: Array, alpha: float) -> Bend | None:
    if len(np.unique(x)) < 3:
        return None
    A = polynomial(x)
    added = added_columns(P, A)
    if added is None:
        return None
    curve = straightened(x, A[:, added.kept] @ added.gamma)
    at = np.argsort(x, kind="stable")[_inner(len(x))]
    sd = _spread(P) if constant_within(P, x[:, None])[0] else 1.0
    size = float(np.ptp(curve[at])) / sd
    return Bend(
        variable=name,
        size=size,
        threshold=max(SMALLEST, _beyond_chance(size, added, alpha)),
        p=added.p,
        x=read_only(x[at]),
        curve=read_only(curve[at] / sd),
    )


def _inner(n: int) -> np.ndarray:
    """Up to 101 places among n sorted ones, from 2.5% to 97.5%."""
    return np.unique(np.round(np.linspace(0.025, 0.975, min(101, n)) * (n - 1)).astype(int))


def _beyond_chance(size: float, added: Added, alpha: float) -> float:
    """The size at which a bend of the same shape would just be beyond chance."""
    return size * float(np.sqrt(added.critical(alpha) / added.F)) if added.F > 0 else np.inf


def _spread(P: Projection) -> float:
    """SD over sigma of what scatters about the fixed part, averaged over rows."""
    own = P.Z @ P.T
    return float(np.sqrt(1.0 + np.mean(np.einsum("nq,nq->n", own, own))))
