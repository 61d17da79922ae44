"""Sizes of effects: standardised, and the smallest that the study could have shown."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import variable
from lmm.report.page import Cell, Column, Table
from lmm.report.reading import Reading
from lmm.report.tables.cells import labelled_row


def effect_sizes_table(reading: Reading, *, number: int) -> Table:
    """A row an effect of the model used."""
    power = fmt.percent(reading.at("/effect_sizes/power"))
    return Table(
        id="table-effect-sizes",
        number=number,
        caption="Sizes of effects",
        columns=(
            Column(text="Effect of", numeric=False),
            Column(text="Standardised"),
            Column(text="Smallest shown", under=f"power {power}"),
        ),
        rows=tuple(
            labelled_row(
                fmt.capital(variable(reading, row["term"])),
                [
                    Cell(
                        text=fmt.number(row["standardised"], 2),
                        under=fmt.interval(row["low"], row["high"], 2),
                    ),
                    Cell(text=fmt.number(row["detectable"], fmt.significant(row["detectable"], 2))),
                ],
            )
            for row in reading.at("/effect_sizes/effects")
        ),
        notes=(
            f"Standardised: standard deviations of {reading.outcome} for one of the variable, over the rows used. "
            "Smallest shown: in the units of the data.",
        ),
    )
