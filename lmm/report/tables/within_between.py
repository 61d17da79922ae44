"""Every covariate that varies within groups: its slope within them, between them, and by how much these differ."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import variable
from lmm.report.page import Cell, Column, Table
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, estimate_cell, labelled_row


def within_between_table(reading: Reading, *, number: int) -> Table:
    """A row a covariate; intervals under the estimates."""
    return Table(
        id="table-within-between",
        number=number,
        caption=f"Within {reading.many}, and between them",
        columns=(
            Column(text="Covariate", numeric=False),
            Column(text="Of its variation, between"),
            Column(text="Slope within"),
            Column(text="Slope between"),
            Column(text="Difference", under="in one model"),
            Column(text="p"),
        ),
        rows=tuple(
            labelled_row(variable(reading, row["term"]), _cells(row))
            for row in reading.at("/within_between/covariates")
        ),
        notes=(
            f"Slope within: each {reading.one} with a level of its own. Slope between: means of {reading.many}, each "
            f"counted once. Difference: the coefficient of the {reading.one}’s mean beside the covariate (Mundlak "
            f"1978). Small figures are {fmt.coverage(reading.study['confidence'])} intervals; a dash means that the "
            "data have no such slope.",
        ),
    )


def _cells(row: dict[str, Any]) -> list[Cell]:
    found = [row[key] for key in ("within", "between", "contextual")]
    errors = [slope["se"] for slope in found if slope is not None]
    decimals = fmt.decimals_for(min(errors)) if errors else 0
    difference = row["contextual"]
    return [
        Cell(text=fmt.percent(row["between_share"])),
        *(Cell(text=DASH) if slope is None else estimate_cell(slope, decimals) for slope in found),
        Cell(text=DASH if difference is None else fmt.p_bare(difference["p"])),
    ]
