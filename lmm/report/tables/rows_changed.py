"""Whose measurements came and went since the last version of the data."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table
from lmm.report.reading import Reading
from lmm.report.tables.cells import labelled_row

MOST_ROWS = 40


def rows_changed_table(reading: Reading, *, number: int) -> Table:
    """One row a group, the largest changes first."""
    kinds = reading.at("/changes/rows").values()
    moves = sorted(
        (move for kind in kinds for move in kind["moves"]),
        key=lambda move: -abs(move["after"] - move["before"]),
    )
    left = len(moves) - MOST_ROWS
    rest = f" {fmt.count(left)} more are in the results." if left > 0 else ""
    return Table(
        id="table-rows-changed",
        number=number,
        caption=f"Measurements of each {reading.one}, before and now",
        columns=(
            Column(text=fmt.capital(reading.one), numeric=False),
            Column(text="Before"),
            Column(text="Now"),
            Column(text="Change"),
        ),
        rows=tuple(
            labelled_row(
                move["level"],
                [
                    Cell(text=fmt.count(move["before"])),
                    Cell(text=fmt.count(move["after"])),
                    Cell(text=fmt.number(move["after"] - move["before"], 0, signed=True)),
                ],
            )
            for move in moves[:MOST_ROWS]
        ),
        notes=(f"{fmt.capital(reading.many)} without a change are not listed.{rest}",),
    )
