"""The tests that compare the models."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading


def tests_table(reading: Reading, *, number: int) -> Table:
    """The likelihood-ratio tests of a slope for each group."""
    rows = []
    for test in reading.at("/comparisons"):
        kind = (
            "correlated with the level"
            if test["larger"] == "random_slope"
            else "uncorrelated with the level"
        )
        statistic = fmt.number(test["statistic"], 2)
        bare = [fmt.p_bare(test[key]) for key in ("p_naive", "p_mixture")]
        rows.append(
            _words(
                f"Slopes {kind}: usual χ²({test['dof']})",
                statistic,
                bare[0],
                "Too cautious: a variance cannot be negative",
            )
        )
        rows.append(
            _words(
                f"Slopes {kind}: mixture of χ²",
                statistic,
                bare[1],
                f"Large-sample reference: {test['mixture']}",
            )
        )
    notes = [
        "Likelihood-ratio tests of the random-intercept model against random slopes, by maximum likelihood."
    ]
    if len(reading.at("/comparisons")) > 1:
        notes.append(
            "The test with uncorrelated slopes depends on where time is centred; the correlated "
            "one does not, so it leads."
        )
    return Table(
        id="table-tests",
        number=number,
        caption=f"Tests of “all {reading.many} share one slope”",
        columns=(
            Column(text="Test", numeric=False),
            Column(text="Statistic"),
            Column(text="p"),
            Column(text="Comment", numeric=False),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        stacked=True,
    )


def _words(label: str, statistic: str, p: str, comment: str) -> TableRow:
    return TableRow(
        cells=(
            Cell(text=label, header=True, numeric=False),
            Cell(text=statistic),
            Cell(text=p),
            Cell(text=comment, numeric=False),
        )
    )
