"""The different cells of a column that comes a batch at a time, and the code of each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# So many at least are waited for before they are held against those known.
_PENDING = 2**17


@dataclass(slots=True)
class Distinct:
    """Cells seen so far, each once; memory is a few times theirs."""

    known: pa.Array | None = None
    pending: list[pa.Array] = field(default_factory=list)

    def add(self, cells: pa.Array) -> None:
        """More cells of the column."""
        if pa.types.is_null(cells.type):
            return
        self.pending.append(pc.unique(cells).drop_null())  # type: ignore[attr-defined]
        known = 0 if self.known is None else len(self.known)
        if sum(map(len, self.pending)) > max(known, _PENDING):
            self._merge()

    @property
    def cells(self) -> pa.Array:
        """All of them, in the order in which they came."""
        self._merge()
        return pa.array([], pa.string()) if self.known is None else self.known

    def _merge(self) -> None:
        parts = [*([] if self.known is None else [self.known]), *self.pending]
        if self.pending:
            whole = pa.chunked_array([part.cast(parts[0].type) for part in parts])
            self.known = pc.unique(whole)  # type: ignore[attr-defined]
            self.pending = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """``codes`` (k,) of the ``cells`` that were seen; −1 means missing."""

    cells: pd.Index
    codes: np.ndarray

    def codes_of(self, cells: pa.Array) -> np.ndarray:
        """The code of each of some cells (n,); of one that is not among those seen too, −1."""
        if pa.types.is_null(cells.type):
            return np.full(len(cells), -1)
        encoded = cells.dictionary_encode()
        places = self.cells.get_indexer(pd.Index(encoded.dictionary.to_pandas()))
        known = np.append(np.append(self.codes, -1)[places], -1)
        return known[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def coding(cells: pa.Array, codes: np.ndarray) -> Coding:
    """Codes (k,) for distinct cells (k,)."""
    return Coding(cells=pd.Index(cells.to_pandas()), codes=codes)
