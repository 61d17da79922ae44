"""A Parquet file to columns that keep its types; whole numbers with gaps stay whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn

import pandas as pd
import pyarrow as pa

from lmm.errors import DataError, Problem
from lmm.ingest.source import MAX_ROWS, MAX_TEXT_BYTES, SAVE_AGAIN, absent_columns

_NULLABLE = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def read_parquet(
    stream: BinaryIO, columns: Sequence[str] | None, *, where: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The wanted columns, and the names of all columns in the file."""
    with damage_refused(where):
        file, keep = open_parquet(stream, columns, where=where)
        _check_size(file.metadata, set(keep), where)
        frame = as_frame(file.read(columns=keep), keep)
        return frame, tuple(file.schema_arrow.names)


def open_parquet(
    stream: BinaryIO, columns: Sequence[str] | None, *, where: str, buffer: int = 0
) -> tuple[Any, list[str]]:
    """The file (pyarrow's ``ParquetFile``) and the wanted columns; absent, ambiguous or empty ones are refused.

    With a ``buffer`` the file is read so many bytes at a time, else whole columns of a row group.
    """
    from pyarrow.parquet import ParquetFile

    stream.seek(0)
    file = ParquetFile(stream, buffer_size=buffer, pre_buffer=not buffer)
    names = tuple(file.schema_arrow.names)
    keep = list(names if columns is None else dict.fromkeys(columns))
    _check_columns(keep, names, where)
    if not file.metadata.num_rows:
        raise DataError(
            "the Parquet file has columns but no data rows", where=where, remedy=SAVE_AGAIN
        )
    return file, keep


def as_frame(table: pa.Table, keep: list[str]) -> pd.DataFrame:
    """The columns ``keep`` with their types, whole numbers with gaps among them."""
    return table.select(keep).to_pandas(ignore_metadata=True, types_mapper=_NULLABLE.get)


@contextmanager
def damage_refused(where: str) -> Iterator[None]:
    """What the library says of a damaged file, as a ``DataError``."""
    try:
        yield
    # Damaged names and notes inside the file are text and JSON to the library: ValueError.
    except (pa.ArrowException, OSError, ValueError) as error:
        _refuse_damaged(error, where)


def _check_columns(keep: list[str], names: tuple[str, ...], where: str) -> None:
    problems = absent_columns(keep, names, where=where)
    problems += [
        Problem(
            message=f"duplicate column name {name}",
            where=where,
            remedy="Rename one of them, so that it is clear which is meant.",
        )
        for name, count in Counter(names).items()
        if count > 1 and name in keep
    ]
    if problems:
        raise DataError(problems)


def _check_size(metadata, keep: set[str], where: str) -> None:
    """Refuse by the footer's figures, before anything is decompressed."""
    size = 0
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        for place in range(group.num_columns):
            column = group.column(place)
            if column.path_in_schema.split(".")[0] in keep:
                size += column.total_uncompressed_size
    if metadata.num_rows > MAX_ROWS or size > MAX_TEXT_BYTES:
        raise DataError(
            f"the table is too large: the limits are {MAX_ROWS:,} rows and "
            f"{MAX_TEXT_BYTES // 2**20} MiB in the columns that are used",
            where=where,
            remedy="Keep only the rows that you need. One model of one grouping column takes a Parquet table "
            "of any length: lmm fit.",
        )


def _refuse_damaged(error: Exception, where: str) -> NoReturn:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    raise DataError(
        f"the Parquet file is truncated or corrupt ({reason})",
        where=where,
        remedy="Copy, download or write the file again.",
    ) from None
