"""The rules of a data contract, each as the rows that break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lmm.ingest.cells import Codes, cells_of
from lmm.ingest.contract_terms import ColumnContract
from lmm.ingest.keys import key_numbers
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import NumberCells, number_cells
from lmm.ingest.source import RawTable, names_listed
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule of a ``column`` that the ``rows`` of the mask (n,) break; ``cells`` are the column's."""

    column: str
    rule: str
    rows: np.ndarray
    cells: Sequence[pa.Array]

    def value(self, row: int) -> str:
        """What stands in the cell (cells) of that row."""
        held = [cells[row].as_py() for cells in self.cells]
        return ", ".join("" if cell is None else str(cell) for cell in held)


def column_breaches(
    raw: RawTable, name: str, rules: ColumnContract, codes: Codes
) -> Iterator[Breach]:
    """The rules of one column that some row breaks; missing values break none of them."""
    cells = cells_of(raw, name)
    numbers = number_cells(raw, name, missing_codes=codes) if rules.is_numeric else None
    found = _number_rules(rules, numbers, len(cells)) if rules.is_numeric else ()
    for rule, rows in (*found, *_level_rules(raw, name, rules, numbers, codes)):
        if rows.any():
            yield Breach(column=name, rule=rule, rows=rows, cells=(cells,))


def unique_breach(
    raw: RawTable, names: Sequence[str], *, missing_codes: Mapping[str, Codes], label: str
) -> list[Breach]:
    """Every row whose values of the columns stand in another row too: none can be told to be the right one."""
    keys = key_numbers(raw, names, missing_codes=missing_codes, label=label)
    known = keys >= 0
    repeated = known & (np.bincount(keys[known], minlength=1)[keys] > 1)
    if not repeated.any():
        return []
    cells = tuple(cells_of(raw, name) for name in names)
    return [
        Breach(
            column=" and ".join(names),
            rule="is held by another row too",
            rows=repeated,
            cells=cells,
        )
    ]


def lacking(raw: RawTable, name: str, rules: ColumnContract, codes: Codes) -> np.ndarray:
    """Rows without a value, (n,): an empty cell, a token for "missing", a declared code."""
    if rules.is_numeric:
        cells = number_cells(raw, name, missing_codes=codes)
        if cells is not None:
            return np.isnan(cells.values) & ~cells.infinite & ~cells.other
    return np.asarray(label_column(raw, name, missing_codes=codes).values.codes) < 0


def _number_rules(
    rules: ColumnContract, numbers: NumberCells | None, n: int
) -> Iterator[tuple[str, np.ndarray]]:
    if numbers is None:
        yield "is not a number", np.ones(n, bool)
        return
    values: Array = numbers.values
    yield "is not a number", numbers.other | numbers.infinite
    if rules.kind == "integer":
        yield "is not a whole number", ~np.isnan(values) & (values != np.floor(values))
    if rules.low is not None:
        yield f"is below {rules.low:.15g}", values < rules.low
    if rules.high is not None:
        yield f"is above {rules.high:.15g}", values > rules.high


def _level_rules(
    raw: RawTable, name: str, rules: ColumnContract, numbers: NumberCells | None, codes: Codes
) -> Iterator[tuple[str, np.ndarray]]:
    if not rules.levels:
        return
    rule = f"is none of {names_listed([_spelled(level) for level in rules.levels])}"
    if numbers is not None:
        allowed = [float(level) for level in rules.levels if not isinstance(level, str)]
        yield rule, ~np.isnan(numbers.values) & ~np.isin(numbers.values, allowed)
        return
    labels = label_column(raw, name, missing_codes=codes).values
    allowed = [_spelled(level) for level in rules.levels]
    fine = np.isin(np.asarray(labels.categories, dtype=str), allowed)
    yield rule, (labels.codes >= 0) & ~np.append(fine, True)[labels.codes]


def _spelled(level: float | str) -> str:
    return level if isinstance(level, str) else f"{level:.15g}"
