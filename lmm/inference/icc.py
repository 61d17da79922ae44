"""The intraclass correlation: the share of the remaining variance that lies between groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

from lmm.model.criterion import evaluate
from lmm.model.fit import Fit


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
    interval is the profile of the fit's own criterion in θ = τ/σ, in which the ICC is monotone. Raises
    ``ModelError`` for several grouping factors.
    """
    statistics = fit.statistics
    between = float(np.mean(np.einsum("nq,qr,nr->n", fit.Z, fit.Psi, fit.Z)))
    within = 1.0 if fit.design.weights is None else float(np.mean(1.0 / fit.design.weights))
    value = between / (between + within * fit.sigma**2)
    if fit.random_names != ("Intercept",):
        return IntraclassCorrelation(value=value, low=None, high=None, method="averaged over rows")
    theta = float(fit.optimum.T[0, 0])
    rise = float(chdtri(1, 1.0 - confidence))

    def excess(candidate: float) -> float:
        at = evaluate(statistics, np.array([[candidate]]), reml=fit.reml)
        return at.value - fit.optimum.at.value - rise

    low = (
        0.0 if theta == 0.0 or excess(0.0) <= 0.0 else float(brentq(excess, 0.0, theta, xtol=1e-12))
    )
    high = float(brentq(excess, theta, _beyond(theta, excess), xtol=1e-12))
    low, high = (fit.units.W_z[0, 0] * end for end in (low, high))
    return IntraclassCorrelation(
        value=value,
        low=low**2 / (within + low**2),
        high=high**2 / (within + high**2),
        method="profile of the REML criterion" if fit.reml else "profile likelihood",
    )


def _beyond(theta: float, excess: Callable[[float], float]) -> float:
    """A value above theta where the profile has risen enough."""
    reach = max(2.0 * theta, 0.1)
    while excess(reach) < 0.0:
        reach *= 2.0
    return reach
