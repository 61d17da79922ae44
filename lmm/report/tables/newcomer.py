"""The table of a new group as it becomes known."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table
from lmm.report.reading import Reading
from lmm.report.tables.cells import in_unit, labelled_row

_TIMES = ("not yet", "once", "twice", "three times")


def newcomer_table(reading: Reading, *, number: int) -> Table:
    """What to expect next after none to three measurements, each one SD above the average."""
    found, share = reading.at("/newcomer"), fmt.coverage(reading.study["confidence"])
    rows = found["after"]
    decimals = max(0, fmt.significant(rows[-1]["width"], 2))
    times = [row["at"] for row in found["seen"]] + [found["at"]]
    digits = (
        0 if all(at % 1 == 0 for at in times) else max(1, fmt.significant(times[1] - times[0], 2))
    )
    told = [fmt.number(at, digits) for at in times]
    return Table(
        id="table-newcomer",
        number=number,
        caption=f"A new {reading.one} measured at {fmt.listed(told[:-1])} {reading.time_units}: what to expect "
        f"at {told[-1]}{in_unit(reading.unit)}",
        columns=(
            Column(text="Measured", numeric=False),
            Column(text="Its line", under=f"{share} interval"),
            Column(text=f"{share} of single measurements"),
        ),
        rows=tuple(
            labelled_row(
                times_measured,
                [
                    Cell(
                        text=fmt.number(row["value"], decimals),
                        under=fmt.interval(row["low"], row["high"], decimals),
                    ),
                    Cell(
                        text=fmt.interval(row["observation_low"], row["observation_high"], decimals)
                    ),
                ],
            )
            for times_measured, row in zip(_TIMES, rows, strict=True)
        ),
        notes=(
            "Each measurement is taken to be one standard deviation of single measurements above the average.",
            *_whole_line(reading, share),
        ),
    )


def _whole_line(reading: Reading, share: str) -> tuple[str, ...]:
    found = reading.at("/newcomer/whole_line")
    if found is None:
        return ()
    ratio = fmt.number(found["ratio"], 2)
    return (
        f"Ranges of lines are for one time; to hold {share} of whole lines they must be {ratio} times as wide.",
    )
