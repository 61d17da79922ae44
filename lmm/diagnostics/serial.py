"""Do neighbouring measurements of a group still resemble each other? Autocorrelation, semivariogram, a score test.

Residuals of mixed models are correlated by their making, so each figure is set beside what clean data of the
same design give. Lags and semivariogram: Pinheiro and Bates 2000, section 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from lmm.diagnostics.check import ALPHA, Check, judge
from lmm.diagnostics.projection import Projection
from lmm.diagnostics.reference import beside_clean, clean_values
from lmm.numerics import Array

SMALLEST = 0.1
SERIOUS = 0.3
# Autocorrelations of so many lags are given, and pairs so far apart enter the semivariogram.
_LAGS = 10
_BINS = 10

_SEED = 20_003

SOURCE = (
    "score test of first-order autocorrelation: Lindsey 1999, Models for Repeated Measurements, section 4.3, with "
    "the efficient score's spread by simulation, 1%; a correlation of 0.1 or more, this project's convention"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialCorrelation:
    """``correlation``: one Fisher step from none to the errors' first-order autocorrelation, within ±1; ``z`` the
    score over its standard deviation and ``p`` two-sided; ``threshold`` what it takes to be noted.
    """

    correlation: float
    threshold: float
    z: float
    p: float
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """A figure over ``pairs`` of rows ``distance`` apart: ``value`` in the data, ``expected`` in clean data, where
    ``low`` to ``high`` holds 95% of all such figures at once.
    """

    distance: float
    pairs: int
    value: float
    expected: float
    low: float
    high: float


def serial_correlation(P: Projection, *, time: Array) -> SerialCorrelation | None:
    """Test of the errors' correlation with the group's previous row by ``time`` (n,); None without such pairs.

    The score for it is Σ e_j e_(j−1). What estimating the variances takes out of it is regressed out: by the
    variances' own scores, over clean data.
    """
    first, second = _neighbours(P, time, 1)
    if len(first) == 0:
        return None

    def scores(e: Array) -> Array:
        return np.stack([np.sum(e[first] * e[second], axis=0), *P.variance_scores(e)])

    clean = clean_values(P, scores, seed=_SEED)
    middle = clean.mean(axis=1)
    away = clean - middle[:, None]
    share = np.linalg.lstsq(away[1:].T, away[0])[0]
    left = away[0] - share @ away[1:]
    variance = float(left @ left) / (len(left) - 1 - len(share))
    seen = scores(P.residual[:, None])[:, 0] - middle
    score = float(seen[0] - share @ seen[1:])
    z = score / float(np.sqrt(variance))
    reach = -float(ndtri(ALPHA / 2.0))
    return SerialCorrelation(
        correlation=float(np.clip(score / variance, -1.0, 1.0)),
        threshold=min(1.0, max(SMALLEST, reach / float(np.sqrt(variance)))),
        z=z,
        p=float(2.0 * ndtr(-abs(z))),
        pairs=len(first),
    )


def serial_check(found: SerialCorrelation | None) -> Check:
    """The size of the neighbours' correlation."""
    if found is None:
        return Check(id="serial", statistic=None, threshold=SMALLEST, verdict="fine", source=SOURCE)
    serious = max(SERIOUS, found.threshold)
    size = abs(found.correlation)
    return Check(
        id="serial",
        statistic=size,
        threshold=found.threshold,
        serious=serious,
        verdict=judge(size, found.threshold, serious),
        source=SOURCE,
    )


def autocorrelation(P: Projection, *, time: Array) -> tuple[Resemblance, ...]:
    """Of the conditional residuals, by lag (in rows, from 1): the mean product of pairs over the mean square."""
    lags = []
    for lag in range(1, _LAGS + 1):
        first, second = _neighbours(P, time, lag)
        if len(first):
            lags.append((float(lag), first, second))

    def values(e: Array) -> Array:
        square = np.mean(e * e, axis=0)
        return np.stack([np.mean(e[a] * e[b], axis=0) / square for _, a, b in lags])

    return _beside_clean(P, values, [(lag, len(a)) for lag, a, _ in lags], seed=_SEED + 1)


def semivariogram(P: Projection, *, time: Array) -> tuple[Resemblance, ...]:
    """Half the mean squared difference of the conditional residuals over sigma, by distance in time.

    Distances are binned where there are more than ten; rows up to ten apart are paired.
    """
    pairs = [_neighbours(P, time, lag) for lag in range(1, _LAGS + 1)]
    first = np.concatenate([a for a, _ in pairs])
    second = np.concatenate([b for _, b in pairs])
    if len(first) == 0:
        return ()
    gap = np.abs(time[second] - time[first])
    places, middle = _binned(gap)
    counts = np.bincount(places)

    def values(e: Array) -> Array:
        half = 0.5 * (e[first] - e[second]) ** 2
        return np.stack([half[places == b].mean(axis=0) for b in range(len(counts))])

    return _beside_clean(P, values, list(zip(middle, counts, strict=True)), seed=_SEED + 2)


def _neighbours(P: Projection, time: Array, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and the rows ``lag`` places later in the same group, ordered by time; not those at one time."""
    order = np.lexsort((time, P.codes))
    first, second = order[:-lag], order[lag:]
    kept = (P.codes[first] == P.codes[second]) & (time[first] < time[second])
    return first[kept], second[kept]


def _binned(gap: Array) -> tuple[np.ndarray, list[float]]:
    """Each pair's bin, and the mean distance in every bin."""
    distinct, places = np.unique(gap, return_inverse=True)
    if len(distinct) > _BINS:
        edges = np.unique(np.quantile(gap, np.linspace(0, 1, _BINS + 1)[1:-1]))
        _, places = np.unique(np.searchsorted(edges, gap), return_inverse=True)
    means = np.bincount(places, weights=gap) / np.bincount(places)
    return places, [float(mean) for mean in means]


def _beside_clean(P: Projection, values, places, *, seed: int) -> tuple[Resemblance, ...]:
    if not places:
        return ()
    beside = beside_clean(P, values, seed=seed)
    return tuple(
        Resemblance(
            distance=distance,
            pairs=int(count),
            value=float(beside.value[j]),
            expected=float(beside.expected[j]),
            low=float(beside.low[j]),
            high=float(beside.high[j]),
        )
        for j, (distance, count) in enumerate(places)
    )
