"""Every parameter of the model used with its interval by formula or profile, and by new data drawn from the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.parameters import parameter
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, labelled_row

_PLACE = "/bootstrap"


def bootstrap_table(reading: Reading, *, number: int) -> Table:
    """A row a parameter: estimate, the interval of the other tables, the bootstrap's, and its bias."""
    made, share = reading.at(_PLACE), fmt.coverage(reading.study["confidence"])
    return Table(
        id="table-bootstrap",
        number=number,
        caption="The model used: intervals by formula or profile, and by new data drawn from it",
        columns=(
            Column(text="", numeric=False),
            Column(text="Estimate"),
            Column(text="By t or profile", under=f"{share} interval"),
            Column(text="By bootstrap", under=f"{share} interval"),
            Column(text="Bias"),
        ),
        rows=tuple(_row(reading, row) for row in made["intervals"] if row["estimate"] is not None),
        notes=(
            f"{fmt.count(made['draws'])} new outcomes of the same rows, drawn from the model used (seed "
            f"{made['seed']}) and fitted again; the interval holds the middle {share} of the estimates, bias is "
            "their mean less the estimate. " + _ends(made),
        ),
    )


def _ends(made: Mapping[str, Any]) -> str:
    """How many refits failed, and how many ended on the boundary."""
    counted = {
        key: f"{fmt.count(made[key])} ({fmt.percent(made[key] / made['draws'], 1)})"
        for key in ("failed", "boundary")
    }
    failed = (
        f"{counted['failed']} of the refits found no optimum and are left out"
        if made["failed"]
        else "Every refit found its optimum"
    )
    edge = (
        f"{counted['boundary']} ended on the boundary"
        if made["boundary"]
        else "none ended on the boundary"
    )
    return f"{failed}; {edge}."


def _row(reading: Reading, row: Mapping[str, Any]) -> TableRow:
    name, unit = parameter(reading, row)
    if row["low"] is None:
        return labelled_row(name, [Cell(text=DASH)] * 4)
    decimals = fmt.decimals_for(row["se"]) if row["se"] else 2
    usual = _usual(reading, row)
    return labelled_row(
        f"{name}, {unit}" if unit else name,
        [
            Cell(text=fmt.number(row["estimate"], decimals)),
            Cell(text=DASH if usual is None else fmt.interval(*usual, decimals)),
            Cell(text=fmt.interval(row["low"], row["high"], decimals)),
            Cell(text=fmt.number(row["bias"], decimals + 1, signed=True)),
        ],
    )


def _usual(reading: Reading, row: Mapping[str, Any]) -> tuple[float, float] | None:
    """The interval that the other tables have; ``None`` where there is no other."""
    model, kind = reading.used, row["kind"]
    if kind == "fixed_effect":
        found = reading.at(reading.effect(model, row["term"]))
    elif kind == "icc":
        found = reading.at(f"/icc/{model}")
    else:
        wanted = [row[key] for key in ("kind", "group", "term", "other")]
        rows = reading.at("/profiles").get(model, [])
        found = next(
            (r for r in rows if [r[key] for key in ("kind", "group", "term", "other")] == wanted),
            None,
        )
    return None if found is None or found["low"] is None else (found["low"], found["high"])
