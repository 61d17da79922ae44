"""A Parquet table as frames of complete rows, whose columns are read as they would be all at once.

The first look over all cells says what each column holds: numbers, or which labels. Every later one reads
a batch by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lmm.errors import DataError, Problem
from lmm.ingest.cells import Codes, cells_of
from lmm.ingest.column_looks import LabelLook, NumberLook
from lmm.ingest.content import open_content
from lmm.ingest.distinct import Coding
from lmm.ingest.numbers import number_cells
from lmm.ingest.parquet_batches import ParquetBatches, parquet_batches
from lmm.ingest.source import RawTable, SourceFacts
from lmm.ingest.suspects import SuspectedCode, suspicion
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Columns by what they are to be: ``numbers``, ``groups`` (labels), and ``others``, either as their cells are."""

    numbers: tuple[str, ...]
    groups: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them, once."""
        return tuple(dict.fromkeys((*self.numbers, *self.others, *self.groups)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStream:
    """A table read a batch at a time: numeric columns, factors with their levels, groups with their labels."""

    batches: ParquetBatches
    missing_codes: Mapping[str, Codes]
    numbers: tuple[str, ...]
    factors: Mapping[str, tuple[Coding, pd.CategoricalDtype]]
    groups: Mapping[str, tuple[Coding, list[str] | np.ndarray]]
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows, complete or not."""
        return self.batches.rows

    @property
    def labels(self) -> Mapping[str, list[str] | np.ndarray]:
        """The labels of each grouping column."""
        return {name: labels for name, (_, labels) in self.groups.items()}

    def frames(self) -> Iterator[pd.DataFrame]:
        """The complete rows from the beginning, some at a time; groups as codes of their labels."""
        for raw in self.batches.tables():
            numbers = {name: self._numbers(raw, name) for name in self.numbers}
            codes = {
                name: coding.codes_of(cells_of(raw, name))
                for name, (coding, _) in {**self.factors, **self.groups}.items()
            }
            complete = np.ones(len(raw.frame), bool)
            for values in numbers.values():
                complete &= ~np.isnan(values)
            for each in codes.values():
                complete &= each >= 0
            kept: slice | np.ndarray = slice(None) if complete.all() else complete
            columns: dict[str, object] = {name: values[kept] for name, values in numbers.items()}
            for name, each in codes.items():
                columns[name] = (
                    pd.Categorical.from_codes(each[kept], dtype=self.factors[name][1])
                    if name in self.factors
                    else each[kept]
                )
            yield pd.DataFrame(columns)

    def _numbers(self, raw: RawTable, name: str) -> Array:
        cells = number_cells(raw, name, missing_codes=self.missing_codes.get(name, ()))
        assert cells is not None  # the first look has seen to it
        return cells.values


@contextmanager
def open_row_stream(
    path: Path,
    wanted: Wanted,
    *,
    missing_codes: Mapping[str, Codes] | None = None,
    declared_by: Callable[[tuple[SuspectedCode, ...]], str] | None = None,
) -> Iterator[RowStream]:
    """Open a Parquet file and look at all cells of the wanted columns once.

    ``declared_by`` says how suspected codes are declared. Raises ``DataError`` with every problem found, each
    with the rows where it is.
    """
    with open_content(Path(path)) as content:
        if not content.is_parquet:
            raise DataError(
                "this is not a Parquet file: only such files are read a part at a time",
                where=str(path),
                remedy="Save the table as Parquet, or read it into memory and fit that.",
            )
        source = SourceFacts(
            file=Path(path).name, sha256=content.sha256, rows=0, notes=content.notes
        )
        batches = parquet_batches(content.stream, wanted.columns, source=source, where=str(path))
        yield _looked_at(batches, wanted, missing_codes or {}, declared_by)


def _looked_at(
    batches: ParquetBatches,
    wanted: Wanted,
    codes: Mapping[str, Codes],
    declared_by: Callable[[tuple[SuspectedCode, ...]], str] | None,
) -> RowStream:
    numbers = {name: NumberLook(name=name) for name in (*wanted.numbers, *wanted.others)}
    labels = {name: LabelLook(name=name) for name in (*wanted.others, *wanted.groups)}
    for raw in batches.tables():
        for name in wanted.columns:
            if name in numbers:
                numbers[name].add(raw, codes.get(name, ()))
            if name in labels and not (name in numbers and numbers[name].typed):
                labels[name].add(raw, limited=name in numbers)
    problems: list[Problem] = []
    notes: list[str] = []
    numeric = [*wanted.numbers, *(name for name in wanted.others if numbers[name].is_numeric)]
    for name in numeric:
        problems += numbers[name].problems
        suspects = numbers[name].suspects()
        if suspects:
            said = {} if declared_by is None else {"declared_by": declared_by(suspects)}
            notes.append(suspicion(suspects, **said))
    factors, groups = {}, {}
    for name in labels:
        if name in numeric:
            continue
        found = labels[name].found(batches.source, codes.get(name, ()))
        problems += found.problems
        notes += found.notes
        if name in wanted.groups:
            groups[name] = (found.coding, found.labels)
        else:
            notes += numbers[name].slips
            factors[name] = (found.coding, pd.CategoricalDtype(found.labels))
    if problems:
        raise DataError(problems)
    return RowStream(
        batches=batches,
        missing_codes=codes,
        numbers=tuple(numeric),
        factors=factors,
        groups=groups,
        notes=(*batches.source.notes, *notes),
    )
