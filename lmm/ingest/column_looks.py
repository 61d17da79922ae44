"""What a column that comes a batch at a time turns out to hold: numbers, or which labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from lmm.errors import Problem
from lmm.ingest.cells import Codes, cells_of, is_number
from lmm.ingest.distinct import Coding, Distinct, coding
from lmm.ingest.faults import Faults, faults_of
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import number_cells, numeric_column, slip_notes
from lmm.ingest.source import RawTable, SourceFacts
from lmm.ingest.suspects import SuspectedCode
from lmm.ingest.watch import Watch

# A factor has a column of the design a level, or one for two of them in an interaction.
MOST_LEVELS = 10_000


@dataclass(slots=True, kw_only=True)
class NumberLook:
    """A column taken for numbers so far; ``typed`` where the file itself says that it holds some."""

    name: str
    typed: bool = False
    rows: int = 0
    numbers: int = 0
    missing: int = 0
    faults: Faults | None = None
    other_type: tuple[Problem, ...] = ()
    watch: Watch = field(default_factory=Watch)

    def add(self, raw: RawTable, codes: Codes) -> None:
        """Some rows more."""
        self.rows += len(raw.frame)
        self.typed = self.typed or is_number(cells_of(raw, self.name).type)
        cells = number_cells(raw, self.name, missing_codes=codes)
        if cells is None:
            self.other_type = numeric_column(raw, self.name).problems
            return
        found = faults_of(raw, self.name, cells.text, other=cells.other, infinite=cells.infinite)
        self.faults = found if self.faults is None else self.faults + found
        self.numbers += int(np.isfinite(cells.values).sum())
        self.missing += int(cells.missing.sum())
        self.watch.add(cells.values)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it is no column of numbers."""
        return self.other_type or (() if self.faults is None else self.faults.problems)

    @property
    def is_numeric(self) -> bool:
        """Whether it is to be one, of a covariate: as its type says, or as all its cells do."""
        return self.typed or (not self.problems and self.numbers > 0)

    @property
    def slips(self) -> tuple[str, ...]:
        """A note where only some of its cells are no numbers."""
        return slip_notes(self.problems, self.numbers, of=self.rows - self.missing)

    def suspects(self) -> tuple[SuspectedCode, ...]:
        """Values that may mean "missing"."""
        return self.watch.suspects(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsFound:
    """The ``labels`` of a column (m), the ``coding`` of its cells; labels that are whole numbers stay so."""

    coding: Coding
    labels: list[str] | np.ndarray
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True, kw_only=True)
class LabelLook:
    """A column's different cells so far; ``too_many`` where they were limited and more came."""

    name: str
    distinct: Distinct = field(default_factory=Distinct)
    too_many: bool = False

    def add(self, raw: RawTable, *, limited: bool) -> None:
        """Some rows more."""
        if self.too_many:
            return
        self.distinct.add(cells_of(raw, self.name))
        self.too_many = limited and len(self.distinct.cells) > MOST_LEVELS

    def found(self, source: SourceFacts, codes: Codes) -> LabelsFound:
        """The labels, as ``label_column`` reads them from all cells."""
        cells = self.distinct.cells
        if pa.types.is_integer(cells.type) and not pa.types.is_uint64(cells.type):
            return _whole_numbers(cells.to_numpy(), codes)
        frame = pd.DataFrame({self.name: cells.to_pandas()})
        column = label_column(
            RawTable(frame=frame, source=source, available=(self.name,)),
            self.name,
            missing_codes=codes,
        )
        return LabelsFound(
            coding=coding(cells, np.asarray(column.values.codes, np.int64)),
            labels=[str(label) for label in column.values.categories],
            notes=column.notes,
            problems=(*column.problems, *self._too_many(source)),
        )

    def _too_many(self, source: SourceFacts) -> Sequence[Problem]:
        if not self.too_many:
            return ()
        return (
            Problem(
                message=f"column {self.name} has more than {MOST_LEVELS:,} different labels, "
                "too many for a factor",
                where=source.file,
                remedy=f"Let it be a group, (1 | {self.name}), or leave it out.",
            ),
        )


def _whole_numbers(cells: np.ndarray, codes: Codes) -> LabelsFound:
    labels = np.sort(cells.astype(np.int64))
    labels = labels[~np.isin(labels, [code for code in codes if isinstance(code, float)])]
    index = pd.Index(labels)
    return LabelsFound(coding=Coding(cells=index, codes=np.arange(len(labels))), labels=labels)
