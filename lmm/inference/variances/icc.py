"""The intraclass correlation: the share of the remaining variance that lies between groups.

Equation: docs/mathematics.md (26).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

from lmm.errors import ModelError
from lmm.inference.variances.wald import variance_ratio_interval
from lmm.model.criterion import evaluate
from lmm.model.fit import Fit

# A theta beyond which the share is 1 to the last digit.
_INFINITE = 1e8


@dataclass(frozen=True, slots=True, kw_only=True)
class IntraclassCorrelation:
    """``value`` with an interval where one is defined (random intercept alone); ``method`` says how."""

    value: float
    low: float | None
    high: float | None
    method: str


def intraclass_correlation(fit: Fit, *, confidence: float = 0.95) -> IntraclassCorrelation:
    """τ²/(τ²+σ²); with random slopes the mean of z'Ψz over the rows stands for τ² (Johnson 2014).

    With prior weights the mean of σ²/w over the rows stands for σ². For a random intercept alone the
    interval is exact (Wald 1947): that of λ = τ²/σ², carried over by ρ = λ/(1+λ). Where it is empty or no
    F test exists, it is the profile's. Raises ``ModelError`` for several grouping factors.
    """
    fit.only  # noqa: B018 (refuses several factors)
    between = float(np.mean(np.einsum("nq,qr,nr->n", fit.Z, fit.Psi, fit.Z)))
    within = residual_ratio(fit)
    value = between / (between + within * fit.sigma**2)
    if fit.random_names != ("Intercept",):
        return IntraclassCorrelation(value=value, low=None, high=None, method="averaged over rows")
    try:
        ratio = variance_ratio_interval(fit, confidence=confidence)
    except ModelError:
        return profiled_correlation(fit, confidence=confidence)
    if ratio.high == 0.0:
        return profiled_correlation(fit, confidence=confidence)
    return IntraclassCorrelation(
        value=value,
        low=ratio.low / (within + ratio.low),
        high=ratio.high / (within + ratio.high),
        method="exact, by Wald’s F",
    )


def profiled_correlation(fit: Fit, *, confidence: float = 0.95) -> IntraclassCorrelation:
    """The same for a random intercept alone, with the interval by the profile of the fit's own criterion.

    It is carried over from θ = τ/σ by ρ = θ²/(1+θ²), which is monotone.
    """
    if fit.random_names != ("Intercept",):
        raise ModelError(
            "this profile is of models with a random intercept alone",
            remedy="Ask it of a model with (1 | group).",
        )
    statistics, theta = fit.statistics, float(fit.optimum.T[0, 0])
    rise = float(chdtri(1, 1.0 - confidence))

    def excess(candidate: float) -> float:
        at = evaluate(statistics, np.array([[candidate]]), reml=fit.reml)
        return at.value - fit.optimum.at.value - rise

    low = (
        0.0 if theta == 0.0 or excess(0.0) <= 0.0 else float(brentq(excess, 0.0, theta, xtol=1e-12))
    )
    far = _beyond(theta, excess)
    high = far if excess(far) < 0.0 else float(brentq(excess, theta, far, xtol=1e-12))
    within = residual_ratio(fit)
    value, low, high = (
        (fit.units.W_z[0, 0] * root) ** 2 / (within + (fit.units.W_z[0, 0] * root) ** 2)
        for root in (theta, low, high)
    )
    return IntraclassCorrelation(
        value=value,
        low=low,
        high=high,
        method="profile of the REML criterion" if fit.reml else "profile likelihood",
    )


def residual_ratio(fit: Fit) -> float:
    """The mean over the rows of a residual's variance relative to sigma²: 1 without weights."""
    return 1.0 if fit.design.weights is None else float(np.mean(1.0 / fit.design.weights))


def _beyond(theta: float, excess: Callable[[float], float]) -> float:
    """A value above theta where the profile has risen enough, or one that is as good as infinite."""
    reach = max(2.0 * theta, 0.1)
    while reach < _INFINITE and excess(reach) < 0.0:
        reach *= 2.0
    return reach
