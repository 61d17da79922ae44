"""How sure each coefficient of the model used is, by every method."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, labelled_row
from lmm.report.tables.models import methods
from lmm.report.wording import in_words

# Method, and the keys of its standard error, degrees of freedom and p.
_METHODS = (
    ("Kenward–Roger", "se_kenward_roger", "dof_kenward_roger", "p_kenward_roger"),
    ("Satterthwaite", "se_model", "dof_satterthwaite", "p_satterthwaite"),
    ("Between–within", "se_model", "dof_between_within", "p_between_within"),
    ("Normal quantile (z)", "se_model", None, "p_wald"),
    ("Cluster-robust (CR2)", "se_robust", "dof_robust", "p_robust"),
)


def certainty_table(reading: Reading, *, number: int) -> Table:
    """A group of rows a coefficient, a row a method."""
    rows: list[TableRow] = []
    for row in reading.at(f"/certainty/{reading.used}/coefficients"):
        rows.append(TableRow(group=_term(reading, row["term"])))
        rows += [_row(row, *method) for method in _METHODS if _is_made(reading, method[3], row)]
    return Table(
        id="table-certainty",
        number=number,
        caption="How sure the model used is of its average line, by every method",
        columns=(
            Column(text="Method", numeric=False),
            *(
                Column(text=text)
                for text in ("Standard error", "Of the model’s", "Degrees of freedom", "p")
            ),
        ),
        rows=tuple(rows),
        notes=(
            "The first row of each is what the report uses where it is there. The cluster-robust errors hold even "
            "where the model of the spread does not; “of the model’s” is the standard error over the model’s own.",
            methods(reading),
        ),
    )


def _is_made(reading: Reading, p: str, row: dict[str, Any]) -> bool:
    """Whether a method is there at all: some are not for several grouping factors."""
    return row[p] is not None or not reading.further


def _row(row: dict[str, Any], name: str, se: str, dof: str | None, p: str) -> TableRow:
    if row[se] is None:
        return labelled_row(name, [Cell(text=DASH)] * 4)
    decimals = fmt.decimals_for(row["se_model"]) + 1
    known = None if dof is None else row[dof]
    return labelled_row(
        name,
        [
            Cell(text=fmt.number(row[se], decimals)),
            Cell(text=fmt.number(row[se] / row["se_model"], 2)),
            Cell(text=DASH if known is None else fmt.number(known, 1)),
            Cell(text=DASH if row[p] is None else fmt.p_bare(row[p])),
        ],
    )


def _term(reading: Reading, term: str) -> str:
    if term == "Intercept":
        return f"Level {reading.origin}".strip()
    return "Slope" if term == reading.slope else fmt.capital(in_words(reading, term))
