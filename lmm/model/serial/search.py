"""The phi that minimises the profile: a scan for every valley, Brent's method in each, phi = 0 as their rival.

A random intercept and a long correlation explain much the same, so that the profile can have several
valleys. With unequal gaps there may be one of next to no depth near phi = 0, where the shortest gaps
alone count; the scan goes on until no correlation is left that could change a digit.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from lmm.errors import ModelError
from lmm.model.search.descent import DECREMENT
from lmm.model.serial.criterion import SerialObjective, SerialPlace, profile_at
from lmm.numerics import Array

# Correlations over the shortest and over the longest gap between which valleys are looked for at first.
_WEAKEST, _STRONGEST = 1e-11, 0.98
_SPACING, _MOST = 1.2, 20  # of log rate between the points of the scan, and how many at most
_WALK = 1e-7  # what the correlation over the longest gap lacks of 1, at a random walk
_FURTHER = 12  # steps beyond the scan, each a factor e²
_PRECISION = 1e-11  # of log rate


def minimise_over_phi(objective: SerialObjective) -> tuple[SerialPlace, int]:
    """The lowest place of the profile and how many places were visited.

    Raises ``ModelError`` where it is at phi = 1, which only a fixed effect for every group makes possible.
    """
    search = _Search(objective)
    null = search.at(np.inf)
    places = search.along(_scan(objective), near=null)
    places = _beyond(search, places)
    best = null
    for left, right in pairwise(places):
        if left.slope <= 0.0 < right.slope:
            found = search.between(left, right)
            if found.value < best.value - DECREMENT * (1.0 + abs(best.value)):
                best = found
    lowest = min((best, places[0]), key=lambda place: place.value)
    if lowest.rate * objective.series.repeated.max() < _WALK:
        raise ModelError(
            "the correlation of neighbouring residuals tends to 1: they are a random walk, whose level "
            "the fixed effects take up",
            remedy="Fit the model without serial correlation, or without a fixed effect for every group.",
        )
    return best, search.visited


class _Search:
    """Evaluates the profile, theta starting from a place nearby or, where minima may be several, anew."""

    def __init__(self, objective: SerialObjective):
        self.objective = objective
        self.visited = 0

    def at(self, rate: float, *, near: SerialPlace | None = None) -> SerialPlace:
        self.visited += 1
        start = None if near is None else self.objective.template.theta(near.optimum.T)
        return profile_at(self.objective, rate, start=start)

    def along(self, rates: Array, *, near: SerialPlace) -> list[SerialPlace]:
        """Places in the order of rates, each started from the one of weaker correlation."""
        places = []
        for rate in rates[::-1]:
            near = self.at(float(rate), near=None if self.objective.several_minima else near)
            places.append(near)
        return places[::-1]

    def between(self, left: SerialPlace, right: SerialPlace) -> SerialPlace:
        """The minimum between a place that falls and one that rises."""
        found = self._flat(left, right, anew=False)
        if not self.objective.several_minima:
            return found
        check = self.at(found.rate)
        lower = check.value < found.value - DECREMENT * (1.0 + abs(found.value))
        return self._flat(left, right, anew=True) if lower else found

    def _flat(self, left: SerialPlace, right: SerialPlace, *, anew: bool) -> SerialPlace:
        places = {float(np.log(place.rate)): place for place in (left, right)}

        def slope(log_rate: float) -> float:
            if log_rate not in places:
                near = places[min(places, key=lambda known: abs(known - log_rate))]
                places[log_rate] = self.at(float(np.exp(log_rate)), near=None if anew else near)
            return places[log_rate].slope

        brentq(slope, *sorted(places), xtol=_PRECISION, rtol=1e-14)
        return min(places.values(), key=lambda place: abs(place.slope))


def _scan(objective: SerialObjective) -> Array:
    gaps = objective.series.repeated
    low = np.log(-np.log(_STRONGEST) / gaps.max())
    high = np.log(-np.log(_WEAKEST) / gaps.min())
    count = min(int(np.ceil((high - low) / _SPACING)) + 1, _MOST)
    return np.exp(np.linspace(low, high, count))


def _beyond(search: _Search, places: list[SerialPlace]) -> list[SerialPlace]:
    """The scan continued while the profile still falls toward phi = 1."""
    for _ in range(_FURTHER):
        if places[0].slope <= 0.0:
            break
        places = [search.at(places[0].rate * np.exp(-2.0), near=places[0]), *places]
    return places
