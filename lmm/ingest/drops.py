"""A table that arrives in several files of the same columns, appended in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from lmm.errors import DataError, Problem
from lmm.ingest.cells import Codes, cells_of
from lmm.ingest.digests import folder_digest
from lmm.ingest.keys import key_numbers
from lmm.ingest.ledger import SUPERSEDED, Exclusion
from lmm.ingest.readers import read_table
from lmm.ingest.source import (
    MAX_ROWS,
    Places,
    RawTable,
    SourceFacts,
    counted,
    names_listed,
    shortened,
)
from lmm.numerics import read_only

MAX_LISTED = 1000


def read_drops(
    folder: Path,
    names: Sequence[str],
    *,
    columns: Sequence[str],
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str = ".",
) -> RawTable:
    """The wanted ``columns`` of the files ``names`` (sorted) in a folder, one below the other.

    Raises ``DataError`` with the problems of all files; files must have the same columns, in any
    order, and be of one kind.
    """
    tables, problems = [], []
    for name in names:
        try:
            tables.append(
                read_table(
                    folder / name,
                    columns=columns,
                    delimiter=delimiter,
                    encoding=encoding,
                    decimal=decimal,
                )
            )
        except DataError as error:
            problems += error.problems
    problems += _unlike(folder, tables)
    if not problems and sum(table.source.rows for table in tables) > MAX_ROWS:
        limit = f"the files together are too large: the limit is {MAX_ROWS:,} rows"
        remedy = "Keep only the rows that you need."
        problems.append(Problem(message=limit, where=str(folder), remedy=remedy))
    if problems:
        raise DataError(problems)
    return _appended(folder, tables)


def settle_duplicates(
    raw: RawTable,
    key: Sequence[str],
    rule: Literal["refuse", "last", "first"],
    *,
    missing_codes: Mapping[str, Codes],
    label: str,
) -> RawTable:
    """Rows of different files that hold the same in the columns ``key``: refused, or one file's stay.

    What is repeated within one file is that file's own and stays. Rows that give way are accounted
    for as superseded; rows that lack a part of the key are no one's duplicate.
    """
    keys = key_numbers(raw, key, missing_codes=missing_codes, label=label)
    file, known = raw.placed.file, keys >= 0
    chosen = np.full(int(keys.max(initial=-1)) + 1, -1 if rule == "last" else len(raw.placed.files))
    settle = np.maximum if rule == "last" else np.minimum
    settle.at(chosen, keys[known], file[known])
    gone = known.copy()
    gone[known] = chosen[keys[known]] != file[known]
    if not gone.any():
        return raw
    if rule == "refuse":
        raise DataError(list(_repeated(raw, key, keys, gone)))
    return raw.only(~gone, Exclusion(reason=SUPERSEDED, column=key[-1], rows=int(gone.sum())))


def _unlike(folder: Path, tables: Sequence[RawTable]) -> Iterator[Problem]:
    """A problem for each file whose columns, or kind, are not those of the first."""
    for table in tables[1:]:
        first = tables[0]
        where = str(folder / table.source.file)
        lacks = [name for name in first.available if name not in table.available]
        adds = [name for name in table.available if name not in first.available]
        if lacks or adds:
            words = [f"it lacks {names_listed(lacks)}"] if lacks else []
            words += [f"it has {names_listed(adds)} more"] if adds else []
            yield Problem(
                message=f"the columns are not those of {first.source.file}: {', and '.join(words)}",
                where=where,
                remedy="All files of a folder have the same columns.",
            )
        if bool(table.source.delimiter) != bool(first.source.delimiter):
            yield Problem(
                message=f"the file is not of the same kind as {first.source.file}: one is Parquet, one is text",
                where=where,
                remedy="Save all files of a folder as one kind.",
            )


def _appended(folder: Path, tables: Sequence[RawTable]) -> RawTable:
    files = tuple(table.source.file for table in tables)
    sizes = [table.source.rows for table in tables]
    notes = [f"{counted(len(files), 'file')}, in the order of their names: {names_listed(files)}"]
    for table in tables:
        notes += [f"{table.source.file}: {note}" for note in table.source.notes]
    first = tables[0]
    source = SourceFacts(
        file=folder.name or str(folder),
        sha256=folder_digest((table.source.file, table.source.sha256) for table in tables),
        rows=sum(sizes),
        delimiter=first.source.delimiter,
        encoding=first.source.encoding,
        decimal=first.source.decimal,
        notes=tuple(notes),
        files=files,
    )
    places = Places(
        files=files,
        file=read_only(np.repeat(np.arange(len(files)), sizes)),
        row=read_only(np.concatenate([np.arange(1, size + 1) for size in sizes])),
    )
    frame = pd.concat([table.frame for table in tables], ignore_index=True)
    return replace(first, frame=frame, source=source, places=places)


def _repeated(
    raw: RawTable, key: Sequence[str], keys: np.ndarray, gone: np.ndarray
) -> Iterator[Problem]:
    """Each repeated row beside the first with the same key."""
    first = np.full(int(keys.max()) + 1, len(keys))
    known = np.flatnonzero(keys >= 0)
    np.minimum.at(first, keys[known], known)
    columns = [cells_of(raw, name) for name in key]
    rows = np.flatnonzero(gone)
    for row in rows[:MAX_LISTED]:
        held = ", ".join(
            f"{name} {shortened(cells[int(row)].as_py())}"
            for name, cells in zip(key, columns, strict=True)
        )
        at = raw.placed
        yield Problem(
            message=f"row {at.row[row]} holds {held} again, which {at.words(int(first[keys[row]]))} holds",
            where=at.files[at.file[row]],
            remedy="",  # the last of them says what to do
        )
    more = len(rows) - MAX_LISTED
    yield Problem(
        message=f"{counted(len(rows), 'row')} of {names_listed(key)} stand in more than one file"
        + (f"; {more:,} of them are not listed" if more > 0 else ""),
        where=raw.source.file,
        remedy="Remove them, or say which file counts: duplicates: last, or first.",
    )
