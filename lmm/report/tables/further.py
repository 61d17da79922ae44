"""The table of a configured further model."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import model_name
from lmm.report.page import Cell, Column, Table
from lmm.report.reading import Reading
from lmm.report.tables.cells import estimate_cell, labelled_row


def further_table(reading: Reading, name: str, *, number: int) -> Table:
    """The fixed effects of a configured further model."""
    model = reading.at(f"/models/{name}")
    rows = []
    for row in model["fixed_effects"]:
        decimals = fmt.decimals_for(row["se"])
        p = fmt.p_bare(row["p"])
        rows.append(
            labelled_row(
                fmt.shortened(row["term"]),
                [
                    estimate_cell(row, decimals),
                    Cell(text=fmt.number(row["se"], decimals + 1)),
                    Cell(text=fmt.number(row["dof"], 1)),
                    Cell(text=p),
                ],
            )
        )
    dropped = model["rows_dropped"]
    notes = [f"{model['formula']}, by {model['method']}: {fmt.count(model['n_obs'])} rows."]
    if dropped:
        notes.append(
            f"{fmt.count(dropped)} further rows lack a value that this model needs and are left out of it."
        )
    return Table(
        id=f"table-{name.replace('_', '-')}",
        number=number,
        caption=f"Further model: {model_name(name)}",
        columns=(
            Column(text="Term", numeric=False),
            *(
                Column(text=text)
                for text in ("Estimate", "Standard error", "Degrees of freedom", "p")
            ),
        ),
        rows=tuple(rows),
        notes=(*notes, *(f"{fmt.capital(message)}." for message in model["messages"])),
    )
