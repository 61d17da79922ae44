"""The table of the variables: part, level, range, and how often they are missing."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH

_ROLES = {
    "outcome": "outcome",
    "time": "time",
    "covariate": "in every model",
    "further": "in a further model",
}
# A factor with more levels is described by their number.
_LISTED = 4


def variables_table(reading: Reading, *, number: int) -> Table:
    """One row a column of the models."""
    return Table(
        id="table-variables",
        number=number,
        caption="The variables that the models use",
        columns=tuple(
            Column(text=text, numeric=text == "Missing")
            for text in ("Variable", "Part", "Varies", "Values", "Missing")
        ),
        rows=tuple(_row(reading, variable) for variable in reading.at("/data/variables")),
        notes=(
            f"Counted over the {fmt.count(reading.at('/data/rows_used'))} rows used. What varies only between "
            f"{reading.many} can tell nothing of change within {fmt.an(reading.one)}.",
        ),
        stacked=True,
    )


def _row(reading: Reading, variable: dict[str, Any]) -> TableRow:
    name = variable["label"] or fmt.shortened(variable["column"])
    unit = f", {variable['unit']}" if variable["unit"] else ""
    origin = variable["derived_from"]
    between = variable["between"]
    level = f"between {reading.nouns(between)[1]} only" if between else "within and between"
    return TableRow(
        cells=(
            Cell(
                text=f"{fmt.capital(name)}{unit}",
                under=f"enters as {origin.replace(' - ', f' {fmt.MINUS} ')}" if origin else "",
                header=True,
                numeric=False,
            ),
            Cell(text=_ROLES[variable["role"]], numeric=False),
            Cell(text=level, numeric=False),
            Cell(text=_values(reading, variable), numeric=False),
            Cell(text=fmt.count(variable["missing"])),
        )
    )


def _values(reading: Reading, variable: dict[str, Any]) -> str:
    if variable["values"]:
        values = variable["values"]
        if len(values) > _LISTED:
            return f"{len(values)} levels"
        return fmt.listed([f"{fmt.shortened(name, 24)} ({fmt.count(n)})" for name, n in values])
    # time as the reader counts it
    seen = reading.at("/data/time") if variable["role"] == "time" else None
    low, high = (seen["min"], seen["max"]) if seen else (variable["minimum"], variable["maximum"])
    if low is None:
        return DASH
    decimals = 0 if low % 1 == high % 1 == 0 else min(6, fmt.significant(high - low or high, 3))
    return fmt.interval(low, high, decimals)
