"""The whole page as one value: each function builds one section; a section without content is left out."""

from __future__ import annotations

from collections.abc import Iterator

from lmm.report import (
    equations,
    figures_groups,
    figures_line,
    tables,
)
from lmm.report import formatting as fmt
from lmm.report import interpretation_comparison as comparing
from lmm.report import interpretation_data as describing
from lmm.report import interpretation_groups as grouping
from lmm.report import interpretation_trend as trending
from lmm.report.drawing import Canvas
from lmm.report.page import (
    Block,
    Definition,
    Definitions,
    Downloads,
    Fold,
    GroupFinder,
    KeyFigure,
    KeyFigures,
    Page,
    Paragraph,
    Question,
    Questions,
    Section,
)
from lmm.report.reading import Reading


class Numbering:
    """Figures and tables are numbered in the order of the page."""

    def __init__(self) -> None:
        self._figures = self._tables = 0

    def figure(self) -> int:
        """The next figure's number."""
        self._figures += 1
        return self._figures

    def table(self) -> int:
        """The next table's number."""
        self._tables += 1
        return self._tables


def build_page(canvas: Canvas, *, results: str) -> Page:
    """The page of a study; ``results`` is the JSON text that the page carries."""
    reading = canvas.reading
    numbering = Numbering()
    makers = (answer, data, models, shrinkage, differences, comparison, provenance, groups)
    sections = [section for make in makers if (section := make(canvas, numbering)) is not None]
    rows, used = reading.at("/data/rows_used"), reading.at("/data/groups_used")
    return Page(
        kicker="Linear mixed model report",
        title=reading.study["title"],
        byline=(
            f"{fmt.count(rows)} measurements of {reading.groups(used)}.",
            f"Model used for the answers: {trending.model_name(reading.used)}.",
        ),
        notice=reading.study["synthetic"] or "",
        sections=tuple(sections),
        results=results,
        footer="This file holds everything it shows: it opens without a network and makes no requests. Its "
        f"figures and tables contain every {reading.one}’s values: keep that in mind before passing it on.",
    )


def answer(canvas: Canvas, numbering: Numbering) -> Section:
    """The answer first: lead sentence, key figures, one picture, questions."""
    reading = canvas.reading
    blocks: list[Block] = [KeyFigures(items=tuple(_key_figures(reading)))]
    if reading.slope:
        blocks.append(figures_line.trajectories(canvas, number=numbering.figure()))
    blocks.append(Questions(heading="Questions and answers", items=tuple(_questions(reading))))
    return Section(
        id="answer",
        heading="In short",
        nav="In short",
        finding=trending.lead(reading).text,
        blocks=tuple(blocks),
    )


def _key_figures(reading: Reading) -> Iterator[KeyFigure]:
    share = fmt.percent(reading.study["confidence"])
    if reading.slope:
        factor, period = reading.period
        effect = reading.at(reading.effect(reading.used, reading.slope))
        decimals = fmt.decimals_for(factor * effect["se"], 1)
        yield KeyFigure(
            value=fmt.number(factor * effect["estimate"], decimals, signed=True),
            unit=f"{reading.unit} {fmt.an(period)}".strip(),
            label="average change",
            certainty=f"{share} interval {fmt.interval(factor * effect['low'], factor * effect['high'], decimals)}",
        )
    level = reading.at(reading.effect(reading.used, "Intercept"))
    decimals = fmt.decimals_for(level["se"], 1)
    yield KeyFigure(
        value=fmt.number(level["estimate"], decimals),
        unit=reading.unit,
        label=f"average {reading.origin}".strip(),
        certainty=f"{share} interval {fmt.interval(level['low'], level['high'], decimals)}",
    )
    yield _spread_figure(reading, share)
    icc = reading.at("/icc/random_intercept")
    yield KeyFigure(
        value=fmt.number(100 * icc["value"], 0),
        unit="%",
        label=f"of the remaining variation is lasting difference between {reading.many}",
        certainty=f"{share} interval {fmt.interval(100 * icc['low'], 100 * icc['high'], 0)}%",
    )


def _spread_figure(reading: Reading, share: str) -> KeyFigure:
    spread = reading.at("/spread/level")
    decimals = max(0, fmt.significant(spread["sd"], 1))
    profile = next(
        (
            row
            for row in reading.at("/profiles").get(reading.used, [])
            if row["kind"] == "sd" and row["term"] == "Intercept"
        ),
        None,
    )
    sd_decimals = fmt.significant(spread["sd"], 2)
    certainty = (
        f"standard deviation {fmt.with_unit(fmt.number(spread['sd'], sd_decimals), reading.unit)}"
    )
    if profile:
        certainty += (
            f", {share} interval {fmt.interval(profile['low'], profile['high'], sd_decimals)}"
        )
    where = f" {reading.origin}" if reading.origin else ""
    return KeyFigure(
        value=f"{fmt.number(spread['low'], decimals)}–{fmt.number(spread['high'], decimals)}"
        if spread["low"] >= 0
        else fmt.interval(spread["low"], spread["high"], decimals),
        unit=reading.unit,
        label=f"where the middle {share} of {reading.many} are{where}",
        certainty=certainty,
    )


