"""The checklist as a table: each item, its state, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from lmm.report import formatting as fmt
from lmm.report.checklist.answers import Answer, State
from lmm.report.page import Cell, Column, Table, TableRow

STATES: dict[State, tuple[str, str]] = {
    "done": ("✓ done", "ok"),
    "partly": ("▲ in part", "note"),
    "absent": ("▲ not here", "note"),
    "yours": ("▲ needs you", "note"),
    "idle": ("✓ does not apply", "ok"),
}


def checklist_table(answers: Sequence[Answer], *, number: int) -> Table:
    """One row an item, in the order of the list."""
    return Table(
        id="table-checklist",
        number=number,
        caption="What guidelines ask for, and where it is",
        columns=tuple(
            Column(text=text, numeric=False)
            for text in ("Asked for", "State", "Where, or what is missing")
        ),
        rows=tuple(_row(i + 1, answer) for i, answer in enumerate(answers)),
        notes=(
            "Merged in our own words from LEVEL (Monsalves et al. 2020), Meteyard and Davies 2020, Casals et al. 2014, "
            "Luo et al. 2021 and SAMPL (Lang and Altman 2013). An item counts as done where its words stand on this "
            "page; how well is for a reader to judge.",
        ),
        stacked=True,
    )


def _row(number: int, answer: Answer) -> TableRow:
    text, tone = STATES[answer.state]
    return TableRow(
        cells=(
            Cell(text=f"{number}. {answer.item.asks}", header=True, numeric=False),
            Cell(text=text, numeric=False, tone=tone),
            Cell(
                text=answer.place.name if answer.place else fmt.capital(answer.remark),
                under=fmt.capital(answer.remark) if answer.place else "",
                link=answer.place.anchor if answer.place else "",
                numeric=False,
            ),
        )
    )
