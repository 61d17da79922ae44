"""Tables of a page: cells in rows, under column heads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: ``text``, small ``under`` it (an interval), numbers are right-aligned.

    ``tone`` (ok, note or bad) colours a verdict; its sign and word are in the text. ``link`` is the id that
    the text leads to.
    """

    text: str
    under: str = ""
    header: bool = False
    mark: bool = False
    numeric: bool = True
    tone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """Cells of one row; a row ``group`` is a heading over the rows that follow; ``level`` names a data group."""

    cells: tuple[Cell, ...] = ()
    group: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column head: ``text`` with a remark ``under`` it; ``marked`` tints the column."""

    text: str
    under: str = ""
    marked: bool = False
    numeric: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A numbered table; ``stacked`` tables of words become cards on a narrow screen.

    ``rest`` are rows of a long table that only its look-up and the saved file have.
    """

    id: str
    number: int
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()
    stacked: bool = False
    rest: tuple[TableRow, ...] = ()
    kind: str = "table"

    @property
    def has_levels(self) -> bool:
        """Whether its rows are data groups, each found by its level."""
        return any(row.level for row in self.rows)

    @property
    def is_numeric(self) -> bool:
        """Whether all its cells but heads are numbers, so that none has to say so."""
        return all(
            cell.numeric and not cell.tone
            for row in self.rows
            for cell in row.cells
            if not cell.header
        )
