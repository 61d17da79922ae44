"""A Parquet file some rows at a time, as often as asked for: memory does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from lmm.ingest.parquet_table import as_frame, damage_refused, open_parquet
from lmm.ingest.source import Places, RawTable, SourceFacts

ROWS = 2**17  # in a batch
_BUFFER = 2**20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetBatches:
    """The columns ``keep`` of an open Parquet file of ``rows`` rows; ``available`` names all its columns."""

    stream: BinaryIO
    source: SourceFacts
    keep: tuple[str, ...]
    available: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows in the file."""
        return self.source.rows

    def tables(self) -> Iterator[RawTable]:
        """The rows from the beginning, as many at a time as ``ROWS``, with their places in the file."""
        first, where = 1, self.source.file
        with damage_refused(where):
            file, keep = open_parquet(self.stream, self.keep, where=where, buffer=_BUFFER)
            for batch in file.iter_batches(batch_size=ROWS, columns=keep):
                n = batch.num_rows
                places = Places(
                    files=(where,), file=np.zeros(n, np.int8), row=np.arange(first, first + n)
                )
                yield RawTable(
                    frame=as_frame(pa.Table.from_batches([batch]), keep),
                    source=self.source,
                    available=self.available,
                    places=places,
                )
                first += n


def parquet_batches(
    stream: BinaryIO, columns: tuple[str, ...], *, source: SourceFacts, where: str
) -> ParquetBatches:
    """Look at the footer of an open Parquet file. Raises ``DataError`` as ``read_table`` does."""
    with damage_refused(where):
        file, keep = open_parquet(stream, columns, where=where)
    return ParquetBatches(
        stream=stream,
        source=replace(source, rows=file.metadata.num_rows),
        keep=tuple(keep),
        available=tuple(file.schema_arrow.names),
    )
