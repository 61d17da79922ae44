"""The header line of a text table: which delimiter, which names, which columns to keep."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from lmm.errors import DataError, Problem
from lmm.ingest.source import absent_columns, shortened

DELIMITERS = {",": "comma", ";": "semicolon ;", "\t": "tab", "|": "vertical bar |"}

_SPELLED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
_HTML = ("<!doctype html", "<html", "<head", "<body", "<?xml")

OpenText = Callable[[], AbstractContextManager[io.TextIOWrapper]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Trimmed ``names`` of all columns, ``positions`` of those to keep, notes for the reader."""

    names: tuple[str, ...]
    positions: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the columns to keep, in the order of ``positions``."""
        return tuple(self.names[position] for position in self.positions)


def records(text: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Records of a text table by the rules of RFC 4180; broken quoting raises ``csv.Error``."""
    return csv.reader(text, delimiter=delimiter, strict=True)


def given_delimiter(delimiter: str, *, where: str) -> str:
    """A delimiter as the user may write it: one character, or ``tab``."""
    character = _SPELLED.get(delimiter, delimiter)
    if len(character) != 1 or character in '"\r\n':
        raise DataError(
            f"delimiter {delimiter!r} cannot separate columns",
            where=where,
            remedy="Give one character, such as , ; | or the word tab.",
        )
    return character


def detected_delimiter(open_text: OpenText, wanted: Sequence[str] | None) -> str:
    """The delimiter under which the header has most of the wanted names, then most names at all."""
    scores = {}
    for candidate in DELIMITERS:
        with open_text() as text:
            names = [name.strip() for name in first_record(text, candidate)]
        scores[candidate] = (len(set(wanted or ()) & set(names)), len(names))
    return max(scores, key=lambda candidate: scores[candidate])


def first_record(text: Iterable[str], delimiter: str) -> list[str]:
    """The header: the first record that names a column; empty where there is none."""
    try:
        return next(filter(has_names, records(text, delimiter)), [])
    except csv.Error:
        return []


def has_names(record: list[str]) -> bool:
    """Whether a record can be the header: one of its fields is not blank."""
    return any(name.strip("\ufeff \t") for name in record)


def is_blank(record: list[str]) -> bool:
    """Whether a record comes from a line that holds nothing but spaces."""
    return not record or (len(record) == 1 and not record[0].strip())


def read_header(record: list[str], wanted: Sequence[str] | None, *, where: str) -> Header:
    """Names and positions from the header record.

    Raises ``DataError`` for a page of HTML, wanted columns that are absent, and duplicate names
    (of wanted columns, or any where all columns are wanted).
    """
    _refuse_pages(record, wanted, where)
    names = tuple(name.strip() for name in record)
    counts = Counter(name for name in names if name)
    repeated = [name for name, count in counts.items() if count > 1]
    keep = tuple(counts) if wanted is None else tuple(dict.fromkeys(wanted))
    problems = absent_columns(keep, [name for name in names if name], where=where)
    problems += [_duplicate(name, names, where) for name in repeated if name in keep]
    if problems:
        raise DataError(problems)
    first = {name: position for position, name in reversed(list(enumerate(names)))}
    positions = tuple(first[name] for name in keep)
    return Header(names=names, positions=positions, notes=_notes(record, names, repeated))


def _notes(record: list[str], names: tuple[str, ...], repeated: list[str]) -> tuple[str, ...]:
    notes = []
    if any(raw != name for raw, name in zip(record, names, strict=True)):
        notes.append("spaces around column names in the header were removed")
    unnamed = [position for position, name in enumerate(names) if not name]
    if unnamed and unnamed[0] == 0:
        notes.append("the first column has no name (row names) and is ignored")
        unnamed = unnamed[1:]
    if unnamed:
        places = ", ".join(str(position + 1) for position in unnamed[:5])
        notes.append(f"columns without a name are ignored (place in the line: {places})")
    if repeated:
        listed = ", ".join(shortened(name) for name in repeated[:5])
        notes.append(f"column names that occur more than once are not used: {listed}")
    return tuple(notes)


def _refuse_pages(record: list[str], wanted: Sequence[str] | None, where: str) -> None:
    if record[0].lstrip("\ufeff \t").lower().startswith(_HTML):
        sought = f"; the columns {', '.join(wanted)} are not in it" if wanted else ""
        raise DataError(
            f"this is a web page (HTML), not a table{sought}",
            where=where,
            remedy="A login or error page was probably saved in its place: fetch the file itself.",
        )
    if any("\x00" in name for name in record):
        raise DataError(
            "the header holds zero bytes: this is not plain text",
            where=where,
            remedy="If it is UTF-16 without a byte-order mark, set encoding to utf-16-le.",
        )


def _duplicate(name: str, names: tuple[str, ...], where: str) -> Problem:
    places = [str(place) for place, other in enumerate(names, start=1) if other == name]
    return Problem(
        message=f"duplicate column name {name}: columns {' and '.join(places)} of the header",
        where=where,
        remedy="Rename one of them, so that it is clear which is meant.",
    )
