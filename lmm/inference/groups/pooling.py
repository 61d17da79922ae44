"""Each group on its own, and as the model sees it: raw and shrunk estimates, paired by the group's label.

Equation: docs/mathematics.md (25).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.design import Design
from lmm.model.fit import Fit
from lmm.model.groups import Grouping
from lmm.model.ordinary import OrdinaryFit
from lmm.model.weights import refuse_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledLevel:
    """A group's own level (its stratified intercept) and its shrunk one (random intercept).

    ``expected`` is what the fixed effects alone say of the group (the average, without covariates), and
    with further grouping factors their predicted effects, averaged over the group's rows.
    ``kept`` is the weight r/(r + σ²/τ²) of the group's own data, ``pulled`` = 1 − kept the share of the
    way to it; both depend on no origin of y. ``se`` belongs to the own level.
    """

    level: str
    measurements: int
    own: float
    own_se: float
    expected: float
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


def pooled_levels(
    stratified: OrdinaryFit, random_intercept: Fit, *, slope: str | None
) -> tuple[PooledLevel, ...]:
    """Raw and shrunk levels, paired by label, where ``slope`` is zero.

    Other covariates stand at the group's own means, in both models.
    """
    for design in (stratified.design, random_intercept.design):
        refuse_weights(design, "the comparison of raw and shrunk levels")
    assert stratified.grouping is not None and stratified.intercepts is not None
    assert stratified.intercept_se is not None
    place = {level: i for i, level in enumerate(random_intercept.grouping.levels)}
    own = stratified.intercepts + _at_group_means(
        stratified.design,
        stratified.grouping,
        dict(zip(stratified.names, stratified.beta, strict=True)),
        slope,
    )
    design = random_intercept.design
    effects = dict(zip(design.names, random_intercept.beta, strict=True))
    expected = effects["Intercept"] + _at_group_means(
        design, random_intercept.grouping, effects, slope
    )
    expected = expected + _from_further_factors(random_intercept)
    ratio = float(random_intercept.own_Psi[0, 0]) / random_intercept.sigma**2
    rows = []
    for i, level in enumerate(stratified.grouping.levels):
        size, k = int(stratified.grouping.sizes[i]), place[level]
        kept = size * ratio / (1.0 + size * ratio)
        rows.append(
            PooledLevel(
                level=level,
                measurements=size,
                own=float(own[i]),
                own_se=float(stratified.intercept_se[i]),
                expected=float(expected[k]),
                shared=float(expected[k] + random_intercept.b[k, 0]),
                kept=kept,
                pulled=1.0 - kept,
            )
        )
    return tuple(rows)


def _at_group_means(
    design: Design, grouping: Grouping, effects: dict[str, float], slope: str | None
) -> np.ndarray:
    """What the covariates other than ``slope`` add at each group's own means, (m,)."""
    others = [
        j
        for j, name in enumerate(design.names)
        if name in effects and name not in ("Intercept", slope)
    ]
    beta = np.array([effects[design.names[j]] for j in others])
    return _group_means(design.X[:, others], grouping) @ beta


def _from_further_factors(fit: Fit) -> np.ndarray:
    """The predicted effects of all factors but the one spoken of, averaged over the rows of its groups, (m,)."""
    if len(fit.factors) == 1:
        return np.zeros(fit.grouping.m)
    own = np.einsum("nq,nq->n", fit.Z[:, fit.factor.columns], fit.b[fit.grouping.codes])
    rest = fit.fitted_values - fit.design.X @ fit.beta - own
    return _group_means(rest[:, None], fit.grouping)[:, 0]


def _group_means(columns: np.ndarray, grouping: Grouping) -> np.ndarray:
    m = grouping.m
    means = [np.bincount(grouping.codes, weights=column, minlength=m) for column in columns.T]
    return np.column_stack(means) / grouping.sizes[:, None] if means else np.empty((m, 0))


def pooled_lines(random_slope: Fit, *, slope: str, se: np.ndarray) -> tuple[PooledLine, ...]:
    """Own and shrunk lines of each group; ``se`` (m,) the conditional SD of the slope's BLUP.

    The own line is least squares of the group's y on (1, slope column), other covariates held at the
    group's own means by the model's coefficients, as they are in the shared line.
    """
    refuse_weights(random_slope.design, "the comparison of raw and shrunk lines")
    names = random_slope.design.names
    at_level, at_slope = names.index("Intercept"), names.index(slope)
    k_level, k_slope = (random_slope.own_names.index(name) for name in ("Intercept", slope))
    own = _own_lines(random_slope, at_slope)
    effects = dict(zip(names, random_slope.beta, strict=True))
    level_means = random_slope.beta[at_level] + _at_group_means(
        random_slope.design, random_slope.grouping, effects, slope
    )
    level_means = level_means + _from_further_factors(random_slope)
    return tuple(
        PooledLine(
            level=level,
            own_level=None if np.isnan(own[i, 1]) else float(own[i, 0]),
            own_slope=None if np.isnan(own[i, 1]) else float(own[i, 1]),
            shared_level=float(level_means[i] + random_slope.b[i, k_level]),
            shared_slope=float(random_slope.beta[at_slope] + random_slope.b[i, k_slope]),
            shared_slope_se=float(se[i]),
        )
        for i, level in enumerate(random_slope.grouping.levels)
    )


def _own_lines(fit: Fit, at_slope: int) -> np.ndarray:
    """(m, 2) intercept and slope of each group's own least-squares line; NaN where x does not vary."""
    names, codes = fit.design.names, fit.grouping.codes
    others = [j for j in range(len(names)) if j not in (names.index("Intercept"), at_slope)]
    X, x = fit.design.X[:, others], fit.design.X[:, at_slope]
    y = fit.design.y - (X - _group_means(X, fit.grouping)[codes]) @ fit.beta[others]
    x_mean, y_mean = _group_means(np.column_stack([x, y]), fit.grouping).T
    dx = x - x_mean[codes]
    spread, cross = _group_means(
        np.column_stack([dx * dx, dx * (y - y_mean[codes])]), fit.grouping
    ).T
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(spread > 1e-20 * (1.0 + x_mean**2), cross / spread, np.nan)
    return np.column_stack([y_mean - slope * x_mean, slope])
