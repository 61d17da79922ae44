"""Rows to be predicted: the columns that a fitted model needs, read as its own table was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, Problem
from lmm.ingest.cells import Codes
from lmm.ingest.derived import parse_derived, sources_of
from lmm.ingest.interpreting import ColumnReader
from lmm.ingest.source import RawTable, absent_columns, counted, names_listed, shortened
from lmm.ingest.within import told_apart
from lmm.numerics import Array

_SHOWN = 5
# Squares beyond this overflow: no model was fitted to such a value.
_LARGEST = 1e150


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The columns by part: ``numbers``, ``factors`` with the levels that are known; the ``group``, ``told_apart``
    the two columns (outer, inner) that it is made of, or none; the ``outcome``, which may be absent.
    """

    numbers: Sequence[str]
    factors: Mapping[str, Sequence[str]]
    outcome: str = ""
    group: str = ""
    told_apart: tuple[str, str] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns that say which group a row is of."""
        return self.told_apart or ((self.group,) if self.group else ())

    @property
    def needed(self) -> tuple[str, ...]:
        """All that may not be absent."""
        return tuple(dict.fromkeys((*self.labels, *self.numbers, *self.factors)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRows:
    """``frame`` has the columns of the model, ``given`` those of the file behind them, ``rows`` their places."""

    frame: pd.DataFrame
    given: dict[str, Array | pd.Categorical]
    rows: np.ndarray


def needed_columns(wanted: Wanted, derived: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the file that may not be absent."""
    return sources_of(wanted.needed, parse_derived(derived))


def new_rows(
    raw: RawTable, wanted: Wanted, *, missing_codes: Mapping[str, Codes], derived: Mapping[str, Any]
) -> NewRows:
    """Read the rows. Only a group's label and its outcome may be missing.

    Raises one ``DataError`` with every problem: absent columns; cells that are no numbers, or too large;
    cells without a value; levels of a factor that the model does not know.
    """
    derivations = parse_derived(derived)
    where = raw.source.file
    absent = absent_columns(sources_of(wanted.needed, derivations), raw.available, where=where)
    if absent:
        raise DataError(absent)
    reading = ColumnReader(raw=raw, codes=missing_codes, derivations=derivations)
    columns: dict[str, Array | pd.Categorical] = {}
    given: dict[str, Array | pd.Categorical] = {}
    for name in wanted.labels:
        columns[name] = given[name] = reading.label(name)
    if wanted.told_apart:
        columns[wanted.group] = told_apart(*(reading.label(name) for name in wanted.told_apart))
    for name in wanted.numbers:
        columns[name] = reading.number(name)
        given |= {source: reading.number(source) for source in sources_of((name,), derivations)}
    for name in wanted.factors:
        columns[name] = given[name] = reading.label(name)
    if wanted.outcome and set(sources_of((wanted.outcome,), derivations)) <= set(raw.available):
        columns[wanted.outcome] = given[wanted.outcome] = reading.number(wanted.outcome)
    problems = list(dict.fromkeys(reading.problems))
    for name, column in given.items():
        if name not in reading.refused:
            problems += _faults(raw, wanted, name, column)
    if problems:
        raise DataError(problems)
    return NewRows(frame=pd.DataFrame(columns), given=given, rows=raw.placed.row)


def _faults(
    raw: RawTable, wanted: Wanted, name: str, column: Array | pd.Categorical
) -> Iterator[Problem]:
    lacking = np.flatnonzero(pd.isna(column))
    optional = {*wanted.labels, wanted.outcome} - {*wanted.numbers, *wanted.factors}
    if lacking.size and name not in optional:
        yield Problem(
            message=f"column {name} has no value in {counted(lacking.size, 'row')} "
            f"({_places(raw, lacking)})",
            where=raw.source.file,
            remedy="Without it a row cannot be predicted: fill it in, or leave the row out.",
        )
    if name in wanted.factors:
        yield from _unknown_levels(raw, name, pd.Series(column), wanted.factors[name])
    elif isinstance(column, np.ndarray):
        beyond = np.flatnonzero(np.abs(column) >= _LARGEST)
        if beyond.size:
            yield Problem(
                message=f"column {name} has values beyond {_LARGEST:g} ({_places(raw, beyond)})",
                where=raw.source.file,
                remedy="Correct the cells, or leave the rows out.",
            )


def _unknown_levels(
    raw: RawTable, name: str, column: pd.Series, known: Sequence[str]
) -> Iterator[Problem]:
    unknown = np.flatnonzero((column.notna() & ~column.isin(list(known))).to_numpy())
    if unknown.size:
        cells = [f"{raw.placed.words(i)}: '{shortened(column[i])}'" for i in unknown[:_SHOWN]]
        yield Problem(
            message=f"column {name} has a level that the model does not know in "
            f"{counted(unknown.size, 'row')} ({', '.join(cells)})",
            where=raw.source.file,
            remedy=f"It knows {names_listed(known)}.",
        )


def _places(raw: RawTable, rows: np.ndarray) -> str:
    more = f" and {len(rows) - _SHOWN:,} more" if len(rows) > _SHOWN else ""
    return ", ".join(raw.placed.words(i) for i in rows[:_SHOWN]) + more