def _questions(reading: Reading) -> Iterator[Question]:
    if reading.slope:
        yield Question(
            question="What is the overall trend?",
            answer=trending.trend(reading).text,
            link="models",
            link_text="The models",
        )
    yield Question(
        question=f"How much do {reading.many} differ?",
        answer=grouping.level_spread(reading).text,
        link="differences" if reading.slope else "shrinkage",
        link_text="Differences" if reading.slope else "Shrinkage",
    )
    if reading.has("random_slope"):
        yield Question(
            question=f"Do {reading.many} change at different rates?",
            answer=comparing.slope_answer(reading).text,
            link="comparison",
            link_text="Which model",
        )
    yield Question(
        question=f"How far is one {reading.one}’s own result adjusted?",
        answer=grouping.shrinkage(reading).text,
        link="shrinkage",
        link_text="Shrinkage",
    )


def data(canvas: Canvas, numbering: Numbering) -> Section:
    """What was measured, and where the other rows went."""
    reading = canvas.reading
    notes = tuple(Paragraph(text=note) for note in describing.notes(reading))
    return Section(
        id="data",
        heading="What was measured",
        finding=describing.measured(reading).text,
        blocks=(Paragraph(text=describing.row_account(reading).text), *notes),
    )


def models(canvas: Canvas, numbering: Numbering) -> Section:
    """The four models side by side."""
    reading = canvas.reading
    blocks: list[Block] = [
        Paragraph(
            text=f"The pooled model forgets that measurements of the same {reading.one} belong together. The stratified "
            f"model gives each {reading.one} a fixed level and learns nothing about {reading.many} in general. The mixed "
            f"models stand between: they treat {reading.many} as a sample of all {reading.many} and let them share "
            "information."
        ),
        Paragraph(text=trending.level(reading).text),
    ]
    if reading.slope:
        blocks.append(figures_line.models(canvas, number=numbering.figure()))
    blocks.append(Paragraph(text=grouping.intraclass(reading).text))
    blocks.append(tables.models_table(reading, number=numbering.table()))
    blocks += [
        tables.further_table(reading, name, number=numbering.table())
        for name in reading.numbers["models"]
        if name not in trending.MODEL_NAMES
    ]
    blocks.append(_equations(reading))
    return Section(
        id="models",
        heading="Four ways to draw the line" if reading.slope else "Ways to see the groups",
        nav="The models",
        finding=trending.models_agree(reading).text,
        blocks=tuple(blocks),
    )


def _equations(reading: Reading) -> Fold:
    slope = reading.used == "random_slope"
    line = (
        equations.random_slope_equation()
        if slope
        else equations.random_intercept_equation(slope=bool(reading.slope))
    )
    time = reading.study["time"]
    shifted = f" less {fmt.number(time['origin'], 0)}" if time and time["origin"] else ""
    meaning = (
        f", with x the {time['label'] or time['column']}{shifted} in {time['units']}"
        if time
        else ""
    )
    return Fold(
        summary="For statisticians: the models as equations",
        blocks=(
            Paragraph(
                text=f"Measurement j of {reading.one} i{meaning}; the model used for the answers:"
            ),
            line,
            equations.random_effects_equation(slope=slope),
            equations.residual_equation(),
            Paragraph(text="With the fitted numbers, the average line is"),
            equations.fitted_equation(reading),
            Paragraph(
                text="Pooled: every θ is zero. Stratified: the θ are free constants. Random intercept: only the level "
                "has a θ. The mixed models are fitted by REML, which allows for the fixed effects when it estimates "
                "variances; comparisons use maximum likelihood."
            ),
        ),
    )


def shrinkage(canvas: Canvas, numbering: Numbering) -> Section:
    """How groups share information."""
    reading = canvas.reading
    ratio = reading.at("/shrinkage/ratio")
    fold = Fold(
        summary="For statisticians: the shrinkage factor",
        blocks=(
            Paragraph(
                text="With the slope known, a predicted level is a weighted mean of the group’s own level and the average; "
                "the weight of the average is"
            ),
            equations.shrinkage_equation(),
            Paragraph(
                text=(
                    f"Here σ²/τ² = {fmt.number(ratio, fmt.significant(ratio, 3))}. "
                    if ratio is not None
                    else ""
                )
                + f"In effect {fmt.number(reading.at('/shrinkage/level_degrees'), 1)} of "
                f"{fmt.count(reading.at('/data/groups_used'))} levels are estimated freely; the whole model spends "
                f"{fmt.number(reading.at(f'/shrinkage/effective_degrees/{reading.used}'), 1)} effective degrees of freedom "
                "(trace of the hat matrix)."
            ),
        ),
    )
    return Section(
        id="shrinkage",
        heading="Shrinkage: sharing information",
        nav="Shrinkage",
        finding=grouping.shrinkage(reading).text,
        blocks=(
            Paragraph(
                text=f"{fmt.capital(fmt.an(reading.one))}’s own average is partly luck. The model mixes it with what is known "
                f"of all {reading.many}; the fewer the measurements, the more weight the others get. This gives better "
                f"guesses on the whole, at the price of a small bias for unusual {reading.many}."
            ),
            figures_groups.shrinkage(canvas, number=numbering.figure()),
            fold,
        ),
    )


