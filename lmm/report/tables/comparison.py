"""The tests of differences between groups: each in every way there is."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading

_TITLES = {"level": "Do levels differ?", "slope": "Do slopes differ?"}


def tests_table(reading: Reading, *, number: int) -> Table:
    """One random effect after the other, a row a test."""
    rows: list[TableRow] = []
    for key, tests in reading.at("/boundary").items():
        if tests:
            rows.append(TableRow(group=_TITLES[key]))
            rows += [_row(reading, test) for test in tests]
    return Table(
        id="table-tests",
        number=number,
        caption=f"Tests of differences between {reading.many}",
        columns=(
            Column(text="Test", numeric=False),
            Column(text="Statistic"),
            Column(text="p"),
            Column(text="Reference", numeric=False),
        ),
        rows=tuple(rows),
        notes=(
            "Likelihood ratios by REML, on the same rows with the same average line. A variance cannot be negative, "
            "which the usual χ² table does not know.",
        ),
        stacked=True,
    )


def _row(reading: Reading, test: dict[str, Any]) -> TableRow:
    label, reference = _WORDS[test["method"]](test)
    return TableRow(
        cells=(
            Cell(text=label, header=True, numeric=False),
            Cell(text=fmt.number(test["statistic"], 2)),
            Cell(text=_p(test)),
            Cell(text=reference, numeric=False),
        )
    )


def _p(test: dict[str, Any]) -> str:
    if test["hits"] == 0 and test["method"] == "exact":
        return f"<\u00a0{1.0 / test['draws']:.5f}".rstrip("0")
    return fmt.p_bare(test["p"])


def _naive(test: dict[str, Any]) -> tuple[str, str]:
    return "Usual likelihood ratio", f"χ² with {test['dof'][0]}: too cautious"


def _mixture(test: dict[str, Any]) -> tuple[str, str]:
    return (
        "Likelihood ratio",
        f"half χ² with {test['dof'][0]}, half with {test['dof'][1]} (many groups)",
    )


def _exact(test: dict[str, Any]) -> tuple[str, str]:
    draws = f"{fmt.count(test['draws'])} draws of the exact distribution"
    error = "" if not test["hits"] else f", ± {test['mc_error']:.5f}"
    return "Exact likelihood ratio, uncorrelated", f"{draws}{error}"


def _wald_f(test: dict[str, Any]) -> tuple[str, str]:
    return "Wald’s F", f"F with {test['dof'][0]} and {test['dof'][1]}, exact"


def _bootstrap(test: dict[str, Any]) -> tuple[str, str]:
    return "Parametric bootstrap", f"{test['draws']} studies drawn without the effect"


_WORDS = {
    "naive": _naive,
    "mixture": _mixture,
    "exact": _exact,
    "wald_f": _wald_f,
    "bootstrap": _bootstrap,
}
