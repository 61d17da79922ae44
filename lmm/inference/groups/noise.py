"""What noisier, or less noisy, measurements would do to the shrinkage of a random intercept: a closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lmm.inference.groups.closed_forms import pull
from lmm.inference.groups.pooling import PooledLevel

# How far the noise is varied at least, and at most, in doublings of its variance.
_LEAST, _MOST = 4, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSetting:
    """The noise variance ``times`` what it is, its ``ratio`` to τ², and the pull of those measured least and most."""

    times: float
    ratio: float
    pulled_least: float
    pulled_most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisyGroup:
    """A group's level under each setting, ``shared``; ``own`` is its level without noise, ``expected`` with most."""

    level: str
    measurements: int
    expected: float
    own: float
    shared: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Settings, from little noise to much, and some groups under each; ``low`` and ``high`` doublings are of interest.

    Averages, slope and the groups' own levels stay as they are: only the weights change.
    """

    low: int
    high: int
    settings: tuple[NoiseSetting, ...]
    groups: tuple[NoisyGroup, ...]


def vary_noise(levels: Sequence[PooledLevel], ratio: float) -> Noise:
    """The pull at three amounts of noise, one of them as estimated, for data with σ²/τ² = ``ratio`` > 0."""
    sizes = [row.measurements for row in levels]
    least, most = min(sizes), max(sizes)
    low, high = _reach(most, ratio)
    step = 2 * max(1, max(high, -low) // 4)
    powers = (0, step, 2 * step) if high >= -low else (-2 * step, -step, 0)
    settings = tuple(
        NoiseSetting(
            times=2.0**power,
            ratio=ratio * 2.0**power,
            pulled_least=pull(least, ratio * 2.0**power),
            pulled_most=pull(most, ratio * 2.0**power),
        )
        for power in powers
    )
    groups = tuple(_under(row, settings) for row in _telling(levels, least, most))
    return Noise(low=low, high=high, settings=settings, groups=groups)


def _reach(most: int, ratio: float) -> tuple[int, int]:
    """Doublings to where even the group measured most is hardly pulled, and to where it is pulled most of the way."""
    high = math.ceil(math.log2(2.0 * most / ratio))
    low = math.floor(math.log2(most / (9.0 * ratio)))
    return -min(max(-low, _LEAST), _MOST), min(max(high, _LEAST), _MOST)


def _telling(levels: Sequence[PooledLevel], least: int, most: int) -> list[PooledLevel]:
    """The groups farthest below and above what is expected, of those measured least and of those measured most."""
    chosen: dict[str, PooledLevel] = {}
    for size in (least, most):
        rows = [row for row in levels if row.measurements == size]
        for row in (
            min(rows, key=lambda row: row.shared - row.expected),
            max(rows, key=lambda row: row.shared - row.expected),
        ):
            chosen.setdefault(row.level, row)
    return list(chosen.values())


def _under(row: PooledLevel, settings: Sequence[NoiseSetting]) -> NoisyGroup:
    away = (row.shared - row.expected) / row.kept
    return NoisyGroup(
        level=row.level,
        measurements=row.measurements,
        expected=row.expected,
        own=row.expected + away,
        shared=tuple(
            row.expected + away * (1.0 - pull(row.measurements, setting.ratio))
            for setting in settings
        ),
    )
