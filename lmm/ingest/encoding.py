"""Bytes to text: UTF-8 unless a byte-order mark or the user says otherwise, never a guess."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from lmm.errors import DataError

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(stream: BinaryIO, declared: str | None, *, where: str) -> str:
    """The codec to read with: by byte-order mark, else as declared, else UTF-8.

    Raises ``DataError`` for an unknown encoding, or one that the file's mark contradicts.
    """
    stream.seek(0)
    start = stream.read(4)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if declared is None:
        return marked or "utf-8"
    try:
        name = codecs.lookup(declared).name
        "".encode(name)
    except LookupError:
        raise DataError(
            f"encoding {declared!r} is not known",
            where=where,
            remedy="Common ones are utf-8, latin-1, cp1252 and utf-16.",
        ) from None
    if marked is None:
        return name
    if not name.startswith(marked.removesuffix("-sig")):
        raise DataError(
            f"encoding {declared} is declared, but the file begins with the mark of "
            f"{marked.removesuffix('-sig').upper()}",
            where=where,
            remedy="Leave the option encoding out.",
        )
    return marked


@contextmanager
def text_of(stream: BinaryIO, encoding: str, *, where: str) -> Iterator[io.TextIOWrapper]:
    """The stream from its start as text, line ends untouched; undecodable bytes are refused."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield text
    except UnicodeDecodeError as error:
        raise _undecodable(stream, encoding, error, where) from None
    finally:
        text.detach()


def _undecodable(
    stream: BinaryIO, encoding: str, error: UnicodeDecodeError, where: str
) -> DataError:
    name = encoding.removesuffix("-sig").upper()
    return DataError(
        f"the text is not {name}{_first_bad_byte(stream, encoding)} ({error.reason})",
        where=where,
        remedy="Say which encoding the file has (option encoding, for example latin-1 or cp1252), "
        "or save it as UTF-8.",
    )


def _first_bad_byte(stream: BinaryIO, encoding: str) -> str:
    """Line and offset of the first bad byte, for encodings in which a line end is one byte."""
    if encoding.startswith(("utf-16", "utf-32")):
        return ""
    stream.seek(0)
    offset = 0
    for number, line in enumerate(stream, start=1):
        try:
            line.decode(encoding.removesuffix("-sig"))
        except UnicodeDecodeError as error:
            place = offset + error.start
            return f": line {number}, byte {place}, holds 0x{line[error.start]:02X}"
        offset += len(line)
    return ""
