"""Profile-likelihood intervals of the SDs, the correlations, sigma and the fixed effects.

A limit is where twice the log-likelihood, maximised over everything else, has fallen by the χ²(1)
quantile (Venzon and Moolgavkar 1988, Applied Statistics 37:87). Where it never falls that far before
an SD of 0 or a correlation of ±1, the limit is that bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.profiles.limits import Limit, find_limit
from lmm.inference.profiles.profiled import Profiled, profiled_coefficients, profiled_variances
from lmm.model.fit import Fit, refit


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

    The profile is that of the ML deviance, as in lme4, for a REML fit too. Raises ``ModelError``
    where a lower deviance than the fit's is met on the way: there are several optima, or none.
    """
    ml = refit(fit, reml=False) if fit.reml else fit
    estimates = [*_random_estimates(fit), fit.sigma]
    return tuple(
        _row(parameter, estimate, confidence)
        for parameter, estimate in zip(profiled_variances(ml), estimates, strict=True)
    )


def coefficient_profile(fit: Fit, *, confidence: float = 0.95) -> tuple[ProfileInterval, ...]:
    """A row for each fixed effect, in the user's units, by the ML deviance."""
    ml = refit(fit, reml=False) if fit.reml else fit
    return tuple(
        _row(parameter, float(estimate), confidence)
        for parameter, estimate in zip(profiled_coefficients(ml), fit.beta, strict=True)
    )


def profile_limits(parameter: Profiled, confidence: float) -> tuple[Limit, Limit]:
    """Both ends of a parameter's interval, as coordinates."""
    low, high = (
        find_limit(
            parameter.deviance,
            parameter.lowest,
            confidence,
            start=parameter.start,
            step=step,
            bound=bound,
        )
        for step, bound in (
            (-parameter.step, parameter.lower),
            (parameter.step, parameter.upper),
        )
    )
    return low, high


def _random_estimates(fit: Fit) -> list[float | None]:
    """SDs and correlations of the fit in the order of its profiled variances."""
    sd = np.sqrt(np.diag(fit.Psi))
    estimates: list[float | None] = []
    for place in fit.template.slices:
        columns = range(place.start, place.stop)
        estimates += [float(sd[j]) for j in columns]
        for j, i in [(j, i) for j in columns for i in columns if i > j]:
            product = float(sd[i] * sd[j])
            estimates.append(float(fit.Psi[i, j]) / product if product > 0 else None)
    return estimates


def _row(parameter: Profiled, estimate: float | None, confidence: float) -> ProfileInterval:
    low, high = profile_limits(parameter, confidence)
    return ProfileInterval(
        kind=parameter.kind,
        group=parameter.group,
        term=parameter.term,
        other=parameter.other,
        estimate=estimate,
        low=parameter.out(low.value),
        high=parameter.out(high.value),
        low_at_bound=low.at_bound,
        high_at_bound=high.at_bound,
    )
