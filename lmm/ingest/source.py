"""What a file held, before anything is interpreted: the cells as text, and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from lmm.errors import Problem

# Reading stops here, so that a small compressed file cannot fill the memory.
MAX_TEXT_BYTES = 512 * 2**20
MAX_ROWS = 10_000_000
MAX_FIELD_CHARACTERS = 131_072

_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Where a table came from: file name, SHA-256 of the file's bytes, data rows, how it was read.

    ``delimiter`` and ``encoding`` are empty for Parquet; ``notes`` are plain text for the reader.
    """

    file: str
    sha256: str
    rows: int
    delimiter: str = ""
    encoding: str = ""
    decimal: str = "."
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """The columns that were asked for, ``frame`` (rows, columns): text, or Parquet's own types.

    ``available`` names every column of the file, also those that were not kept.
    """

    frame: pd.DataFrame
    source: SourceFacts
    available: tuple[str, ...]


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
    folded = {candidate.casefold(): candidate for candidate in available[:2000]}
    close = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.7)
    return f"; did you mean {shortened(folded[close[0]])}?" if close else ""
