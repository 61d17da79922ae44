"""Measurements in order of time within each group, and how a serial correlation is taken out of them.

CAR(1): two measurements of one group, D apart, have residuals correlated phi^D (Jones 1993,
Longitudinal Data with Serial Correlation, chapter 3; AR(1) where all gaps are equal). With phi = exp(−rate)
the residuals are a Markov chain, so that each row needs the one before it only, and cost is linear.

Equations: docs/mathematics.md (22), (23).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError
from lmm.model.groups import Grouping
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """``order`` (n,): the rows sorted by group and time; ``gaps`` (n,) since the row before, infinite for
    a group's first, in units of the median gap, which is ``unit`` in the user's time.
    """

    time: str
    order: np.ndarray
    gaps: Array
    unit: float

    @property
    def one_lag(self) -> bool:
        """Whether all pairs of measurements within a group are equally far apart: at most two, one gap."""
        follows = np.isfinite(self.gaps)
        gaps = self.repeated
        return not (follows[1:] & follows[:-1]).any() and bool(np.ptp(gaps) <= 1e-9 * gaps.max())

    @property
    def repeated(self) -> Array:
        """The finite gaps."""
        return self.gaps[np.isfinite(self.gaps)]

    def phi(self, rate: float) -> float:
        """The correlation of residuals one unit of the user's time apart; ``rate`` is per median gap."""
        return float(np.exp(-rate / self.unit))

    def rate(self, phi: float) -> float:
        """The inverse: infinite for phi = 0."""
        return float(-np.log(phi) * self.unit) if phi > 0.0 else np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Whitened:
    """``rows`` (n, c) free of serial correlation, ``change`` their derivative in log rate, and log|R| with its own."""

    rows: Array
    change: Array
    log_det: float
    log_det_change: float


def series_of(grouping: Grouping, time: pd.Series) -> Series:
    """The order and the gaps of the rows of a design, ``time`` (n,) being that of each.

    Raises ``DataError`` for times that are missing, not numeric, or met twice in one group, and
    ``ModelError`` where no group was measured twice.
    """
    name = str(time.name)
    values = _numbers(time, grouping)
    order = np.lexsort((values, grouping.codes))
    codes, sorted_values = grouping.codes[order], values[order]
    gaps = np.full(len(order), np.inf)
    follows = np.flatnonzero(codes[1:] == codes[:-1]) + 1
    gaps[follows] = sorted_values[follows] - sorted_values[follows - 1]
    if not follows.size:
        raise ModelError(
            f"no level of {grouping.name!r} has two measurements: serial correlation has nothing to show in",
            remedy="Fit the model without it.",
        )
    twice = np.flatnonzero(gaps == 0.0)
    if twice.size:
        at = twice[0]
        raise DataError(
            f"{grouping.name} {grouping.levels[codes[at]]} has more than one measurement at {name} "
            f"{sorted_values[at]:g}" + _and_others(twice.size),
            where=f"column {name!r}",
            remedy="Serial correlation needs times that differ within a group: "
            "average or remove the repeated measurements, or use a finer time.",
        )
    unit = float(np.median(gaps[follows]))
    return Series(time=name, order=read_only(order), gaps=read_only(gaps / unit), unit=unit)


def whiten(series: Series, rows: Array, rate: float) -> Whitened:
    """Rows (n, c), in the series' order, multiplied by the inverse Cholesky factor of their correlation.

    Each becomes (e_j − ρ e_{j−1}) / √(1 − ρ²), written so that nothing cancels as ρ nears 1.
    """
    before = np.zeros_like(rows)
    before[1:] = rows[:-1]
    before[np.isinf(series.gaps)] = 0.0
    step = rows - before
    lapse = rate * series.gaps
    rho, fall, left = np.exp(-lapse), -np.expm1(-lapse), -np.expm1(-2.0 * lapse)
    scale = 1.0 / np.sqrt(left)
    white = (step + fall[:, None] * before) * scale[:, None]
    slowing = np.multiply(lapse, rho, out=np.zeros_like(rho), where=np.isfinite(lapse))
    change = (slowing * scale / (1.0 + rho))[:, None] * before
    change -= (slowing * scale * rho / left)[:, None] * step
    return Whitened(
        rows=white,
        change=change,
        log_det=float(np.sum(np.log(left))),
        log_det_change=float(np.sum(2.0 * rho * slowing / left)),
    )


def _numbers(time: pd.Series, grouping: Grouping) -> Array:
    name = str(time.name)
    if time.dtype.kind not in "iuf":
        raise DataError(
            f"the time {name!r} is not numeric: it holds, for example, {time.iloc[0]!r}",
            remedy="Derive a number from it first, such as days since the start.",
        )
    values = np.asarray(time, float)
    missing = np.flatnonzero(~np.isfinite(values))
    if missing.size:
        level = grouping.levels[grouping.codes[missing[0]]]
        raise DataError(
            f"{grouping.name} {level} has a measurement whose {name} is missing"
            + _and_others(missing.size),
            where=f"column {name!r}",
            remedy="Serial correlation needs the time of every measurement: fill it in or remove these rows.",
        )
    return values


def _and_others(count: int) -> str:
    return f", and {count - 1} more rows likewise" if count > 1 else ""
