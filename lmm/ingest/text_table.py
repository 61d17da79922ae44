"""A delimited text file to columns of text; nothing is guessed, labels keep every character."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NoReturn

import pandas as pd
import pyarrow as pa

from lmm.errors import DataError
from lmm.ingest.encoding import encoding_of, text_of
from lmm.ingest.header import (
    DELIMITERS,
    Header,
    OpenText,
    detected_delimiter,
    first_record,
    given_delimiter,
    has_names,
    is_blank,
    read_header,
    records,
)
from lmm.ingest.source import MAX_FIELD_CHARACTERS, MAX_ROWS, SAVE_AGAIN, counted, shortened

# Cells taken at a time: enough to work by column, few enough to stay in the processor's cache.
_CELLS = 50_000
_PAIR_QUOTES = "Give each double quote its partner; inside a quoted field, write it twice."


def read_text(
    stream: BinaryIO,
    columns: Sequence[str] | None,
    *,
    delimiter: str | None,
    encoding: str | None,
    where: str,
) -> tuple[pd.DataFrame, Header, str, str]:
    """The wanted columns as text, with the header, the delimiter and the encoding in use."""
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    codec = encoding_of(stream, encoding, where=where)

    def open_text():
        return text_of(stream, codec, where=where)

    given = None if delimiter is None else given_delimiter(delimiter, where=where)
    separator = given or detected_delimiter(open_text, columns)
    with open_text() as text:
        record = first_record(text, separator)
    if not record:
        _refuse_headless(open_text, separator, where)
    header = read_header(record, columns, where=where)
    frame, trailing = _read_columns(open_text, separator, header, where)
    notes = header.notes
    if separator != ",":
        notes += (f"delimiter: {DELIMITERS.get(separator, separator)}",)
    if trailing:
        notes += ("every line ends in a delimiter; the trailing empty column is ignored",)
    header = Header(names=header.names, positions=header.positions, notes=notes)
    return frame, header, separator, codec


def _read_columns(
    open_text: OpenText, separator: str, header: Header, where: str
) -> tuple[pd.DataFrame, bool]:
    width = len(header.names)
    chunks: list[list[pa.Array]] = [[] for _ in header.positions]
    rows, trailing = 0, False
    try:
        with open_text() as text:
            for chunk in _chunks(records(text, separator), max(1, _CELLS // width)):
                if not rows:
                    trailing = len(chunk[0]) == width + 1 and not chunk[0][-1].strip()
                rows += len(chunk)
                _check_chunk(chunk, width, trailing)
                if rows > MAX_ROWS:
                    raise DataError(
                        f"the table is too large: the limit is {MAX_ROWS:,} rows",
                        where=where,
                        remedy="Keep only the rows that you need.",
                    )
                for pieces, position in zip(chunks, header.positions, strict=True):
                    pieces.append(pa.array([record[position] for record in chunk], pa.string()))
    except (csv.Error, _RaggedError):
        _explain(open_text, separator, width, trailing, where)
    if not rows:
        raise DataError("the file has a header but no data rows", where=where, remedy=SAVE_AGAIN)
    table = pa.table(
        [pa.chunked_array(pieces, pa.string()) for pieces in chunks], names=list(header.kept)
    )
    return table.to_pandas(), trailing


class _RaggedError(Exception):
    """A record has more or fewer fields than the header."""


def _chunks(reader: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    """Data records in lists of about ``size``, blank lines left out, the header skipped."""
    next(filter(has_names, reader))
    while read := list(islice(reader, size)):
        if min(map(len, read)) <= 1:
            read = [record for record in read if not is_blank(record)]
        if read:
            yield read


def _check_chunk(chunk: list[list[str]], width: int, trailing: bool) -> None:
    if set(map(len, chunk)) != {width + trailing}:
        raise _RaggedError
    if trailing and any(record[-1].strip() for record in chunk):
        raise _RaggedError


def _explain(
    open_text: OpenText, separator: str, width: int, trailing: bool, where: str
) -> NoReturn:
    """Read again, record by record, up to the first bad one, to say on which line it stands."""
    line, row, header_seen = 1, 0, False
    with open_text() as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            for record in reader:
                if not header_seen:
                    header_seen = has_names(record)
                elif not is_blank(record):
                    row += 1
                    if len(record) != width + trailing or (trailing and record[-1].strip()):
                        _refuse_ragged(record, line, row, width, where)
                line = reader.line_num + 1
        except csv.Error as error:
            raise DataError(
                _quoting(str(error), line, row + 1), where=where, remedy=_PAIR_QUOTES
            ) from None
    raise AssertionError("the second reading found no fault where the first one did")


def _refuse_ragged(record: list[str], line: int, row: int, width: int, where: str) -> NoReturn:
    begins = shortened(", ".join(record[:4]), 60)
    raise DataError(
        f"line {line} (data row {row}) has {counted(len(record), 'field')} where the header "
        f"has {width:,}; it begins with {begins}",
        where=where,
        remedy="Fields that contain the delimiter must stand in double quotes; "
        "a field too many or too few would shift the columns.",
    )


def _quoting(error: str, line: int, row: int) -> str:
    place = f"line {line} (data row {row})"
    if "field larger than" in error:
        return (
            f"{place}: a field is longer than the limit of {MAX_FIELD_CHARACTERS:,} characters "
            "(or a double quote is never closed)"
        )
    return f"{place}: double quotes are not paired ({error})"


def _refuse_headless(open_text: OpenText, separator: str, where: str) -> NoReturn:
    with open_text() as text:
        if any(line.strip("\ufeff \t\r\n") for line in text):
            raise DataError(
                "the header cannot be read: double quotes are not paired, or a name exceeds "
                f"{MAX_FIELD_CHARACTERS:,} characters",
                where=where,
                remedy="Give each quote its partner, and the columns short names.",
            )
    raise DataError(
        "the file is empty: only blank lines, no header", where=where, remedy=SAVE_AGAIN
    )
