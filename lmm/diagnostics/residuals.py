"""Residuals of a mixed fit in their several kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualSummary:
    """Quantiles of the conditional residuals divided by sigma, as lme4 prints them."""

    minimum: float
    first_quartile: float
    median: float
    third_quartile: float
    maximum: float


def scaled_residuals(fit: Fit) -> ResidualSummary:
    """(y − Xβ − Zb)/σ: minimum, quartiles, maximum."""
    quantiles = np.quantile(fit.pearson_residuals, [0.0, 0.25, 0.5, 0.75, 1.0])
    return ResidualSummary(
        minimum=float(quantiles[0]),
        first_quartile=float(quantiles[1]),
        median=float(quantiles[2]),
        third_quartile=float(quantiles[3]),
        maximum=float(quantiles[4]),
    )
