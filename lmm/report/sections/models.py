"""The models side by side."""

from __future__ import annotations

from lmm.report import equations
from lmm.report import formatting as fmt
from lmm.report.figures import line
from lmm.report.figures.canvas import Canvas
from lmm.report.interpretation import certainty as certain
from lmm.report.interpretation import explained as explaining
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import trend as trending
from lmm.report.interpretation import within
from lmm.report.page import Block, Fold, Paragraph, Section
from lmm.report.reading import Finding, Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import models as tables_models
from lmm.report.tables.certainty import certainty_table
from lmm.report.tables.comparison import tests_table
from lmm.report.tables.within_between import within_between_table


def models(canvas: Canvas, numbering: Numbering) -> Section:
    """The four models side by side."""
    reading = canvas.reading
    blocks: list[Block] = [
        Paragraph(
            text=f"The pooled model forgets that measurements of the same {reading.one} belong "
            "together. The stratified "
            f"model gives each {reading.one} a fixed level and learns nothing about "
            f"{reading.many} in general. The mixed "
            f"models stand between: they treat {reading.many} as a sample of all {reading.many} and let them share "
            "information."
        ),
        Paragraph(text=trending.level(reading).text),
    ]
    if reading.slope:
        blocks.append(line.models(canvas, number=numbering.figure()))
    blocks.append(Paragraph(text=grouping.intraclass(reading).text))
    blocks.append(tables_models.models_table(reading, number=numbering.table()))
    blocks += _said(
        certain.errors_disagree(reading),
        certain.rests_on_few(reading, reading.used),
        within.within_or_between(reading),
    )
    for name in reading.numbers["models"]:
        if name not in trending.MODEL_NAMES:
            blocks.append(tables_models.further_table(reading, name, number=numbering.table()))
            if name in reading.at("/certainty"):
                blocks += _said(
                    certain.rests_on_few(reading, name), certain.errors_disagree_in(reading, name)
                )
    blocks += [_equations(reading), _certainty(reading, numbering), _groups(reading, numbering)]
    return Section(
        id="models",
        heading="Four ways to draw the line" if reading.slope else "Ways to see the groups",
        nav="The models",
        finding=trending.models_agree(reading).text,
        blocks=tuple(blocks),
    )


def _said(*findings: Finding | None) -> list[Block]:
    return [Paragraph(text=finding.text) for finding in findings if finding is not None]


def _certainty(reading: Reading, numbering: Numbering) -> Fold:
    blocks: list[Block] = [certainty_table(reading, number=numbering.table())]
    if reading.at("/verdict") is None:  # else the section on the choice has it
        blocks.append(tests_table(reading, number=numbering.table()))
    blocks += _said(
        certain.held_at_zero(reading),
        explaining.explained(reading),
        explaining.variance_changes(reading),
        explaining.icc_along(reading),
    )
    return Fold(summary="For statisticians: how sure, by every method", blocks=tuple(blocks))


def _groups(reading: Reading, numbering: Numbering) -> Fold:
    blocks = _said(within.groups_guide(reading), within.hausman(reading))
    if reading.at("/within_between/covariates"):
        blocks.append(within_between_table(reading, number=numbering.table()))
    return Fold(summary="For statisticians: fixed or random?", blocks=tuple(blocks))


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
