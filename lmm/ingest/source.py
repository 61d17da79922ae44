"""What a file held, before anything is interpreted: the cells as text, and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lmm.errors import Problem, nearest
from lmm.ingest.ledger import Exclusion
from lmm.numerics import read_only

# Reading stops here, so that a small compressed file cannot fill the memory.
MAX_TEXT_BYTES = 512 * 2**20
MAX_ROWS = 10_000_000
# What to do about a file in which nothing arrived.
SAVE_AGAIN = "Save or copy the table again, and look whether anything is in it."
MAX_FIELD_CHARACTERS = 131_072

_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Where a table came from: file name, SHA-256 of the file's bytes, data rows, how it was read.

    ``delimiter`` and ``encoding`` are empty for Parquet; ``notes`` are plain text for the reader.
    ``files`` are the names of the files where the table is made of several.
    """

    file: str
    sha256: str
    rows: int
    delimiter: str = ""
    encoding: str = ""
    decimal: str = "."
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where each row of a table (n,) stood: ``file`` is an index into ``files``, ``row`` counts from 1."""

    files: tuple[str, ...]
    file: np.ndarray
    row: np.ndarray

    def words(self, index: int) -> str:
        """The place of one row (from 0) for a message: row 7, or b.csv row 7 where there are several files."""
        row = f"row {self.row[index]}"
        return row if len(self.files) == 1 else f"{self.files[self.file[index]]} {row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """The columns that were asked for, ``frame`` (rows, columns): text, or Parquet's own types.

    ``available`` names every column of the file, also those that were not kept. ``places`` says
    where the rows stood (None: all rows of one file in its order), ``left_out`` which went before.
    """

    frame: pd.DataFrame
    source: SourceFacts
    available: tuple[str, ...]
    places: Places | None = None
    left_out: tuple[Exclusion, ...] = ()

    @property
    def placed(self) -> Places:
        """Where the rows stood."""
        if self.places is not None:
            return self.places
        n = len(self.frame)
        return Places(
            files=(self.source.file,), file=np.zeros(n, np.int64), row=np.arange(1, n + 1)
        )

    def only(self, kept: np.ndarray, gone: Exclusion) -> RawTable:
        """The table with the rows of the mask ``kept`` (n,), the others accounted for."""
        at = self.placed
        places = Places(files=at.files, file=read_only(at.file[kept]), row=read_only(at.row[kept]))
        frame = self.frame[kept].reset_index(drop=True)
        return replace(self, frame=frame, places=places, left_out=(*self.left_out, gone))


def absent_columns(wanted: Sequence[str], available: Sequence[str], *, where: str) -> list[Problem]:
    """One problem for each wanted column that the file lacks; the last lists those it has."""
    present = set(available)
    absent = [name for name in dict.fromkeys(wanted) if name not in present]
    listed = f"The columns are: {names_listed(available)}."
    return [
        Problem(
            message=f"column {name} is not in the file{_nearest(name, available)}",
            where=where,
            remedy=listed if name == absent[-1] else "",
        )
        for name in absent
    ]


def names_listed(names: Sequence[str]) -> str:
    """The first names in a sentence, long ones cut, and how many more there are."""
    shown = ", ".join(shortened(name) for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def counted(count: int, noun: str) -> str:
    """A number with its noun: 1 row, 1,795 rows."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def shortened(value: object, length: int = 40) -> str:
    """A value fit for a message: control characters spelled out, long text cut in the middle."""
    text = str(value)
    if len(text) > length:
        text = f"{text[: length - 8]}…{text[-7:]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _nearest(name: str, available: Sequence[str]) -> str:
    close = nearest(name, available)
    return f"; did you mean {shortened(close)}?" if close else ""
