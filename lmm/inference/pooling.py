"""Each group on its own, and as the model sees it: raw and shrunk estimates, paired by the group's label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledLevel:
    """A group's own level (its stratified intercept) and its shrunk one (random intercept).

    ``kept`` is the weight r/(r + σ²/τ²) of the group's own data, ``pulled`` = 1 − kept the share of the
    way to the average; both depend on no origin of y. ``se`` belongs to the own level.
    """

    level: str
    measurements: int
    own: float
    own_se: float
    shared: float
    kept: float
    pulled: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledLine:
    """A group's own least-squares line, where its rows allow one, and its line in the random-slope model."""

    level: str
    own_level: float | None
    own_slope: float | None
    shared_level: float
    shared_slope: float
    shared_slope_se: float


def pooled_levels(stratified: OrdinaryFit, random_intercept: Fit) -> tuple[PooledLevel, ...]:
    """Raw and shrunk levels, paired by label; levels are where every other column is zero."""
    assert stratified.grouping is not None and stratified.intercepts is not None
    assert stratified.intercept_se is not None
    place = {level: i for i, level in enumerate(random_intercept.grouping.levels)}
    average = _intercept(random_intercept)
    ratio = float(random_intercept.T[0, 0]) ** 2
    rows = []
    for i, level in enumerate(stratified.grouping.levels):
        size = int(stratified.grouping.sizes[i])
        kept = size * ratio / (1.0 + size * ratio)
        rows.append(
            PooledLevel(
                level=level,
                measurements=size,
                own=float(stratified.intercepts[i]),
                own_se=float(stratified.intercept_se[i]),
                shared=average + float(random_intercept.b[place[level], 0]),
                kept=kept,
                pulled=1.0 - kept,
            )
        )
    return tuple(rows)


def pooled_lines(random_slope: Fit, *, slope: str, se: np.ndarray) -> tuple[PooledLine, ...]:
    """Own and shrunk lines of each group; ``se`` (m,) the conditional SD of the slope's BLUP.

    The own line is least squares of the group's y, less the other fixed terms, on (1, slope column).
    """
    names = random_slope.design.names
    at_level, at_slope = names.index("Intercept"), names.index(slope)
    k_level, k_slope = (
        random_slope.random_names.index("Intercept"),
        random_slope.random_names.index(slope),
    )
    own = _own_lines(random_slope, at_slope)
    return tuple(
        PooledLine(
            level=level,
            own_level=None if np.isnan(own[i, 1]) else float(own[i, 0]),
            own_slope=None if np.isnan(own[i, 1]) else float(own[i, 1]),
            shared_level=float(random_slope.beta[at_level] + random_slope.b[i, k_level]),
            shared_slope=float(random_slope.beta[at_slope] + random_slope.b[i, k_slope]),
            shared_slope_se=float(se[i]),
        )
        for i, level in enumerate(random_slope.grouping.levels)
    )


def _intercept(fit: Fit) -> float:
    return float(fit.beta[fit.design.names.index("Intercept")])


def _own_lines(fit: Fit, at_slope: int) -> np.ndarray:
    """(m, 2) intercept and slope of each group's own least-squares line; NaN where x does not vary."""
    names, codes, m = fit.design.names, fit.grouping.codes, len(fit.grouping.levels)
    others = [j for j in range(len(names)) if j not in (names.index("Intercept"), at_slope)]
    x = fit.design.X[:, at_slope]
    y = fit.design.y - fit.design.X[:, others] @ fit.beta[others]
    sizes = fit.grouping.sizes

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(codes, weights=values, minlength=m) / sizes

    x_mean, y_mean = mean(x), mean(y)
    dx = x - x_mean[codes]
    spread = mean(dx * dx)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(
            spread > 1e-20 * (1.0 + x_mean**2), mean(dx * (y - y_mean[codes])) / spread, np.nan
        )
    return np.column_stack([y_mean - slope * x_mean, slope])
