"""Are residuals and random effects normal? Skewness and tails as sizes, and normal plots.

All is held against clean data of the same design: shrinkage makes BLUPs look more normal than effects are
(Lange and Ryan 1989, Ann. Stat. 17:624).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from lmm.diagnostics.check import ALPHA, Check, judge
from lmm.diagnostics.normal_plot import BAND, NormalPlot, drawn_places, normal_plot, pointwise_p
from lmm.diagnostics.projection import Projection
from lmm.diagnostics.reference import clean_values
from lmm.diagnostics.residuals import blup_covariance, level_two
from lmm.model.fit import Fit
from lmm.numerics import Array

# Skewness: moderate and high. Excess kurtosis: a t distribution of 10 degrees of freedom, and of 6.
SKEWNESS = (0.5, 1.0)
TAILS = (1.0, 3.0)

# Fewer than this have no shape.
_FEWEST = 8

_SEED = 20_004

SOURCE_OF_SKEWNESS = "0.5 moderate, 1 high: Bulmer 1979, Principles of Statistics, section 4; 1% shared, by simulation"
SOURCE_OF_TAILS = (
    "excess kurtosis 1 and 3, of t distributions with 10 and 6 degrees of freedom, this project's convention; "
    "1% shared, by simulation"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The distribution of one ``name``: residuals, or a random effect's standardised BLUPs.

    ``skewness_threshold`` and ``kurtosis_threshold`` what it takes to be noted; of the ``points`` drawn
    ``outside`` lie beyond the plot's band; ``beyond_three`` of all ``n`` beyond 3 SDs.
    """

    name: str
    n: int
    skewness: float
    skewness_threshold: float
    kurtosis: float
    kurtosis_threshold: float
    outside: int
    points: int
    beyond_three: int
    plot: NormalPlot


def residual_shape(P: Projection) -> Shape:
    """Of the studentised conditional residuals."""
    scale, spread = P.scale[:, None], P.scale > 0
    (found,) = _shapes(("residuals",), P, lambda e: (e * scale)[spread][None], seed=_SEED)
    return found


def effect_shapes(fit: Fit, P: Projection) -> tuple[Shape, ...]:
    """Of each random effect that has variance: BLUPs over the square root of their own variance."""
    standardised = level_two(fit, P)
    variance = np.einsum("mkk->mk", blup_covariance(fit, P)) / fit.sigma**2
    factor = fit.factor
    T = factor.own(P.T)
    W, Z = factor.own(fit.units.W_z) @ T @ T.T, P.Z[:, factor.columns]
    told = standardised != 0.0
    columns = [k for k in range(told.shape[1]) if told[:, k].sum() >= _FEWEST]
    groups = told[:, columns].all(axis=1) if columns else np.zeros(P.m, bool)
    if groups.sum() < _FEWEST:
        return ()

    def effects(e: Array) -> Array:
        scores = np.stack([P.sums @ (Z[:, [a]] * e) for a in range(Z.shape[1])])
        b = np.einsum("ka,amd->kmd", W[columns], scores)
        return b[:, groups] / np.sqrt(variance[groups][:, columns].T)[:, :, None]

    names = tuple(fit.random_names[factor.columns[k]] for k in columns)
    return _shapes(names, P, effects, seed=_SEED + 1)


def skewness_check(id: str, found: tuple[Shape, ...]) -> Check:
    """The skewness that is worst against its threshold."""
    sizes = [(abs(each.skewness), each.skewness_threshold, each.name) for each in found]
    return _worst(id, sizes, SKEWNESS, SOURCE_OF_SKEWNESS)


def tails_check(id: str, found: tuple[Shape, ...]) -> Check:
    """The excess kurtosis that is worst against its threshold; light tails harm nothing."""
    sizes = [(each.kurtosis, each.kurtosis_threshold, each.name) for each in found]
    return _worst(id, sizes, TAILS, SOURCE_OF_TAILS)


def _worst(
    id: str, sizes: list[tuple[float, float, str]], limits: tuple[float, float], source: str
) -> Check:
    if not sizes:
        return Check(id=id, statistic=None, threshold=limits[0], verdict="fine", source=source)
    ranked = sorted(sizes, key=lambda each: each[0] / each[1], reverse=True)
    size, threshold, _ = ranked[0]
    serious = max(limits[1], threshold)
    return Check(
        id=id,
        statistic=size,
        threshold=threshold,
        serious=serious,
        verdict=judge(size, threshold, serious),
        where=tuple(name for size, threshold, name in ranked if size > threshold),
        source=source,
    )


def _shapes(names: tuple[str, ...], P: Projection, of, *, seed: int) -> tuple[Shape, ...]:
    """``of`` maps conditional residuals over sigma (n, k) to the values judged, (names, values, k)."""
    seen = of(P.residual[:, None])[:, :, 0]
    n = seen.shape[1]
    places = drawn_places(n)

    def statistics(e: Array) -> Array:
        values = of(e)
        in_order = np.sort(values, axis=1)[:, places]
        p = pointwise_p(in_order, places, n).min(axis=1)
        return np.concatenate([_skewness(values), _kurtosis(values), p])

    clean = clean_values(P, statistics, seed=seed)
    skewed, tailed, level = np.split(clean, 3)
    share = ALPHA / len(names)
    return tuple(
        _shape(
            name,
            np.sort(seen[j]),
            places,
            skewness_threshold=max(SKEWNESS[0], float(-ndtri(share / 2.0) * skewed[j].std())),
            kurtosis_threshold=max(TAILS[0], _upper_kurtosis(tailed[j], share)),
            level=float(np.quantile(level[j], 1.0 - BAND)),
        )
        for j, name in enumerate(names)
    )


def _shape(
    name: str,
    in_order: Array,
    places: np.ndarray,
    *,
    skewness_threshold: float,
    kurtosis_threshold: float,
    level: float,
) -> Shape:
    plot = normal_plot(in_order, places, level=level)
    return Shape(
        name=name,
        n=len(in_order),
        skewness=float(_skewness(in_order[None, :, None])[0, 0]),
        skewness_threshold=skewness_threshold,
        kurtosis=float(_kurtosis(in_order[None, :, None])[0, 0]),
        kurtosis_threshold=kurtosis_threshold,
        outside=int(np.sum((plot.value < plot.low) | (plot.value > plot.high))),
        points=len(places),
        beyond_three=int(np.sum(np.abs(in_order) > 3.0)),
        plot=plot,
    )


def _upper_kurtosis(clean: Array, share: float) -> float:
    """What clean data exceed with probability ``share``: the log of the fourth moment is nearly normal."""
    logs = np.log(clean + 3.0)
    return float(np.exp(logs.mean() - ndtri(share) * logs.std(ddof=1)) - 3.0)


def _skewness(values: Array) -> Array:
    away = values - values.mean(axis=1, keepdims=True)
    square = away * away
    return np.mean(square * away, axis=1) / np.mean(square, axis=1) ** 1.5


def _kurtosis(values: Array) -> Array:
    away = values - values.mean(axis=1, keepdims=True)
    square = away * away
    return np.mean(square * square, axis=1) / np.mean(square, axis=1) ** 2 - 3.0
