"""What ``lmm init`` proposes for a table: who plays which part, how time is counted, what is suspected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lmm.errors import DataError, Problem
from lmm.ingest.guesses import Guess, guess_group, guess_outcome, guess_time, refuse_binary
from lmm.ingest.numbers import numeric_column
from lmm.ingest.readers import read_table
from lmm.ingest.source import RawTable, SourceFacts, absent_columns
from lmm.ingest.survey import ColumnSurvey, decimal_comma, survey, surveyed
from lmm.numerics import Array

# A time with so few different values is a schedule, which is counted from its start.
_SCHEDULE = 20
# How far from the middle a round value may be, as a share of the range.
_ROUNDING = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user named; None is guessed from the table. ``timeless`` asks for no time at all."""

    outcome: str | None = None
    group: str | None = None
    time: str | None = None
    timeless: bool = False
    covariates: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that were named, in the order of the options."""
        parts = (self.outcome, self.group, self.time, *self.covariates)
        return tuple(name for name in parts if name is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The parts with their reasons, the columns by name, where time is counted from (None: its own zero)."""

    path: Path
    source: SourceFacts
    columns: Mapping[str, ColumnSurvey]
    group: Guess
    outcome: Guess
    time: Guess | None
    centre: float | None
    covariates: tuple[str, ...]

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that the models use."""
        time = () if self.time is None else (self.time.column,)
        return (self.group.column, *time, self.outcome.column, *self.covariates)


def propose(path: Path, wishes: Wishes) -> Proposal:
    """Look at the table at ``path``; ``DataError`` where it cannot be used or a part cannot be guessed."""
    raw = read_table(path, delimiter=wishes.delimiter, encoding=wishes.encoding)
    raw = _with_decimal(raw, wishes.decimal)
    where = raw.source.file
    _check_names(raw, wishes, where)
    columns = survey(raw, label=wishes.group or "")
    group = _named(columns, wishes.group, where)
    if group is None:
        group = guess_group(columns, wishes.named, where=where)
        columns = survey(raw, label=group.column)
    taken = (*wishes.named, group.column)
    time = _named(columns, wishes.time, where)
    if time is None and not wishes.timeless:
        time = guess_time(columns, group.column, taken, where=where)
    taken = taken if time is None else (*taken, time.column)
    outcome = _named(columns, wishes.outcome, where)
    outcome = outcome or guess_outcome(columns, group.column, taken, where=where)
    _check_numbers(raw, outcome, time)
    refuse_binary(columns[outcome.column], where=where)
    _check_covariates(columns, wishes.covariates, where)
    return Proposal(
        path=path,
        source=raw.source,
        columns=columns,
        group=group,
        outcome=outcome,
        time=time,
        centre=None if time is None else centre_of(columns[time.column].known),
        covariates=wishes.covariates,
    )


def centre_of(times: Array) -> float | None:
    """A round time in the middle to count from; None where 0 is the start of a schedule already."""
    distinct = np.unique(times)
    low, high = float(distinct[0]), float(distinct[-1])
    step = float(np.median(np.diff(distinct))) if distinct.size > 1 else 0.0
    if low - step <= 0 <= high and distinct.size <= _SCHEDULE:
        return None
    return round_value(float(np.median(times)), tolerance=_ROUNDING * (high - low)) or None


def round_value(value: float, *, tolerance: float) -> float:
    """The roundest number (1, 2 or 5 times a power of ten) that is not farther from ``value``."""
    if tolerance <= 0 or not math.isfinite(value):
        return value
    top = math.ceil(math.log10(max(abs(value), tolerance))) + 1
    for power in range(top, top - 20, -1):
        for lead in (5, 2, 1):
            step = lead * 10.0**power
            nearest = round(value / step) * step
            if abs(nearest - value) <= tolerance:
                return float(f"{nearest:.15g}")
    return value


def _with_decimal(raw: RawTable, decimal: str | None) -> RawTable:
    if decimal is None and raw.source.delimiter not in ("", ",") and decimal_comma(raw):
        decimal = ","
    return raw if decimal is None else replace(raw, source=replace(raw.source, decimal=decimal))


def _check_names(raw: RawTable, wishes: Wishes, where: str) -> None:
    problems = absent_columns(wishes.named, raw.available, where=where)
    problems += [
        Problem(
            message=f"column {name} is named for two parts",
            where=where,
            remedy="Outcome, group, time and covariates are different columns.",
        )
        for name in dict.fromkeys(wishes.named)
        if wishes.named.count(name) > 1
    ]
    if problems:
        raise DataError(problems)


def _named(columns: Mapping[str, ColumnSurvey], name: str | None, where: str) -> Guess | None:
    return None if name is None else Guess(column=surveyed(columns, name, where=where).name)


def _check_numbers(raw: RawTable, outcome: Guess, time: Guess | None) -> None:
    """Outcome and time are numbers; the problems name the cells that are not."""
    names = [outcome.column] if time is None else [outcome.column, time.column]
    problems = [problem for name in names for problem in numeric_column(raw, name).problems]
    if problems:
        raise DataError(problems)


def _check_covariates(
    columns: Mapping[str, ColumnSurvey], names: Sequence[str], where: str
) -> None:
    problems = [
        Problem(
            message=f"column {name} holds a single value: it can explain nothing",
            where=where,
            remedy="Leave it out of --covariates.",
        )
        for name in names
        if surveyed(columns, name, where=where).distinct < 2
    ]
    if problems:
        raise DataError(problems)
