"""The table of followed numbers: before, now, the change, and what it means."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation import changes as changing
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import in_unit

_VERDICTS = {
    "steady": ("✓ inside its earlier interval", "ok"),
    "moved": ("▲ outside its earlier interval", "note"),
    "turned": ("✕ the conclusion changed", "bad"),
}


def changes_table(reading: Reading, *, number: int) -> Table:
    """One row a followed number, with both intervals."""
    since = reading.at("/changes/since")
    return Table(
        id="table-changes",
        number=number,
        caption="The numbers followed from one version of the data to the next",
        columns=(
            Column(text="Number", numeric=False),
            Column(text="Before", under=fmt.day(since["time"])),
            Column(text="Now"),
            Column(text="Change"),
            Column(text="Verdict", numeric=False),
        ),
        rows=tuple(_row(reading, row) for row in reading.at("/changes/numbers")),
        notes=(
            f"Small figures are {fmt.coverage(reading.study['confidence'])} intervals. A conclusion counts as "
            "changed where an interval that excluded zero includes it now, or the reverse.",
        ),
        stacked=True,
    )


def _row(reading: Reading, row: dict[str, Any]) -> TableRow:
    decimals = changing.decimals_of(row)
    text, tone = _VERDICTS[row["turn"]]
    name = fmt.capital(changing.label(reading, row["id"]))
    return TableRow(
        cells=(
            Cell(
                text=name + in_unit(changing.unit_of(reading, row["id"])),
                header=True,
                numeric=False,
            ),
            _estimate(row, "before", decimals),
            _estimate(row, "after", decimals),
            Cell(text=fmt.number(row["change"], decimals, signed=True)),
            Cell(text=text, numeric=False, tone=tone),
        )
    )


def _estimate(row: dict[str, Any], when: str, decimals: int) -> Cell:
    low, high = row[f"{when}_low"], row[f"{when}_high"]
    return Cell(
        text=fmt.number(row[when], decimals),
        under="" if low is None or high is None else fmt.interval(low, high, decimals),
    )
