"""The tests of differences between groups: each in every way there is."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading

_TITLES = {"level": "Do levels of {many} differ?", "slope": "Do slopes of {many} differ?"}


def tests_table(reading: Reading, *, number: int) -> Table:
    """One random effect after the other, a row a test."""
    rows: list[TableRow] = []
    for key, panel in reading.at("/boundary").items():
        if panel["tests"]:
            rows.append(TableRow(group=_title(reading, key, panel)))
            rows += [_row(test) for test in panel["tests"]]
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
            "Likelihood ratios are those of REML fits, on the same rows with the same average line; other sentences "
            "give maximum likelihood’s. A variance cannot be negative, which the usual χ² table does not know.",
            *_seeds(reading),
        ),
        stacked=True,
    )


def _title(reading: Reading, key: str, panel: dict[str, Any]) -> str:
    many = reading.nouns(panel["group"])[1]
    return _TITLES.get(key, _TITLES["level"]).format(many=many)


def _seeds(reading: Reading) -> list[str]:
    """How the simulated p came about, and why a panel is not there."""
    panels = reading.at("/boundary").values()
    notes = [
        f"{_title(reading, key, panel)} Not tested: {panel['reason']}."
        for key, panel in reading.at("/boundary").items()
        if panel["reason"]
    ]
    simulated = {panel["seed"] for panel in panels if any(test["draws"] for test in panel["tests"])}
    return [*(f"Simulated with the seed {seed}." for seed in simulated), *notes]


def _row(test: dict[str, Any]) -> TableRow:
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
        "Likelihood ratio, mixture",
        f"mixture of χ² with {test['dof'][0]} and {test['dof'][1]}, for many groups",
    )


def _exact(test: dict[str, Any]) -> tuple[str, str]:
    draws = f"{fmt.count(test['draws'])} draws of the exact distribution"
    if not test["hits"]:
        return "Exact likelihood ratio, uncorrelated", f"none of {draws} reaches it"
    error = fmt.number(test["mc_error"], fmt.decimals_for(test["mc_error"]))
    return "Exact likelihood ratio, uncorrelated", f"{draws}; error of p by simulation {error}"


def _wald_f(test: dict[str, Any]) -> tuple[str, str]:
    return "Wald’s F", f"F with {test['dof'][0]} and {test['dof'][1]}, exact"


def _means_f(test: dict[str, Any]) -> tuple[str, str]:
    return "F of group means", f"F with {test['dof'][0]} and {test['dof'][1]}, exact"


def _bootstrap(test: dict[str, Any]) -> tuple[str, str]:
    hits, draws = (fmt.count(test[key]) for key in ("hits", "draws"))
    return "Parametric bootstrap", f"{hits} of {draws} studies without the effect reach it"


_WORDS = {
    "naive": _naive,
    "mixture": _mixture,
    "exact": _exact,
    "wald_f": _wald_f,
    "means_f": _means_f,
    "bootstrap": _bootstrap,
}
