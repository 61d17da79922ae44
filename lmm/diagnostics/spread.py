"""Is the residual spread the same everywhere: along fitted values, time and covariates, and in every group?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from lmm.diagnostics.check import ALPHA, Check, judge, worst_of
from lmm.diagnostics.projection import Projection
from lmm.diagnostics.reference import clean_values
from lmm.numerics import Array

# Ratio of residual SDs: less is no matter; at 2, variances differ fourfold.
SMALLEST = 1.3
SERIOUS = 2.0

# Residuals count no further out than this: an outlier is another check's business.
_FURTHEST = 3.0

_SEED = 20_002

SOURCE = (
    "absolute residuals along a variable: Glejser 1969, J. Am. Stat. Assoc. 64:316, 1% shared among the variables "
    "by simulation; SDs 1.3 to 1, this project's convention; 2 to 1: Box 1954, Ann. Math. Stat. 25:290"
)
SOURCE_OF_GROUPS = (
    "overdispersion of group variances: Lin, Raz and Harlow 1997, Biometrics 53:910, 1% by simulation; "
    "SDs 1.3 to 1, this project's convention; 2 to 1: Box 1954, Ann. Math. Stat. 25:290"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadAlong:
    """``ratio`` of the residual SD at the high end of ``variable`` (its 90% point) to that at the low end (10%)."""

    variable: str
    ratio: float
    threshold: float
    p: float

    @property
    def size(self) -> float:
        """The ratio, the larger SD above."""
        return max(self.ratio, 1.0 / self.ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadOfGroups:
    """``ratio`` of the residual SD in a noisy group (one SD above the average log variance) to a quiet one's;
    ``spreads`` (m,) each group's root mean square studentised residual, ``widest`` groups' positions first.
    """

    ratio: float
    threshold: float
    p: float
    spreads: Array
    widest: np.ndarray


def spread_along(P: Projection, variables: Mapping[str, Array]) -> tuple[SpreadAlong, ...]:
    """The ratio along each of ``variables`` (n,) that is not constant."""
    kept = {name: np.asarray(x, float) for name, x in variables.items() if np.ptp(x) > 0}
    if not kept:
        return ()
    ends = [_weights(x) for x in kept.values()]
    scale = P.scale[:, None]

    def log_ratios(e: Array) -> Array:
        size = np.minimum(np.abs(e * scale), _FURTHEST)
        return np.stack([_log_ratio(low @ size, high @ size) for low, high in ends])

    clean = clean_values(P, log_ratios, seed=_SEED)
    seen = log_ratios(P.residual[:, None])[:, 0]
    middle, sd = clean.mean(axis=1), clean.std(axis=1, ddof=1)
    reach = -ndtri(ALPHA / len(kept) / 2.0)
    return tuple(
        SpreadAlong(
            variable=name,
            ratio=float(np.exp(seen[j] - middle[j])),
            threshold=max(SMALLEST, float(np.exp(reach * sd[j]))),
            p=float(2.0 * ndtr(-abs(seen[j] - middle[j]) / sd[j])),
        )
        for j, name in enumerate(kept)
    )


def spread_check(found: tuple[SpreadAlong, ...]) -> Check:
    """The ratio that is worst against its own threshold, both as logarithms."""
    return worst_of(
        found,
        id="spread",
        # rounded, so that of two that are the same the first is the worst on every machine
        excess=lambda spread: round(float(np.log(spread.size) / np.log(spread.threshold)), 9),
        thresholds=(SMALLEST, SERIOUS),
        source=SOURCE,
    )


def spread_of_groups(P: Projection) -> SpreadOfGroups:
    """How far the groups' residual variances differ by more than chance: the variance of their logs, by moments."""
    scale, sizes = P.scale[:, None], P.sums @ np.ones(P.n)

    def excess(e: Array) -> Array:
        square = np.minimum(np.abs(e * scale), _FURTHEST) ** 2
        away = P.sums @ (square / square.mean(axis=0) - 1.0)
        return np.sum(away**2, axis=0)[None] / np.sum(sizes**2)

    clean = clean_values(P, excess, seed=_SEED + 1)[0]
    # a sum of squares, near normal on this scale; rounding where the groups cannot but scatter alike
    logs = np.log(np.maximum(clean, np.finfo(float).eps))
    highest = float(np.exp(logs.mean() - ndtri(ALPHA) * logs.std(ddof=1)))
    seen, middle = float(excess(P.residual[:, None])[0, 0]), float(clean.mean())
    spreads = group_spreads(P, P.residual[:, None])[:, 0]
    return SpreadOfGroups(
        ratio=_of_moment(seen - middle),
        threshold=max(SMALLEST, _of_moment(highest - middle)),
        p=float((1 + np.sum(clean >= seen)) / (1 + len(clean))),
        spreads=spreads,
        widest=np.argsort(-spreads, kind="stable"),
    )


def group_spreads(P: Projection, e: Array) -> Array:
    """Each group's root mean square studentised residual, (m, k), of conditional residuals over sigma (n, k)."""
    return np.sqrt((P.sums @ (e * P.scale[:, None]) ** 2) / (P.sums @ np.ones((P.n, 1))))


def groups_spread_check(found: SpreadOfGroups, levels: tuple[str, ...]) -> Check:
    """The ratio between noisy and quiet groups; where: the ten with the widest residuals."""
    serious = max(SERIOUS, found.threshold)
    verdict = judge(found.ratio, found.threshold, serious)
    return Check(
        id="group-spread",
        statistic=found.ratio,
        threshold=found.threshold,
        serious=serious,
        verdict=verdict,
        where=() if verdict == "fine" else tuple(levels[i] for i in found.widest[:10]),
        source=SOURCE_OF_GROUPS,
    )


def _of_moment(excess: float) -> float:
    """From the squared coefficient of variation κ of lognormal variances, of log variance s² = log(1 + κ), to e^s."""
    return float(np.exp(np.sqrt(np.log1p(max(excess, 0.0)))))


def _weights(x: Array) -> tuple[Array, Array]:
    """The rows (n,) of the hat matrix of a line in x at its 10% and 90% points (at its ends where these agree)."""
    low, high = np.quantile(x, [0.1, 0.9])
    if low == high:
        low, high = x.min(), x.max()
    centred = x - x.mean()
    slope = centred / (centred @ centred)
    return tuple(1.0 / len(x) + (end - x.mean()) * slope for end in (low, high))  # type: ignore[return-value]


def _log_ratio(low: Array, high: Array) -> Array:
    """Of two fitted mean absolute residuals, neither taken below a twentieth of the other."""
    least = np.maximum(np.maximum(low, high), 1e-300) / 20.0
    return np.log(np.maximum(high, least)) - np.log(np.maximum(low, least))
