"""The models side by side."""

from __future__ import annotations

from lmm.report import equations
from lmm.report import formatting as fmt
from lmm.report.factor_equations import further_equations, further_meaning
from lmm.report.figures import line
from lmm.report.figures.canvas import Canvas
from lmm.report.figures.profiles import profiles
from lmm.report.interpretation import certainty as certain
from lmm.report.interpretation import effect_sizes as sizes
from lmm.report.interpretation import explained as explaining
from lmm.report.interpretation import factors as lying
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import trend as trending
from lmm.report.interpretation import within
from lmm.report.page import Block, Fold, Paragraph, Section
from lmm.report.reading import Finding, Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables.bootstrap import bootstrap_table
from lmm.report.tables.certainty import certainty_table
from lmm.report.tables.comparison import tests_table
from lmm.report.tables.effect_sizes import effect_sizes_table
from lmm.report.tables.further_models import further_table
from lmm.report.tables.models import models_table
from lmm.report.tables.within_between import within_between_table


def models(canvas: Canvas, numbering: Numbering) -> Section:
    """The four models side by side, and what only matters to some readers in folds."""
    reading = canvas.reading
    blocks: list[Block] = [
        Paragraph(
            text=f"The pooled model forgets which {reading.one} it sees. The stratified one gives each "
            f"{reading.one} a level and learns nothing from the others. The mixed models stand between: "
            f"{reading.many} share information."
        ),
    ]
    if trending.level_needs_care(reading):
        blocks.append(Paragraph(text=trending.level(reading).text))
    if reading.slope:
        blocks.append(line.models(canvas, number=numbering.figure()))
    blocks += _said(lying.shares(reading), lying.tests(reading))
    blocks.append(models_table(reading, number=numbering.table()))
    blocks += _said(*_alarms(reading))
    blocks += [
        _further(reading, name, numbering)
        for name in reading.numbers["models"]
        if name not in trending.MODEL_NAMES
    ]
    blocks += [_equations(reading), _certainty(canvas, numbering), _groups(reading, numbering)]
    return Section(
        id="models",
        heading="Four ways to draw the line" if reading.slope else "Ways to see the groups",
        nav="The models",
        finding=trending.models_agree(reading).text,
        blocks=tuple(blocks),
    )


def _alarms(reading: Reading) -> list[Finding | None]:
    """What asks for care with the model used; what is as it should be stands in the folds."""
    return [
        certain.errors_disagree(reading) if certain.is_doubtful(reading) else None,
        certain.rests_on_few(reading, reading.used),
        within.within_or_between(reading) if within.is_apart(reading) else None,
    ]


def _further(reading: Reading, name: str, numbering: Numbering) -> Fold:
    """A configured further model: its table, and whether it rests on few groups."""
    said: list[Block] = []
    if name in reading.at("/certainty"):
        said = _said(certain.rests_on_few(reading, name), certain.errors_disagree_in(reading, name))
    return Fold(
        summary=f"Further model: {trending.model_name(name)}"
        + (" (with a remark)" if said else ""),
        blocks=(further_table(reading, name, number=numbering.table()), *said),
    )


def _said(*findings: Finding | None) -> list[Block]:
    return [Paragraph(text=finding.text) for finding in findings if finding is not None]


def _certainty(canvas: Canvas, numbering: Numbering) -> Fold:
    reading = canvas.reading
    blocks: list[Block] = [certainty_table(reading, number=numbering.table())]
    if reading.at("/effect_sizes/effects"):
        blocks.append(effect_sizes_table(reading, number=numbering.table()))
    if reading.at("/bootstrap/intervals"):
        blocks.append(bootstrap_table(reading, number=numbering.table()))
    if reading.at("/verdict") is None:  # else the section on the choice has it
        blocks.append(tests_table(reading, number=numbering.table()))
    blocks += _said(
        trending.level(reading),
        grouping.level_spread(reading) if reading.slope else None,
        grouping.intraclass(reading),
        None if certain.is_doubtful(reading) else certain.errors_disagree(reading),
        certain.held_at_zero(reading),
        sizes.could_have_shown(reading),
        explaining.explained(reading),
        explaining.variance_changes(reading),
        explaining.icc_along(reading),
        lying.not_here(reading),
    )
    if curves := canvas.rows.examined["profiles"]:
        blocks.append(profiles(canvas, curves, number=numbering.figure()))
    return Fold(summary="For statisticians: how sure, by every method", blocks=tuple(blocks))


def _groups(reading: Reading, numbering: Numbering) -> Fold:
    blocks = _said(
        within.groups_guide(reading),
        None if within.is_apart(reading) else within.within_or_between(reading),
        within.hausman(reading),
    )
    if reading.at("/within_between/covariates"):
        blocks.append(within_between_table(reading, number=numbering.table()))
    return Fold(summary="For statisticians: fixed or random?", blocks=tuple(blocks))


def _equations(reading: Reading) -> Fold:
    slope = reading.used == "random_slope"
    line = (
        equations.random_slope_equation(further=len(reading.further))
        if slope
        else equations.random_intercept_equation(
            slope=bool(reading.slope), further=len(reading.further)
        )
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
                text=f"Measurement j of {reading.one} i{meaning}{further_meaning(reading)}; the model used for the "
                "answers:"
            ),
            line,
            equations.random_effects_equation(slope=slope),
            *further_equations(reading),
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
