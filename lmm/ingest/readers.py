"""Read a table from CSV, TSV (plain or gzip-compressed) or Parquet, without interpreting it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lmm.errors import DataError
from lmm.ingest.content import Content, open_content
from lmm.ingest.parquet_table import read_parquet
from lmm.ingest.source import RawTable, SourceFacts
from lmm.ingest.text_table import read_text


def read_table(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str = ".",
) -> RawTable:
    """Read the wanted ``columns`` of a file (all where ``None``).

    The kind of file is told from its bytes, not its name. Cells of a text file stay text;
    ``decimal`` is only remembered, for the step that reads numbers. Raises ``DataError`` for
    whatever would make a table other than the one that was meant: absent or duplicate names,
    lines of uneven length, undecodable bytes, damaged or oversized files.
    """
    path = Path(path)
    if decimal not in (".", ","):
        raise DataError(
            f"decimal mark {decimal!r} is not known",
            where=str(path),
            remedy="The decimal mark is '.' or ','.",
        )
    with open_content(path) as content:
        if content.is_parquet:
            return _parquet(path, content, columns, decimal)
        frame, header, separator, codec = read_text(
            content.stream, columns, delimiter=delimiter, encoding=encoding, where=str(path)
        )
    source = SourceFacts(
        file=path.name,
        sha256=content.sha256,
        rows=len(frame),
        delimiter=separator,
        encoding=codec,
        decimal=decimal,
        notes=content.notes + header.notes + _marks(codec, decimal),
    )
    return RawTable(frame=frame, source=source, available=tuple(filter(None, header.names)))


def _marks(codec: str, decimal: str) -> tuple[str, ...]:
    """Notes on an encoding and a decimal mark other than the usual ones."""
    encoding = () if codec.startswith("utf-8") else (f"encoding: {codec}",)
    return (*encoding, "decimal mark: comma") if decimal == "," else encoding


def _parquet(path: Path, content: Content, columns: Sequence[str] | None, decimal: str) -> RawTable:
    frame, names = read_parquet(content.stream, columns, where=str(path))
    source = SourceFacts(
        file=path.name,
        sha256=content.sha256,
        rows=len(frame),
        decimal=decimal,
        notes=content.notes + _marks("utf-8", decimal),
    )
    return RawTable(frame=frame, source=source, available=names)
