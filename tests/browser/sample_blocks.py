"""What the sample sections share: a hostile name, rows and tables."""

from __future__ import annotations

from lmm.report.page import Cell, Column, Table, TableRow

HOSTILE = """<script>alert("pwned")</script> & 'x' "><img src=x onerror=alert(1)>"""


def row(label: str, *values: tuple[str, str]) -> TableRow:
    return TableRow(
        cells=(
            Cell(text=label, header=True, numeric=False),
            *(Cell(text=text, under=under) for text, under in values),
        )
    )


def table_of_words(
    name: str, number: int, caption: str, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> Table:
    return Table(
        id=name,
        number=number,
        caption=caption,
        stacked=True,
        columns=tuple(Column(text=head, numeric=False) for head in heads),
        rows=tuple(
            TableRow(
                cells=tuple(
                    Cell(text=text, header=place == 0, numeric=False)
                    for place, text in enumerate(row)
                )
            )
            for row in rows
        ),
    )
