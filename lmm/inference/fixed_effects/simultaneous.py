"""How far a band must reach so that a whole curve lies inside, and not each of its points on its own.

The reach c solves P(max |error| / sd <= c) = confidence, the errors jointly normal over an independent
chi. A straight line has two parameters: the law of c is then exact, an integral over the angle that its
rows sweep (Wynn and Bloomfield 1971, J. R. Stat. Soc. B 33:202); over all of the circle it is Scheffé's
√(2F). With more parameters directions are drawn and only the radius is exact.

Equation: docs/mathematics.md (29).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtr, chdtri, fdtr, fdtri

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.numerics import Array

_DRAWS = 20_000
_AT_A_TIME = 2_000_000  # numbers
_SAME = 1e-9
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """``value`` standard deviations to each side.

    ``method`` is ``pointwise`` where all rows have the same error, ``exact`` for a line, whatever lies
    between its rows, and ``simulated`` else, for the rows alone; ``error`` is then its Monte Carlo
    standard error in coverage.
    """

    value: float
    method: Literal["pointwise", "exact", "simulated"]
    error: float = 0.0


def reach(root: Array, *, dof: float, confidence: float = 0.95, seed: int = 1) -> Reach:
    """The reach for rows (k, r) in order, root root' the covariance of their errors, over chi on ``dof``.

    The covariance counts as known up to its scale: that of a *new* group's line, estimated from few groups, may be
    wrong in shape, and its band then holds fewer whole lines (benchmarks/PREDICTIONS.md: 83% with 10 groups, 94%
    with 50). Raises ``ModelError`` where no row has an error.
    """
    sizes = np.sqrt(np.einsum("kr,kr->k", root, root))
    moving = sizes > _SAME * sizes.max(initial=0.0)
    if not moving.any():
        raise ModelError(
            "the curve is known without error: there is no band",
            remedy="Draw the curve alone.",
        )
    _, values, axes = np.linalg.svd(root[moving], full_matrices=False)
    rank = int(np.sum(values > _SAME * values[0]))
    rows = root[moving] @ axes[:rank].T
    if rank == 1:
        return Reach(value=float(t_quantile(confidence, dof)), method="pointwise")
    if rank == 2:
        return Reach(
            value=reach_of_line(swept(rows), dof=dof, confidence=confidence), method="exact"
        )
    return _simulated(rows, dof=dof, confidence=confidence, seed=seed)


def swept(rows: Array) -> float:
    """The angle, at most pi, that a line through rows (k, 2) in order sweeps, its two directions alike."""
    angle = np.unwrap(np.arctan2(rows[:, 1], rows[:, 0]))
    return float(min(angle.max() - angle.min(), np.pi))


def reach_of_line(angle: float, *, dof: float, confidence: float = 0.95) -> float:
    """The reach for directions that fill an angle (0 to pi) of the plane: from t's quantile to Scheffé's."""

    def lacking(c: float) -> float:
        rest = (np.pi - angle) / 2.0
        away = rest * (_NODES + 1.0) / 2.0
        outside = (rest / 2.0) * float(_WEIGHTS @ _tail(c / np.cos(away), dof))
        missed = (angle * float(_tail(np.array(c), dof)) + 2.0 * outside) / np.pi
        return missed - (1.0 - confidence)

    low = float(t_quantile(confidence, dof))
    high = scheffe(2, dof=dof, confidence=confidence)
    # at its ends the angle gives the ends, up to rounding
    return float(brentq(lacking, low * (1.0 - 1e-9), high * (1.0 + 1e-9), xtol=1e-13))


def scheffe(rank: int, *, dof: float, confidence: float = 0.95) -> float:
    """√(r F): the reach for every combination of r parameters at once (Scheffé 1953, Biometrika 40:87)."""
    if np.isinf(dof):
        return float(np.sqrt(chdtri(rank, 1.0 - confidence)))
    return float(np.sqrt(rank * fdtri(rank, dof, confidence)))


def _tail(radius: Array, dof: float) -> Array:
    """P(|u| > radius) of a bivariate t."""
    if np.isinf(dof):
        return np.exp(-(radius**2) / 2.0)
    return np.exp(-dof / 2.0 * np.log1p(radius**2 / dof))


def _simulated(rows: Array, *, dof: float, confidence: float, seed: int) -> Reach:
    """The largest |row · direction| of drawn directions; given it, P(radius <= c / largest) is F's."""
    k, rank = rows.shape
    unit = rows / np.sqrt(np.einsum("kr,kr->k", rows, rows))[:, None]
    draws = np.random.default_rng(seed).standard_normal((_DRAWS, rank))
    draws /= np.sqrt(np.einsum("dr,dr->d", draws, draws))[:, None]
    step = max(1, _AT_A_TIME // k)
    largest = np.concatenate(
        [np.abs(draws[i : i + step] @ unit.T).max(axis=1) for i in range(0, _DRAWS, step)]
    )

    def covered(c: float) -> Array:
        squared = (c / largest) ** 2
        return chdtr(rank, squared) if np.isinf(dof) else fdtr(rank, dof, squared / rank)

    low = float(t_quantile(confidence, dof)) * (1.0 - 1e-9)
    high = scheffe(rank, dof=dof, confidence=confidence) * (1.0 + 1e-9)
    below = covered(low).mean() - confidence
    # a reach of chance below t's quantile is t's
    value = low if below >= 0.0 else brentq(lambda c: covered(c).mean() - confidence, low, high)
    return Reach(
        value=float(value),
        method="simulated",
        error=float(covered(float(value)).std() / np.sqrt(_DRAWS)),
    )
