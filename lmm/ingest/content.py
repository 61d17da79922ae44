"""The bytes of a file: opened once, digested, recognised, decompressed within a limit."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lmm.errors import MAKE_READABLE, DataError
from lmm.ingest.source import MAX_TEXT_BYTES, SAVE_AGAIN

_BLOCK = 2**20

_NOT_TABLES = {
    b"PK\x03\x04": "a spreadsheet (xlsx, ods) or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstandard",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An open, seekable ``stream`` of a file's (decompressed) bytes, and what is known of them."""

    stream: BinaryIO
    sha256: str
    is_parquet: bool
    notes: tuple[str, ...]


@contextmanager
def open_content(path: Path) -> Iterator[Content]:
    """Open a file for reading; the digest and every later pass see the same bytes.

    Raises ``DataError`` where the file cannot be opened, is empty, is damaged, is of another kind
    or holds more than ``MAX_TEXT_BYTES`` of text.
    """
    where = str(path)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise DataError(
            "there is no such file",
            where=where,
            remedy="Check the name; it is taken from the current folder.",
        ) from None
    except OSError as error:
        raise DataError(
            f"the file cannot be read ({error.strerror})",
            where=where,
            remedy=MAKE_READABLE,
        ) from None
    with file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        start = file.read(8)
        file.seek(0)
        _refuse_other_kinds(start, where)
        is_parquet = start[:4] == b"PAR1"
        is_gzip = start[:2] == b"\x1f\x8b"
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_gzip else file
        if not is_parquet:
            _check_size(stream, is_gzip, where)
        notes = _name_notes(path, is_gzip)
        yield Content(stream=stream, sha256=sha256, is_parquet=is_parquet, notes=notes)


def _refuse_other_kinds(start: bytes, where: str) -> None:
    if not start:
        raise DataError("the file is empty (0 bytes)", where=where, remedy=SAVE_AGAIN)
    for magic, kind in _NOT_TABLES.items():
        if start.startswith(magic):
            raise DataError(
                f"this is {kind}, not a text table",
                where=where,
                remedy="Save the table as CSV (plain or .gz), TSV or Parquet.",
            )


def _check_size(stream: BinaryIO, is_gzip: bool, where: str) -> None:
    size = _decompressed_size(stream, where) if is_gzip else stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > MAX_TEXT_BYTES:
        raise DataError(
            f"the file is too large: its text exceeds the limit of {MAX_TEXT_BYTES // 2**20} MiB",
            where=where,
            remedy="Keep only the rows and columns you need, or save the table as Parquet.",
        )


def _decompressed_size(stream: BinaryIO, where: str) -> int:
    """Bytes of the decompressed text, counted only up to the limit."""
    size = 0
    try:
        while size <= MAX_TEXT_BYTES and (block := stream.read(_BLOCK)):
            size += len(block)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"the gzip file is truncated or corrupt ({error})",
            where=where,
            remedy="Copy or download the file again; nothing was read from the part that is there.",
        ) from None
    if not size:
        raise DataError(
            "the gzip file holds an empty file (0 bytes)", where=where, remedy=SAVE_AGAIN
        )
    return size


def _name_notes(path: Path, is_gzip: bool) -> tuple[str, ...]:
    if path.suffix == ".gz" and not is_gzip:
        return ("the name ends in .gz but the file is not gzip-compressed; it was read as it is",)
    return ()
