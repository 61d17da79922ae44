"""The report's tables, each from the results' own records."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation_trend import model_name
from lmm.report.page import Cell, Column, Table, TableRow
from lmm.report.reading import Reading

_BASIC = ("pooled", "stratified", "random_intercept", "random_slope")
DASH = "–"


def models_table(reading: Reading, *, number: int) -> Table:
    """The four models side by side: the average line, how groups differ, the summary."""
    names = [name for name in _BASIC if reading.has(name)]
    used = [name == reading.used for name in names]
    rows = [TableRow(group="The average line"), *_line_rows(reading, names)]
    rows += [
        TableRow(group=f"How {reading.many} differ (standard deviations)"),
        *_spread_rows(reading, names),
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
            f"Small figures are {fmt.percent(reading.study['confidence'])} intervals: t intervals for the average line "
            "(Satterthwaite’s degrees of freedom in the mixed models), profile likelihood for standard deviations.",
            "A dash means that the model has no such quantity. The pooled model counts repeated measurements as "
            "independent, so its intervals are not to be trusted.",
        ),
    )


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
            _estimate(found[name], decimals)
            if found[name]
            else Cell(text=_own_levels(reading, name) if term == "Intercept" else DASH)
            for name in names
        ]
        rows.append(_row(_term_label(reading, term), cells))
        if term == reading.slope:
            errors = [
                Cell(text=fmt.number(row["se"], decimals + 1)) if row else Cell(text=DASH)
                for row in found.values()
            ]
            rows.append(_row("Standard error of the slope", errors))
    return rows


def _spread_rows(reading: Reading, names: list[str]) -> list[TableRow]:
    terms: list[tuple[str, str | None, str]] = [
        ("Intercept", None, _term_label(reading, "Intercept"))
    ]
    if reading.slope and "random_slope" in names:
        terms.append((reading.slope, None, _term_label(reading, reading.slope)))
        terms.append(("Intercept", reading.slope, "Correlation of level and slope"))
    rows = [
        _row(label, [_component_cell(reading, name, term, other) for name in names])
        for term, other, label in terms
    ]
    sigma = [_residual_cell(reading, name) for name in names]
    return [
        *rows,
        _row(f"Around the {'line' if reading.slope else 'level'}{_in_unit(reading.unit)}", sigma),
    ]


def _summary_rows(reading: Reading, names: list[str]) -> list[TableRow]:
    icc = reading.at("/icc")
    shares = [
        Cell(text=fmt.number(icc[name]["value"], 2), under=_icc_interval(icc[name]))
        if name in icc
        else Cell(text=DASH)
        for name in names
    ]
    counts = [Cell(text=str(reading.at(f"/models/{name}/parameters"))) for name in names]
    return [_row("Intraclass correlation", shares), _row("Parameters", counts)]


def _icc_interval(icc: dict[str, Any]) -> str:
    return "averaged over rows" if icc["low"] is None else fmt.interval(icc["low"], icc["high"], 2)


def _effect(reading: Reading, model: str, term: str) -> dict[str, Any] | None:
    return next(
        (row for row in reading.at(f"/models/{model}/fixed_effects") if row["term"] == term), None
    )


def _estimate(row: dict[str, Any], decimals: int) -> Cell:
    return Cell(
        text=fmt.number(row["estimate"], decimals),
        under=fmt.interval(row["low"], row["high"], decimals),
    )


def _own_levels(reading: Reading, model: str) -> str:
    groups = reading.at(f"/models/{model}/n_groups")
    return f"{next(iter(groups.values()))} levels" if groups else DASH


def _component_cell(reading: Reading, model: str, term: str, other: str | None) -> Cell:
    rows = reading.at(f"/models/{model}/random_effects")
    row = next((r for r in rows if r["term"] == term and r["other"] == other), None)
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
            else not is_residual and (row["term"], row["other"]) == (term, other)
        )
        if wanted:
            return fmt.interval(row["low"], row["high"], decimals)
    return ""


def _term_label(reading: Reading, term: str) -> str:
    if term == "Intercept":
        return f"Level {reading.origin}".strip() + _in_unit(reading.unit)
    if term == reading.slope:
        return f"Slope, {reading.rate_unit}"
    return fmt.shortened(term)


def _in_unit(unit: str) -> str:
    return f", {unit}" if unit else ""


def _row(label: str, cells: list[Cell]) -> TableRow:
    return TableRow(cells=(Cell(text=label, header=True, numeric=False), *cells))


def forecast_table(reading: Reading, *, number: int) -> Table:
    """The forecast for a new group at round values of time."""
    rows = reading.at("/forecast/table")
    share = fmt.percent(reading.study["confidence"])
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
        caption=f"Forecast for a new {reading.one}{_in_unit(reading.unit)}",
        columns=(
            Column(text=f"{time['label'] or time['column']}{_in_unit(time['units'])}"),
            Column(text="Average", under=f"{share} interval"),
            Column(text=f"{share} of lines"),
            Column(text=f"{share} of single measurements"),
        ),
        rows=tuple(TableRow(cells=cells(row)) for row in rows),
        notes=(
            "The spread between groups and the measurement error are taken as estimated; their own uncertainty is left out.",
        ),
    )


def criteria_table(reading: Reading, *, number: int) -> Table:
    """Information criteria of the models, all by maximum likelihood on the same rows."""
    rows = tuple(
        _row(
            fmt.capital(model_name(row["model"])),
            [
                Cell(text=str(row["parameters"])),
                Cell(text=fmt.number(row["log_likelihood"], 2)),
                Cell(text=fmt.number(row["aic"], 1)),
                Cell(text=fmt.number(row["bic"], 1)),
            ],
        )
        for row in reading.at("/criteria")
    )
    return Table(
        id="table-criteria",
        number=number,
        caption="The models by information criteria, all refitted by maximum likelihood",
        columns=(
            Column(text="Model", numeric=False),
            *(Column(text=text) for text in ("Parameters", "Log-likelihood", "AIC", "BIC")),
        ),
        rows=rows,
        notes=(
            f"Lower is better. BIC counts {fmt.count(reading.at('/data/rows_used'))} rows. All models use the same rows.",
        ),
    )


def tests_table(reading: Reading, *, number: int) -> Table:
    """The likelihood-ratio tests of a slope for each group."""
    rows = []
    for test in reading.at("/comparisons"):
        kind = (
            "correlated with the level"
            if test["larger"] == "random_slope"
            else "uncorrelated with the level"
        )
        statistic = fmt.number(test["statistic"], 2)
        bare = [
            fmt.p_value(test[key]).removeprefix("p = ").removeprefix("p ")
            for key in ("p_naive", "p_mixture")
        ]
        rows.append(
            _words(
                f"Slopes {kind}: usual χ²({test['dof']})",
                statistic,
                bare[0],
                "Too cautious: a variance cannot be negative",
            )
        )
        rows.append(
            _words(
                f"Slopes {kind}: mixture of χ²",
                statistic,
                bare[1],
                f"Large-sample reference: {test['mixture']}",
            )
        )
    notes = [
        "Likelihood-ratio tests of the random-intercept model against random slopes, by maximum likelihood."
    ]
    if len(reading.at("/comparisons")) > 1:
        notes.append(
            "The test with uncorrelated slopes depends on where time is centred; the correlated one does not, so it leads."
        )
    return Table(
        id="table-tests",
        number=number,
        caption=f"Tests of “all {reading.many} share one slope”",
        columns=(
            Column(text="Test", numeric=False),
            Column(text="Statistic"),
            Column(text="p"),
            Column(text="Comment", numeric=False),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        stacked=True,
    )


def _words(label: str, statistic: str, p: str, comment: str) -> TableRow:
    return TableRow(
        cells=(
            Cell(text=label, header=True, numeric=False),
            Cell(text=statistic),
            Cell(text=p),
            Cell(text=comment, numeric=False),
        )
    )


def further_table(reading: Reading, name: str, *, number: int) -> Table:
    """The fixed effects of a configured further model."""
    model = reading.at(f"/models/{name}")
    rows = []
    for row in model["fixed_effects"]:
        decimals = fmt.decimals_for(row["se"])
        p = fmt.p_value(row["p"]).removeprefix("p = ").removeprefix("p ")
        rows.append(
            _row(
                fmt.shortened(row["term"]),
                [
                    _estimate(row, decimals),
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


def groups_table(reading: Reading, *, number: int) -> Table:
    """Every group: own and shared level and slope, and the pull."""
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
        rows=tuple(rows),
        notes=(
            f"Levels{' ' + reading.origin if reading.origin else ''}{_in_unit(reading.unit)}, with one slope for all "
            "(stratified and random-intercept model); pull is the share of the way to the average.",
            *(
                (
                    f"Slopes, {reading.rate_unit}: the {reading.one}’s own line, and its line in the random-slope model.",
                )
                if lines
                else ()
            ),
        ),
    )


def _slope_sd(reading: Reading) -> float:
    if not reading.has("random_slope"):
        return 1.0
    row = reading.at(reading.component("random_slope", str(reading.slope)))
    return row["sd_or_correlation"] or 1.0
