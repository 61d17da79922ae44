"""The table of the models: the four side by side."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import model_name
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading
from lmm.report.tables.cells import DASH, estimate_cell, in_unit, labelled_row
from lmm.report.tables.factors import further_rows, share_label, share_rows
from lmm.report.wording import in_words

_BASIC = ("pooled", "stratified", "random_intercept", "random_slope")


def models_table(reading: Reading, *, number: int) -> Table:
    """The four models side by side: the average line, how groups differ, the summary."""
    names = [name for name in _BASIC if reading.has(name)]
    used = [name == reading.used for name in names]
    rows = [TableRow(group="The average line"), *_line_rows(reading, names)]
    rows += [
        TableRow(group=f"How {reading.many} differ (standard deviations)"),
        *_spread_rows(reading, names),
        *(row for each in reading.further for row in further_rows(reading, names, each)),
        *([TableRow(group="What is left (standard deviation)")] if reading.further else []),
        _residual_row(reading, names),
    ]
    rows += [TableRow(group="Summary"), *_summary_rows(reading, names)]
    return Table(
        id="table-models",
        number=number,
        caption=f"The {len(names)} models side by side",
        columns=(
            Column(text="", numeric=False),
            *(
                Column(
                    text=fmt.capital(model_name(name)),
                    under="used here" if chosen else "",
                    marked=chosen,
                )
                for name, chosen in zip(names, used, strict=True)
            ),
        ),
        rows=tuple(rows),
        notes=(
            f"Small figures are {fmt.coverage(reading.study['confidence'])} intervals. The pooled model takes "
            "repeated measurements for new ones: do not trust its intervals.",
            *_absent(reading),
        ),
    )


def methods(reading: Reading) -> str:
    """How the intervals of the table were made, for readers who ask."""
    return (
        f"With the models side by side, the average line has t intervals ({_dof_methods(reading)} degrees of "
        "freedom in the mixed models), standard deviations have profile-likelihood intervals; a dash means that a "
        "model has no such quantity."
    )


def _dof_methods(reading: Reading) -> str:
    """Whose degrees of freedom the mixed models have: Kenward–Roger’s, or both names where models differ."""
    models = reading.at("/models").values()
    found = {
        row["dof_method"]
        for model in models
        if model["random_effects"]
        for row in model["fixed_effects"]
    }
    return " and ".join(f"{name.replace('-', '–')}’s" for name in sorted(found))


def _absent(reading: Reading) -> list[str]:
    """Why a random slope is not among the models, where the data could not carry it."""
    reasons = reading.at("/absent_models")
    if "random_slope" not in reasons:
        return []
    return [f"The {model_name('random_slope')} model is left out: {reasons['random_slope']}."]


def _line_rows(reading: Reading, names: list[str]) -> list[TableRow]:
    rows = []
    terms = list(
        dict.fromkeys(
            row["term"] for name in names for row in reading.at(f"/models/{name}/fixed_effects")
        )
    )
    for term in terms:
        found = {name: _effect(reading, name, term) for name in names}
        decimals = fmt.decimals_for(min(row["se"] for row in found.values() if row))
        cells = [
            estimate_cell(row, decimals)
            if (row := found[name])
            else Cell(text=_own_levels(reading, name) if term == "Intercept" else DASH)
            for name in names
        ]
        rows.append(labelled_row(_term_label(reading, term), cells))
        if term == reading.slope:
            errors = [
                Cell(text=fmt.number(row["se"], decimals + 1)) if row else Cell(text=DASH)
                for row in found.values()
            ]
            rows.append(labelled_row("Standard error of the slope", errors))
    return rows


def _spread_rows(reading: Reading, names: list[str]) -> list[TableRow]:
    terms: list[tuple[str, str | None, str]] = [
        ("Intercept", None, _term_label(reading, "Intercept"))
    ]
    if reading.slope and "random_slope" in names:
        terms.append((reading.slope, None, _term_label(reading, reading.slope)))
        terms.append(("Intercept", reading.slope, "Correlation of level and slope"))
    rows = [
        labelled_row(label, [_component_cell(reading, name, term, other) for name in names])
        for term, other, label in terms
    ]
    return rows


def _residual_row(reading: Reading, names: list[str]) -> TableRow:
    sigma = [_residual_cell(reading, name) for name in names]
    where = "line" if reading.slope else "level"
    return labelled_row(f"Around the {where}{in_unit(reading.unit)}", sigma)


def _summary_rows(reading: Reading, names: list[str]) -> list[TableRow]:
    icc = reading.at("/icc")
    shares = [
        Cell(text=fmt.number(icc[name]["value"], 2), under=_icc_interval(icc[name]))
        if name in icc
        else Cell(text=DASH)
        for name in names
    ]
    counts = [Cell(text=str(reading.at(f"/models/{name}/parameters"))) for name in names]
    return [
        labelled_row(share_label(reading), shares),
        *share_rows(reading, names),
        labelled_row("Parameters", counts),
    ]


def _icc_interval(icc: dict[str, Any]) -> str:
    return "averaged over rows" if icc["low"] is None else fmt.interval(icc["low"], icc["high"], 2)


def _effect(reading: Reading, model: str, term: str) -> dict[str, Any] | None:
    return next(
        (row for row in reading.at(f"/models/{model}/fixed_effects") if row["term"] == term), None
    )


def _own_levels(reading: Reading, model: str) -> str:
    groups = reading.at(f"/models/{model}/n_groups")
    return f"{next(iter(groups.values()))} levels" if groups else DASH


def _component_cell(reading: Reading, model: str, term: str, other: str | None) -> Cell:
    wanted = (reading.group, term, other)
    rows = reading.at(f"/models/{model}/random_effects")
    row = next((r for r in rows if (r["group"], r["term"], r["other"]) == wanted), None)
    if row is None:
        return Cell(text=DASH)
    if row["sd_or_correlation"] is None:
        return Cell(text="not defined")
    size = row["sd_or_correlation"]
    decimals = 2 if other else fmt.significant(size, 3)
    return Cell(
        text=fmt.number(size, decimals), under=_profile(reading, model, term, other, decimals)
    )


def _residual_cell(reading: Reading, model: str) -> Cell:
    sigma = reading.at(f"/models/{model}/sigma")
    decimals = fmt.significant(sigma, 3)
    return Cell(
        text=fmt.number(sigma, decimals), under=_profile(reading, model, None, None, decimals)
    )


def _profile(
    reading: Reading, model: str, term: str | None, other: str | None, decimals: int
) -> str:
    for row in reading.at("/profiles").get(model, []):
        is_residual = row["kind"] == "residual_sd"
        wanted = (
            is_residual
            if term is None
            else not is_residual
            and (row["group"], row["term"], row["other"]) == (reading.group, term, other)
        )
        if wanted:
            return fmt.interval(row["low"], row["high"], decimals)
    return ""


def _term_label(reading: Reading, term: str) -> str:
    if term == "Intercept":
        return f"Level {reading.origin}".strip() + in_unit(reading.unit)
    if term == reading.slope:
        return f"Slope, {reading.rate_unit}"
    return fmt.capital(in_words(reading, term))
