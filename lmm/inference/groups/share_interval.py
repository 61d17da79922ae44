"""How sure one can be of the share of groups that go the other way than the average."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lmm.inference.groups.closed_forms import share_against

# A mean that is e to this many standard deviations has all groups on its side.
_ENOUGH = 10.0


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


def _from_zero(mean: Known) -> tuple[float, float, float]:
    """Sizes of a mean and of the ends of its interval, the nearer to zero first."""
    ends = (mean.low, mean.high) if mean.estimate > 0.0 else (-mean.high, -mean.low)
    return abs(mean.estimate), *ends
