"""Tables of the groups: every one of them, and the forecast for a new one."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, in_unit

# A longer table shows so many groups; looking up and saving still have all of them.
SHOWN = 500


def forecast_table(reading: Reading, *, number: int) -> Table:
    """The forecast for a new group at round values of time."""
    rows = reading.at("/forecast/table")
    share = fmt.coverage(reading.study["confidence"])
    decimals = max(0, fmt.significant(rows[0]["group_sd"], 2))
    at_decimals = max((0 if float(row["at"]).is_integer() else 1) for row in rows)

    def cells(row: dict[str, Any]) -> tuple[Cell, ...]:
        return (
            Cell(text=fmt.number(row["at"], at_decimals), header=True),
            Cell(
                text=fmt.number(row["mean"], decimals),
                under=fmt.interval(row["mean_low"], row["mean_high"], decimals),
            ),
            Cell(text=fmt.interval(row["group_low"], row["group_high"], decimals)),
            Cell(text=fmt.interval(row["observation_low"], row["observation_high"], decimals)),
        )

    time = reading.study["time"]
    return Table(
        id="table-forecast",
        number=number,
        caption=f"Forecast for a new {reading.one}{in_unit(reading.unit)}",
        columns=(
            Column(text=f"{time['label'] or time['column']}{in_unit(time['units'])}"),
            Column(text="Average", under=f"{share} interval"),
            Column(text=f"{share} of lines"),
            Column(text=f"{share} of single measurements"),
        ),
        rows=tuple(TableRow(cells=cells(row)) for row in rows),
        notes=(
            "The ranges allow for the spread between groups and the measurement error being estimates.",
        ),
    )


def groups_table(reading: Reading, *, number: int) -> Table:
    """Every group: own and shared level and slope, and the pull; of very many the first, the rest to look up."""
    lines = {row["level"]: row for row in reading.at("/shrinkage/lines")}
    level_decimals = fmt.significant(reading.at("/spread/level/sd") or 1.0, 2)
    slope_decimals = fmt.significant(_slope_sd(reading), 2)
    rows = []
    for row in reading.at("/shrinkage/levels"):
        cells = [
            Cell(text=fmt.shortened(row["level"]), header=True, numeric=False),
            Cell(text=fmt.count(row["measurements"])),
            Cell(text=fmt.number(row["own"], level_decimals)),
            Cell(text=fmt.number(row["shared"], level_decimals)),
        ]
        if lines:
            line = lines[row["level"]]
            own = line["own_slope"]
            cells.append(Cell(text=DASH if own is None else fmt.number(own, slope_decimals)))
            cells.append(Cell(text=fmt.number(line["shared_slope"], slope_decimals)))
        cells.append(Cell(text=fmt.percent(row["pulled"])))
        rows.append(TableRow(cells=tuple(cells), level=row["level"]))
    slopes = ("own slope", "shared slope") if lines else ()
    return Table(
        id="table-groups",
        number=number,
        caption=f"All {reading.many}: own and shared estimates",
        columns=(
            Column(text=fmt.capital(reading.one), numeric=False),
            *(
                Column(text=text)
                for text in ("measurements", "own level", "shared level", *slopes, "pull")
            ),
        ),
        rows=tuple(rows[:SHOWN]),
        rest=tuple(rows[SHOWN:]),
        notes=(
            *_cut(reading, len(rows)),
            f"Levels{' ' + reading.origin if reading.origin else ''}{in_unit(reading.unit)}, with one slope for all; "
            "pull is the share of the way to the average."
            + (f" Slopes, {reading.rate_unit}, with random slopes." if lines else ""),
        ),
    )


def _cut(reading: Reading, every: int) -> tuple[str, ...]:
    if every <= SHOWN:
        return ()
    return (
        f"The first {SHOWN} of {fmt.count(every)} {reading.many}; look-up and saved table have all, as has "
        "tables/levels.csv beside the report.",
    )


def _slope_sd(reading: Reading) -> float:
    if not reading.has("random_slope"):
        return 1.0
    row = reading.at(reading.component("random_slope", str(reading.slope)))
    return row["sd_or_correlation"] or 1.0
