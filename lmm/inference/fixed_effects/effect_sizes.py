"""Sizes of effects for readers who compare studies, and the smallest effect that this study could have shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtrinc, stdtrit

from lmm.inference.fixed_effects.coefficients import FixedEffect
from lmm.model.fit import Fit

# The power that sample sizes are usually reasoned with (Cohen 1988, section 2.4).
POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSize:
    """Of a fixed effect: standardised with its interval, and the smallest ``detectable`` one, in the user's units.

    ``standardised``: outcome SDs for each SD of the column, both over the fit's rows (a two-valued column too).
    """

    term: str
    standardised: float
    low: float
    high: float
    detectable: float


def effect_sizes(
    fit: Fit, rows: tuple[FixedEffect, ...], *, confidence: float = 0.95
) -> tuple[EffectSize, ...]:
    """A row for each fixed effect but the intercept; ``rows`` are those of the fit at the same confidence."""
    sizes = []
    outcome = float(np.std(fit.design.y, ddof=1))
    for row in rows:
        if row.term == "Intercept":
            continue
        column = fit.design.X[:, fit.design.names.index(row.term)]
        factor = float(np.std(column, ddof=1)) / outcome
        sizes.append(
            EffectSize(
                term=row.term,
                standardised=factor * row.estimate,
                low=factor * row.low,
                high=factor * row.high,
                detectable=detectable(row.se, row.dof, confidence=confidence),
            )
        )
    return tuple(sizes)


def detectable(se: float, dof: float, *, confidence: float = 0.95, power: float = POWER) -> float:
    """The effect that a two-sided t test of this standard error finds with the power.

    The noncentrality at which a noncentral t exceeds the critical value with that probability, times ``se``
    (Cohen 1988; the far tail, less than a ten-thousandth of the power, is left out).
    """
    critical = float(stdtrit(dof, 0.5 + confidence / 2.0))
    return float(nctdtrinc(dof, 1.0 - power, critical)) * se
