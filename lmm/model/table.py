"""The columns that a formula uses, each looked up once, in the rows that have a value in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, Problem, choice_of
from lmm.model.formula import Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Complete rows: ``rows`` (n,) are their positions in the table given, ``dropped`` how many were not complete.

    Numbers and truth values are arrays (n,), all else is as pandas holds it.
    """

    columns: Mapping[str, Any]
    table: pd.DataFrame
    rows: np.ndarray
    dropped: int

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.rows)

    def frame(self) -> pd.DataFrame:
        """The same as a data frame."""
        frame = self.table[list(self.columns)]
        return frame.iloc[self.rows] if self.dropped else frame


def complete_columns(formula: Formula, table: pd.DataFrame | Mapping[str, Any]) -> Columns:
    """The variables of a formula in the rows that lack none of them.

    Raises ``DataError`` for columns that are absent, ambiguous or of unequal length.
    """
    variables = formula.variables
    absent = [name for name in variables if name not in table]
    if absent:
        raise DataError(
            Problem(
                message=f"the column {name!r} is not in the table",
                where="formula",
                remedy=choice_of(name, map(str, table), are="columns"),
            )
            for name in absent
        )
    frame = table if isinstance(table, pd.DataFrame) else _framed(table)
    columns = {name: _column(name, frame) for name in variables}
    complete: np.ndarray | None = None
    for column in columns.values():
        missing = _missing(column)
        if missing is not None and missing.any():
            complete = ~missing if complete is None else complete & ~missing
    if complete is None:
        return Columns(columns=columns, table=frame, rows=np.arange(len(frame)), dropped=0)
    rows = np.flatnonzero(complete)
    kept = {
        name: column[rows] if isinstance(column, np.ndarray) else column.iloc[rows]
        for name, column in columns.items()
    }
    return Columns(columns=kept, table=frame, rows=rows, dropped=len(frame) - len(rows))


def _framed(table: Mapping[str, Any]) -> pd.DataFrame:
    try:
        return pd.DataFrame(dict(table))
    except ValueError as error:
        raise DataError(
            f"the columns do not make a table: {error}", remedy="Give all columns the same length."
        ) from None


def _column(name: str, frame: pd.DataFrame) -> Any:
    column = frame[name]
    if isinstance(column, pd.DataFrame):
        raise DataError(
            f"the table has more than one column {name!r}", remedy="Rename one of them."
        )
    plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb"
    return column.to_numpy() if plain else column


def _missing(column: Any) -> np.ndarray | None:
    if isinstance(column, np.ndarray):
        return np.isnan(column) if column.dtype.kind == "f" else None
    return column.isna().to_numpy()
