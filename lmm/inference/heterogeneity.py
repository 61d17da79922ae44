"""How much groups differ, which predicted effects alone understate: each one is pulled to the average."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from lmm.inference.blups import conditional_covariance
from lmm.model.fit import Fit

# A mean that is e to this many standard deviations has all groups on its side.
_ENOUGH = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A random column's spread by the model, ``sd`` = √Ψ_jj, and that of its BLUPs, ``predicted_sd``.

    ``pooling`` is the share of the spread that the BLUPs do not show: 0 where nothing is pooled, 1 where all is.
    """

    group: str
    term: str
    sd: float
    predicted_sd: float
    pooling: float


def spreads(fit: Fit) -> tuple[Spread, ...]:
    """A row for each random column, in their order.

    Pooling is 1 − V(E b)/E V(b) over the groups, given the parameters (Gelman and Pardoe 2006, Technometrics
    48:241); E V(b) = V(b̂) + the mean of the conditional variances, V with divisor m − 1. A balanced random
    intercept's is (σ²/τ²)/(r + σ²/τ²), the pull of every group. Raises ``ModelError`` for several factors,
    whose levels are not independent given the data.
    """
    left = np.maximum(np.einsum("maa->ma", conditional_covariance(fit)), 0.0).mean(axis=0)
    predicted = np.var(fit.b, axis=0, ddof=1)
    whole = predicted + left
    return tuple(
        Spread(
            group=fit.grouping.name,
            term=term,
            sd=float(np.sqrt(fit.Psi[k, k])),
            predicted_sd=float(np.sqrt(predicted[k])),
            pooling=float(left[k] / whole[k]) if whole[k] > 0.0 else 1.0,
        )
        for k, term in enumerate(fit.random_names)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An estimate with both ends of its interval."""

    estimate: float
    low: float
    high: float


def share_against_interval(mean: Known, sd: Known) -> tuple[float, float]:
    """The interval of ``share_against`` that goes with those of a mean, which excludes zero, and of an SD.

    log(|mean|/sd) is a difference of two logarithms, whose estimates are asymptotically independent (means and
    variances are orthogonal parameters of a normal model): its ends are as far off as the ends of both
    together, by the root of their squares (Zou and Donner 2008, Stat. Med. 27:1693).
    """
    size, near, far = _from_zero(mean)
    if sd.estimate <= 0.0:
        return 0.0, share_against(near, sd.high)
    ratio = math.log(size / sd.estimate)
    high = ratio - math.hypot(math.log(size / near), math.log(sd.high / sd.estimate))
    if sd.low <= 0.0:
        return 0.0, share_against(math.exp(high), 1.0)
    low = ratio + math.hypot(math.log(far / size), math.log(sd.estimate / sd.low))
    return share_against(math.exp(min(low, _ENOUGH)), 1.0), share_against(math.exp(high), 1.0)


def share_against(mean: float, sd: float) -> float:
    """Share of groups whose effect N(mean, sd²) has the other sign than the average's: Φ(−|mean|/sd), at most ½."""
    if sd == 0.0:
        return 0.0 if mean else 0.5
    return float(ndtr(-abs(mean) / sd))


def _from_zero(mean: Known) -> tuple[float, float, float]:
    """Sizes of a mean and of the ends of its interval, the nearer to zero first."""
    ends = (mean.low, mean.high) if mean.estimate > 0.0 else (-mean.high, -mean.low)
    return abs(mean.estimate), *ends
