"""The test of a slope, uncorrelated with the level, by where time is counted from."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table
from lmm.report.reading import Reading
from lmm.report.tables.cells import in_unit, labelled_row


def centring_table(reading: Reading, *, number: int) -> Table:
    """A row a place of zero; the test of the correlated slope beside it."""
    time = reading.study["time"]
    return Table(
        id="table-centring",
        number=number,
        caption="What the test of slopes depends on",
        columns=(
            Column(
                text=f"Zero of {time['label'] or time['column']}{in_unit(reading.time_units)}",
                numeric=False,
            ),
            Column(text="Uncorrelated with the level", under="likelihood ratio"),
            Column(text="p", under="mixture of χ²"),
            Column(text="Free to correlate", under="likelihood ratio"),
        ),
        rows=tuple(
            labelled_row(
                fmt.number(row["centre"], 0 if row["centre"] % 1 == 0 else 2),
                [
                    Cell(text=fmt.number(row["statistic"], 2)),
                    Cell(text=fmt.p_bare(row["p_mixture"])),
                    Cell(text=fmt.number(row["correlated_statistic"], 2)),
                ],
            )
            for row in reading.at("/centring/rows")
        ),
        notes=(
            "Intercept and slope are independent at the zero of time and nowhere else, so that with each zero the "
            "uncorrelated form is another model; free to correlate they are one model. Likelihood ratios by REML.",
        ),
    )
