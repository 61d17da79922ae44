"""The ladder of structures as a table: what each model costs, how it fits, and what it makes of the slope."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import model_name
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, labelled_row


def ladder_table(reading: Reading, *, number: int) -> Table:
    """Criteria of every structure by maximum likelihood, and its slope with standard error by REML."""
    rungs = reading.at("/ladder/rungs")
    decimals = fmt.decimals_for(min(row["se"] for row in rungs if row["se"] is not None))
    return Table(
        id="table-ladder",
        number=number,
        caption="From one line for all to a line each, with and without serial correlation",
        columns=(
            Column(text="Model", numeric=False),
            *(Column(text=text) for text in ("Parameters", "Log-likelihood", "AIC", "BIC")),
            Column(text="Slope", under=reading.rate_unit),
            Column(text="Standard error"),
        ),
        rows=tuple(_row(reading, row, decimals) for row in (*rungs, *_further(reading, rungs))),
        notes=(
            "Lower AIC and BIC are better.",
            *_absent(reading),
        ),
    )


def ladder_notes(reading: Reading) -> str:
    """How the table's numbers were made, for readers who ask."""
    return (
        "Where the structures are compared, all criteria are of fits by maximum likelihood to the same "
        f"{fmt.count(reading.at('/data/rows_used'))} rows, which BIC counts. Slopes are those of the REML fits, their "
        "standard errors the models’ own, without Kenward–Roger’s correction. The stratified model spends a parameter "
        f"on every {reading.one} and describes these {reading.many} only: its scores do not compare with the others’."
    )


def _row(reading: Reading, row: dict[str, Any], decimals: int) -> TableRow:
    known = row["estimate"] is not None
    cells = [
        Cell(text=str(row["parameters"])),
        Cell(text=fmt.number(row["log_likelihood"], 2)),
        Cell(text=fmt.number(row["aic"], 1)),
        Cell(text=fmt.number(row["bic"], 1)),
        Cell(text=fmt.number(row["estimate"], decimals) if known else DASH),
        Cell(text=fmt.number(row["se"], decimals + 1) if known else DASH),
    ]
    name = fmt.capital(model_name(row["model"]))
    if row["model"] == reading.used:
        name += " (used here)"
    return labelled_row(name, cells)


def _further(reading: Reading, rungs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Configured models of the same rows, with the same fields."""
    known = {row["model"] for row in rungs}
    rows = []
    for row in reading.at("/criteria"):
        if row["model"] in known:
            continue
        effects = reading.at(f"/models/{row['model']}/fixed_effects")
        slope = next((effect for effect in effects if effect["term"] == reading.slope), None)
        rows.append(
            {
                **row,
                "estimate": slope["estimate"] if slope else None,
                "se": slope["se"] if slope else None,
            }
        )
    return rows


def _absent(reading: Reading) -> list[str]:
    return [
        f"{fmt.capital(model_name(row['model']))}: not here, because {row['reason']}."
        for row in reading.at("/ladder/absent")
    ]
