"""Profile-likelihood intervals of the SDs, the correlations, sigma and the fixed effects.

A limit is where twice the log-likelihood, maximised over everything else, has fallen by the χ²(1)
quantile (Venzon and Moolgavkar 1988, Applied Statistics 37:87). Where it never falls that far before
an SD of 0 or a correlation of ±1, the limit is that bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.linalg import null_space

from lmm.inference.limits import Deviance, Limit, find_limit
from lmm.inference.paths import Path, correlation_path, sd_path, sigma_path
from lmm.inference.surfaces import descend
from lmm.model.fit import Fit, refit
from lmm.model.objective import OneFactor
from lmm.model.optimizer import minimise
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileInterval:
    """``kind``: sd, correlation, residual_sd or fixed_effect; ``estimate`` is the given fit's.

    ``other`` is a correlation's second column, its ``estimate`` ``None`` where an SD is zero.
    ``low_at_bound`` and ``high_at_bound``: the data exclude nothing on that side.
    """

    kind: str
    group: str
    term: str
    other: str | None
    estimate: float | None
    low: float
    high: float
    low_at_bound: bool
    high_at_bound: bool
    criterion: str = "ML"


def variance_profile(fit: Fit, *, confidence: float = 0.95) -> tuple[ProfileInterval, ...]:
    """A row for each SD and each correlation of a block and one for sigma, in the user's units.

    The profile is that of the ML deviance, as in lme4, for a REML fit too. Raises ``RuntimeError``
    where a lower deviance than the fit's is met on the way, which only a failed fit can cause, and
    ``ModelError`` for several grouping factors.
    """
    ml = refit(fit, reml=False) if fit.reml else fit
    rows = []
    for index, place in enumerate(fit.template.slices):
        columns = range(place.start, place.stop)
        rows += [_sd(fit, ml, index, j, confidence) for j in columns]
        pairs = [(j, i) for j in columns for i in columns if i > j]
        rows += [_correlation(fit, ml, index, pair, confidence) for pair in pairs]
    return (*rows, _row("residual_sd", fit.sigma, _along(sigma_path(ml), ml, confidence)))


def coefficient_profile(fit: Fit, *, confidence: float = 0.95) -> tuple[ProfileInterval, ...]:
    """A row for each fixed effect, in the user's units, by the ML deviance."""
    ml = refit(fit, reml=False) if fit.reml else fit
    rows = []
    for j, term in enumerate(fit.design.names):
        estimate, step = float(ml.beta[j]), 2.0 * float(np.sqrt(ml.vcov[j, j]))
        limit = partial(find_limit, _without_column(ml, j), ml.optimum.at.value, confidence)
        low = limit(start=estimate, step=-step, bound=-np.inf)
        high = limit(start=estimate, step=step, bound=np.inf)
        rows.append(_row("fixed_effect", float(fit.beta[j]), (low, high), term=term))
    return tuple(rows)


def _sd(fit: Fit, ml: Fit, index: int, column: int, confidence: float) -> ProfileInterval:
    return _row(
        "sd",
        float(np.sqrt(fit.Psi[column, column])),
        _along(sd_path(ml, index, column), ml, confidence),
        group=fit.design.blocks[index].grouping.name,
        term=fit.random_names[column],
    )


def _correlation(
    fit: Fit, ml: Fit, index: int, pair: tuple[int, int], confidence: float
) -> ProfileInterval:
    j, i = pair
    product = float(np.sqrt(fit.Psi[i, i] * fit.Psi[j, j]))
    return _row(
        "correlation",
        float(fit.Psi[i, j]) / product if product > 0 else None,
        _along(correlation_path(ml, index, pair), ml, confidence),
        group=fit.design.blocks[index].grouping.name,
        term=fit.random_names[j],
        other=fit.random_names[i],
    )


def _row(
    kind: str,
    estimate: float | None,
    limits: tuple[Limit, Limit],
    *,
    group: str = "",
    term: str = "",
    other: str | None = None,
) -> ProfileInterval:
    low, high = limits
    return ProfileInterval(
        kind=kind,
        group=group,
        term=term,
        other=other,
        estimate=estimate,
        low=low.value,
        high=high.value,
        low_at_bound=low.at_bound,
        high_at_bound=high.at_bound,
    )


def _along(path: Path, ml: Fit, confidence: float) -> tuple[Limit, Limit]:
    """Both limits of a variance parameter; each search goes on from the places already solved."""
    solved = [(path.start, path.x)]

    def deviance(coordinate: float) -> float:
        place = descend(path.surface(coordinate), _guess(solved, coordinate))
        solved.append((coordinate, place.x))
        return place.value

    limit = partial(find_limit, deviance, ml.optimum.at.value, confidence, start=path.start)
    low = limit(step=-path.step, bound=path.lower)
    high = limit(step=path.step, bound=path.upper)
    return replace(low, value=path.out(low.value)), replace(high, value=path.out(high.value))


def _guess(solved: list[tuple[float, Array]], coordinate: float) -> Array:
    """The rest at a new coordinate: on the line through the two nearest places, unless far off."""
    near, x = min(solved, key=lambda pair: abs(pair[0] - coordinate))
    others = [pair for pair in solved if pair[0] != near]
    if not others:
        return x
    far, other = min(others, key=lambda pair: abs(pair[0] - coordinate))
    share = (coordinate - near) / (far - near)
    return x + share * (other - x) if abs(share) <= 2.0 else x


def _without_column(ml: Fit, j: int) -> Deviance:
    """The deviance with fixed effect j held: y less its part on X without it, group by group."""
    statistics, units = ml.statistics, ml.units
    own = units.W_x[j]
    others = null_space(own[None])
    start = ml.template.theta(ml.optimum.T)

    def deviance(value: float) -> float:
        share = (value - units.y_shift[j]) / units.y_scale * own / (own @ own)
        change: Array = np.zeros((statistics.p + 1, statistics.p))
        change[:-1, :-1] = others
        change[:-1, -1], change[-1, -1] = -share, 1.0
        reduced = GroupStatistics(
            R=statistics.R,
            H=np.einsum("apm,pr->arm", statistics.H, change),
            S=change.T @ statistics.S @ change,
            n=statistics.n,
            sizes=statistics.sizes,
        )
        objective = OneFactor(statistics=reduced, reml=False)
        return minimise(objective, ml.template, start=start).at.value

    return deviance
