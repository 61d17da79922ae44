"""Every column of a table looked at before anything is known of it: what it holds, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lmm.errors import DataError
from lmm.ingest.audit import Doubtful, audit
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import numeric_column
from lmm.ingest.source import RawTable
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSurvey:
    """A column (n rows): ``codes`` (n,) number its ``distinct`` values in order, -1 where missing.

    ``numbers`` (n,) are its values where all cells are numbers, else None; suspected missing-value
    codes (``doubtful``) count as missing in all of it. ``levels`` are the values as text, in order.
    """

    name: str
    numbers: Array | None
    codes: np.ndarray
    levels: tuple[str, ...]
    doubtful: tuple[Doubtful, ...] = ()

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(self.levels)

    @property
    def missing(self) -> int:
        """Rows without a value."""
        return int((self.codes < 0).sum())

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        known = self.known
        return bool(known.size and (known == np.floor(known)).all())

    @property
    def known(self) -> Array:
        """The numbers without the missing ones; none for text."""
        return np.empty(0) if self.numbers is None else self.numbers[self.codes >= 0]


def survey(raw: RawTable, *, label: str = "") -> dict[str, ColumnSurvey]:
    """All columns of a table by name; those that hold neither numbers nor labels are left out.

    ``label`` is one whose numbers are names (the group): none of them can be a code for "missing".
    """
    numbers: dict[str, Array] = {}
    labels: dict[str, pd.Categorical] = {}
    for name in raw.frame.columns:
        column = numeric_column(raw, name)
        if name != label and not column.problems and np.isfinite(column.values).any():
            numbers[name] = column.values
            continue
        read = label_column(raw, name)
        if not read.problems:
            labels[name] = read.values
    doubtful = audit(numbers)
    found = {
        name: _numeric(name, values, tuple(doubt for doubt in doubtful if doubt.column == name))
        for name, values in numbers.items()
    }
    found |= {name: _textual(name, values) for name, values in labels.items()}
    return {name: found[name] for name in raw.frame.columns if name in found}


def repeats(group: ColumnSurvey, column: ColumnSurvey) -> int:
    """Rows whose pair of group and value stands in an earlier row too."""
    both = (group.codes >= 0) & (column.codes >= 0)
    pairs = group.codes[both].astype(np.int64) * max(column.distinct, 1) + column.codes[both]
    return len(pairs) - len(np.unique(pairs))


def varying_groups(group: ColumnSurvey, column: ColumnSurvey) -> tuple[int, int]:
    """Groups in which the column takes several values, and groups in which it is known twice."""
    both = (group.codes >= 0) & (column.codes >= 0)
    codes, values = group.codes[both].astype(np.int64), column.codes[both]
    pairs = np.unique(codes * max(column.distinct, 1) + values)
    distinct = np.bincount(pairs // max(column.distinct, 1), minlength=group.distinct)
    rows = np.bincount(codes, minlength=group.distinct)
    return int((distinct > 1).sum()), int((rows > 1).sum())


def decimal_comma(raw: RawTable) -> bool:
    """Whether text columns become numbers once the comma is read as the decimal mark, and none is lost."""
    plain = {name: _is_numeric(raw, name, ".") for name in raw.frame.columns}
    comma = {name: _is_numeric(raw, name, ",") for name in raw.frame.columns}
    return any(comma[name] and not plain[name] for name in comma) and all(
        comma[name] for name in plain if plain[name]
    )


def surveyed(columns: Mapping[str, ColumnSurvey], name: str, *, where: str) -> ColumnSurvey:
    """The column of that name; ``DataError`` where it holds nothing that can be read."""
    if name in columns:
        return columns[name]
    raise DataError(
        f"column {name} holds neither numbers nor short labels",
        where=where,
        remedy="Give the column one plain number or word a row.",
    )


def _is_numeric(raw: RawTable, name: str, decimal: str) -> bool:
    column = numeric_column(raw, name, decimal=decimal)
    return not column.problems and bool(np.isfinite(column.values).any())


def _numeric(name: str, values: Array, doubtful: tuple[Doubtful, ...]) -> ColumnSurvey:
    doubted = np.isin(values, [doubt.value for doubt in doubtful])
    known = np.where(doubted, np.nan, values)
    codes, levels = pd.factorize(known, sort=True)
    return ColumnSurvey(
        name=name,
        numbers=read_only(known),
        codes=read_only(np.asarray(codes)),
        levels=tuple(_spelled(levels)),
        doubtful=doubtful,
    )


def _spelled(levels: Array) -> Iterator[str]:
    return (f"{value:.15g}" for value in levels)


def _textual(name: str, values: pd.Categorical) -> ColumnSurvey:
    return ColumnSurvey(
        name=name,
        numbers=None,
        codes=read_only(np.asarray(values.codes)),
        levels=tuple(str(level) for level in values.categories),
    )
