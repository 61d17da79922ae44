"""What further grouping factors add to the tables: their spreads and shares, and the groups of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lmm.inference.groups.closed_forms import normal_reach
from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, in_unit, labelled_row


def further_rows(
    reading: Reading, names: Sequence[str], factor: Mapping[str, Any]
) -> list[TableRow]:
    """The spread of a further factor's levels in the models side by side."""
    label = f"Level{in_unit(reading.unit)}"
    return [
        TableRow(group=f"How {factor['plural']} differ (standard deviations)"),
        labelled_row(label, [_spread(reading, name, factor["column"]) for name in names]),
    ]


def _spread(reading: Reading, model: str, group: str) -> Cell:
    rows = reading.at(f"/models/{model}/random_effects")
    row = next((r for r in rows if r["group"] == group and r["term"] == "Intercept"), None)
    if row is None:
        return Cell(text=DASH)
    decimals = fmt.significant(row["sd_or_correlation"] or 1.0, 3)
    profile = reading.profile(model, "Intercept", group=group)
    under = fmt.interval(profile["low"], profile["high"], decimals) if profile else ""
    return Cell(text=fmt.number(row["sd_or_correlation"], decimals), under=under)


def share_label(reading: Reading) -> str:
    """What the main factor's share is called: the intraclass correlation where it is the only one."""
    if not reading.further:
        return "Intraclass correlation"
    return f"Intraclass correlation: share between {reading.many}"


def share_rows(reading: Reading, names: Sequence[str]) -> list[TableRow]:
    """The share of the remaining variance that is each further factor's, in the models side by side."""
    shares = reading.at("/factors/shares")
    rows = []
    for factor in reading.further:
        found = [
            next((r for r in shares.get(name, []) if r["group"] == factor["column"]), None)
            for name in names
        ]
        cells = [
            Cell(text=DASH)
            if row is None
            else Cell(
                text=fmt.number(row["share"], 2),
                under="averaged over rows"
                if row["low"] is None
                else fmt.interval(row["low"], row["high"], 2),
            )
            for row in found
        ]
        rows.append(labelled_row(f"Share between {factor['plural']}", cells))
    return rows


def factor_table(reading: Reading, factor: Mapping[str, Any], *, number: int) -> Table:
    """Every group of a further factor, the highest first, with its range given the data."""
    rows = reading.at(f"/factors/effects/{_escaped(factor['column'])}")
    reach = normal_reach(reading.study["confidence"])
    decimals = fmt.significant(max(abs(row["value"]) for row in rows) or 1.0, 2)
    return Table(
        id=f"table-factor-{reading.further.index(factor) + 1}",
        number=number,
        caption=f"All {factor['plural']}: how far each lies from the average{in_unit(reading.unit)}",
        columns=(
            Column(text=fmt.capital(factor["singular"]), numeric=False),
            Column(text="measurements"),
            Column(
                text="shared level",
                under=f"{fmt.coverage(reading.study['confidence'])} range",
            ),
        ),
        rows=tuple(
            TableRow(
                cells=(
                    Cell(text=fmt.shortened(row["level"]), header=True, numeric=False),
                    Cell(text=fmt.count(row["measurements"])),
                    Cell(
                        text=fmt.number(row["value"], decimals, signed=True),
                        under=fmt.interval(
                            row["value"] - reach * row["se"],
                            row["value"] + reach * row["se"],
                            decimals,
                        ),
                    ),
                )
            )
            for row in rows
        ),
        notes=(
            f"Predicted by the model used, less the average line; pulled to it as {reading.many} are. The ranges take "
            "the spreads as estimated.",
        ),
    )


def _escaped(column: str) -> str:
    """A column's name as a part of a JSON pointer."""
    return column.replace("~", "~0").replace("/", "~1")
