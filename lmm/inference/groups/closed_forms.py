"""What one line says of numbers that a fit has given: for readers of results, who have no fit at hand.

SciPy and pandas take longer to load than a report takes to be worded: nothing of them is needed here.
"""

from __future__ import annotations

from math import erfc, sqrt
from statistics import NormalDist


def normal_reach(confidence: float) -> float:
    """How many standard errors an interval of that coverage reaches to either side, by the normal distribution."""
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)


def share_against(mean: float, sd: float) -> float:
    """Share of groups whose effect N(mean, sd²) has the other sign than the average's: Φ(−|mean|/sd), at most ½."""
    if sd == 0.0:
        return 0.0 if mean else 0.5
    return 0.5 * erfc(abs(mean) / (sd * sqrt(2.0)))


def pull(measurements: float, ratio: float) -> float:
    """(σ²/τ²)/(r + σ²/τ²): the share of the way from a group's own level to the average."""
    return ratio / (measurements + ratio)