def differences(canvas: Canvas, numbering: Numbering) -> Section | None:
    """How groups differ, and the forecast for a new one."""
    reading = canvas.reading
    if not reading.slope:
        return None
    has_slopes = "slope" in reading.at("/spread")
    finding = grouping.slope_spread(reading) if has_slopes else grouping.common_slope(reading)
    blocks: list[Block] = []
    if has_slopes and reading.at("/spread/slope/sd") > 0:
        blocks.append(Paragraph(text=grouping.distinct_slopes(reading).text))
    blocks += [
        figures_groups.differences(canvas, number=numbering.figure()),
        tables.forecast_table(reading, number=numbering.table()),
    ]
    return Section(
        id="differences",
        heading=f"How much do {reading.many} differ?",
        nav="Differences, forecast",
        finding=finding.text,
        blocks=tuple(blocks),
    )


def comparison(canvas: Canvas, numbering: Numbering) -> Section | None:
    """Which model, by which rule."""
    reading = canvas.reading
    if reading.at("/verdict") is None:
        return None
    return Section(
        id="comparison",
        heading="Which model?",
        finding=comparing.choice(reading).text,
        blocks=(
            Paragraph(text=comparing.slope_test(reading).text),
            Paragraph(text=comparing.consequence(reading).text),
            tables.criteria_table(reading, number=numbering.table()),
            tables.tests_table(reading, number=numbering.table()),
            Fold(
                summary="For statisticians: the rule",
                blocks=(
                    Paragraph(
                        text="The random-slope model is used where its AIC is lower by more than 2 and its fit is not on "
                        "the boundary; otherwise the random-intercept model. AIC aims at prediction; BIC aims at the "
                        "smallest model that is true, and asks for more evidence as the data grow."
                    ),
                ),
            ),
        ),
    )


def provenance(canvas: Canvas, numbering: Numbering) -> Section:
    """What made this report, and how to make it again."""
    reading = canvas.reading
    made = reading.at("/provenance")
    items = (
        Definition(
            term="Data",
            text=f"{made['data_file']}, {fmt.count(reading.at('/data/rows_read'))} rows",
        ),
        Definition(term="SHA-256", text=made["data_sha256"], code=True),
        Definition(term="Command", text=made["command"], code=True),
        Definition(
            term="Model used", text=reading.at(f"/models/{reading.used}/formula"), code=True
        ),
        Definition(
            term="Fitted with", text=f"lmm-report {made['project']}, Python {made['python']}"
        ),
        Definition(
            term="Libraries",
            text=", ".join(f"{name} {version}" for name, version in made["libraries"].items()),
        ),
        Definition(
            term="Random seed", text=f"{made['seed']} (for the simulated lines of the forecast)"
        ),
        Definition(
            term="Reproducible",
            text="the same data, settings and versions give the same file, byte for byte",
        ),
    )
    return Section(
        id="provenance",
        heading="How this report was made",
        nav="How it was made",
        finding="Every number on this page comes from the results that it carries.",
        blocks=(
            Definitions(items=items),
            Downloads(
                results_name=f"{reading.study['name']}-results.json",
                table_id="table-groups",
                table_name=f"{reading.study['name']}-{reading.many}.csv",
            ),
            Fold(
                summary="Words used in this report", blocks=(Definitions(items=_glossary(reading)),)
            ),
        ),
    )


def _glossary(reading: Reading) -> tuple[Definition, ...]:
    one, many = reading.one, reading.many
    share = fmt.percent(reading.study["confidence"])
    return (
        Definition(
            term=f"{share} interval",
            text=f"a range made by a method that covers the true value in {share} of studies",
        ),
        Definition(
            term="Random intercept",
            text=f"each {one} has a level of its own, drawn from a bell curve",
        ),
        Definition(term="Random slope", text=f"each {one} also has a slope of its own"),
        Definition(
            term="Shrinkage",
            text=f"moving a {one}’s own estimate towards the average, more so when it has few measurements",
        ),
        Definition(
            term="Intraclass correlation",
            text=f"the share of the variation that lies between {many}; also the correlation of two measurements of one {one}",
        ),
        Definition(
            term="AIC, BIC",
            text="scores that weigh fit against the number of parameters; lower is better",
        ),
        Definition(
            term="REML and ML",
            text="two ways to fit: REML for estimates of spread, ML for comparing models",
        ),
    )


def groups(canvas: Canvas, numbering: Numbering) -> Section:
    """Every group, to look up."""
    reading = canvas.reading
    return Section(
        id="groups",
        heading=f"Every {reading.one}",
        finding=f"{fmt.count(reading.at('/data/groups_used'))} {reading.many}, each with its own and its shared estimate.",
        blocks=(
            GroupFinder(label=f"Find a {reading.one}", levels=canvas.rows.levels),
            tables.groups_table(reading, number=numbering.table()),
        ),
    )
