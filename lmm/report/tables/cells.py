"""What the tables share: a row with its label, an estimate over its interval, units in labels."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, TableRow

DASH = "–"


def labelled_row(label: str, cells: list[Cell]) -> TableRow:
    """A row under its heading."""
    return TableRow(cells=(Cell(text=label, header=True, numeric=False), *cells))


def estimate_cell(row: dict[str, Any], decimals: int) -> Cell:
    """An estimate with its interval beneath."""
    return Cell(
        text=fmt.number(row["estimate"], decimals),
        under=fmt.interval(row["low"], row["high"], decimals),
    )


def in_unit(unit: str) -> str:
    """``, cm`` after a label; nothing without a unit."""
    return f", {unit}" if unit else ""
