"""The columns of a study read by their roles: numbers, labels, derived ones, and every problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, Problem
from lmm.ingest.cells import Codes
from lmm.ingest.derived import Derivation, derived_values, parse_derived, sources_of
from lmm.ingest.labels import LabelColumn, label_column
from lmm.ingest.ledger import Recoded
from lmm.ingest.numbers import NumericColumn, numeric_column, slips
from lmm.ingest.roles import Roles, repeated_roles
from lmm.ingest.source import RawTable, absent_columns
from lmm.ingest.suspects import SuspectedCode, suspected_codes, suspicion
from lmm.ingest.within import told_apart
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreted:
    """Columns by name, (n,) floats or categoricals over all rows read; what was noted and refused.

    ``refused`` names the columns that the ``problems`` are about: their values are not to be used.
    """

    columns: dict[str, Array | pd.Categorical]
    recoded: tuple[Recoded, ...]
    suspects: tuple[SuspectedCode, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    refused: frozenset[str]


@dataclass(slots=True, kw_only=True)
class ColumnReader:
    """Columns as they are asked for: each is read once, whoever needs it; what was found on the way is kept."""

    raw: RawTable
    codes: Mapping[str, Codes]
    derivations: Mapping[str, Derivation]
    numbers: dict[str, NumericColumn] = field(default_factory=dict)
    labels: dict[str, LabelColumn] = field(default_factory=dict)
    made: dict[str, Array] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def number(self, name: str) -> Array:
        """A numeric column of the file, or a derived one; problems are gathered."""
        if name in self.derivations:
            return self._derived(name)
        if name not in self.numbers:
            column = numeric_column(self.raw, name, missing_codes=self.codes.get(name, ()))
            self.numbers[name] = column
            self._refuse(name, column.problems)
        return self.numbers[name].values

    def label(self, name: str) -> pd.Categorical:
        """A column of labels; problems and notes are gathered."""
        if name in self.labels:
            return self.labels[name].values
        column = label_column(self.raw, name, missing_codes=self.codes.get(name, ()))
        self.labels[name] = column
        self._refuse(name, column.problems)
        self.notes.extend(column.notes)
        return column.values

    def either(self, name: str) -> Array | pd.Categorical:
        """Numbers where all cells are numbers, labels otherwise."""
        if name in self.derivations or name in self.numbers:
            return self.number(name)
        column = numeric_column(self.raw, name, missing_codes=self.codes.get(name, ()))
        if column.problems or not np.isfinite(column.values).any():
            self.notes.extend(slips(column))
            return self.label(name)
        self.numbers[name] = column
        return column.values

    def _derived(self, name: str) -> Array:
        if name in self.made:
            return self.made[name]
        derivation = self.derivations[name]
        columns = {source: self.number(source) for source in derivation.columns}
        self.made[name] = np.full(len(self.raw.frame), np.nan)
        if self.refused.intersection(derivation.columns):
            self.refused.add(name)
            return self.made[name]
        try:
            where, place = self.raw.source.file, self.raw.placed.words
            self.made[name] = derived_values(name, derivation, columns, where=where, place=place)
        except DataError as error:
            self._refuse(name, error.problems)
        return self.made[name]

    def _refuse(self, name: str, problems: tuple[Problem, ...]) -> None:
        self.problems.extend(problems)
        if problems:
            self.refused.add(name)


def interpret(
    raw: RawTable, roles: Roles, *, missing_codes: Mapping[str, Codes], derived: Mapping[str, Any]
) -> Interpreted:
    """Read every column that the roles need; problems of all columns are gathered, none is raised.

    Raises ``DataError`` only where columns are absent or have two roles: then nothing can be read.
    """
    derivations = parse_derived(derived)
    _refuse_names(raw, roles, derivations)
    reading = ColumnReader(raw=raw, codes=missing_codes, derivations=derivations)
    columns: dict[str, Array | pd.Categorical] = {
        name: _groups(reading, name, roles) for name in roles.groupings
    }
    columns[roles.outcome] = reading.number(roles.outcome)
    if roles.time is not None:
        columns[roles.time] = reading.number(roles.time)
    for covariate in roles.covariates:
        name = covariate.column
        read = {"factor": reading.label, "numeric": reading.number, None: reading.either}
        columns[name] = read[covariate.kind](name)
    for name in roles.others:
        if name not in columns:
            columns[name] = reading.either(name)
    return _gathered(reading, columns)


def _groups(reading: ColumnReader, name: str, roles: Roles) -> pd.Categorical:
    """A grouping column: its labels, or those of two columns together."""
    if name not in roles.told_apart:
        return reading.label(name)
    return told_apart(*(reading.label(each) for each in roles.told_apart[name]))


def _gathered(reading: ColumnReader, columns: dict[str, Array | pd.Categorical]) -> Interpreted:
    suspects: tuple[SuspectedCode, ...] = ()
    notes = list(reading.notes)
    for name, column in reading.numbers.items():
        found = suspected_codes(name, column.values)
        suspects += found
        notes += [suspicion(found)] if found else []
    read = (*reading.labels.values(), *reading.numbers.values())
    return Interpreted(
        columns=columns,
        recoded=tuple(recoded for column in read for recoded in column.recoded),
        suspects=suspects,
        notes=tuple(notes),
        problems=tuple(dict.fromkeys(reading.problems)),
        refused=frozenset(reading.refused),
    )


def _refuse_names(raw: RawTable, roles: Roles, derivations: Mapping[str, Derivation]) -> None:
    where = raw.source.file
    problems = repeated_roles(roles, where=where)
    needed = sources_of(roles.sources, derivations)
    problems += absent_columns(needed, raw.available, where=where)
    problems += [
        Problem(
            message=f"derived column {name} has the name of a column of the file",
            where=where,
            remedy="Give the derived column a name of its own.",
        )
        for name in derivations
        if name in raw.available
    ]
    grouping = [each for name in roles.groupings for each in roles.told_apart.get(name, (name,))]
    problems += [
        Problem(
            message=f"the group {name} cannot be a derived column",
            where=where,
            remedy="Name a column of the file as the group.",
        )
        for name in dict.fromkeys(grouping)
        if name in derivations
    ]
    if problems:
        raise DataError(problems)
