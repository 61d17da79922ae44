"""The end of an interval: where a profile has risen as far as the confidence asks, or its bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from lmm.errors import ModelError

Deviance = Callable[[float], float]

_LOWER = 1e-6  # a deviance this much below the optimum's: then the optimum was none


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """An end of an interval; ``at_bound``: the profile never rose far enough before the bound."""

    value: float
    at_bound: bool


def find_limit(
    deviance: Deviance, lowest: float, confidence: float, *, start: float, step: float, bound: float
) -> Limit:
    """Where the root of the rise above ``lowest`` meets the normal quantile, from start to bound.

    ``step`` (signed) guesses the distance. Raises ``ModelError`` where the deviance falls below
    ``lowest``, the fit's own, beyond what rounding can do.
    """
    quantile = float(ndtri(0.5 + confidence / 2.0))

    def excess(value: float) -> float:
        rise = deviance(value) - lowest
        if rise < -_LOWER:
            raise ModelError(
                f"the likelihood has no one optimum: a profile met a deviance {-rise:.3g} below the fit's",
                where="formula",
                remedy="Use fewer random terms: the data are too few, or too nearly reproduced, for these.",
            )
        return float(np.sqrt(max(rise, 0.0))) - quantile

    if np.isfinite(bound) and (abs(bound - start) < 1e-12 or excess(bound) <= 0.0):
        return Limit(value=bound, at_bound=True)
    near, far = start, start + step
    while (far - bound) * step < 0.0 and (reached := excess(far) + quantile) < quantile:
        faster = min(1.1 * quantile / max(reached, 1e-9), 4.0)
        near, far = far, start + max(1.5, faster) * (far - start)
    far = min(far, bound) if step > 0.0 else max(far, bound)
    root = brentq(excess, near, far, xtol=1e-9 * abs(far - near))
    return Limit(value=float(root), at_bound=False)
