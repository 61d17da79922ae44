"""Which model answers, and by which rule."""

from __future__ import annotations

from lmm.report.figures.canvas import Canvas
from lmm.report.interpretation import comparison as comparing
from lmm.report.interpretation import rule as ruling
from lmm.report.interpretation import structure
from lmm.report.page import Block, Fold, Paragraph, Section
from lmm.report.reading import Finding, Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import comparison as tables_comparison
from lmm.report.tables.centring import centring_table
from lmm.report.tables.ladder import ladder_notes, ladder_table


def comparison(canvas: Canvas, numbering: Numbering) -> Section | None:
    """Which model, by which rule."""
    reading = canvas.reading
    if reading.at("/verdict") is None:
        return None
    rivals = [structure.rival(reading)] if structure.has_rival(reading) else []
    return Section(
        id="comparison",
        heading="Which model?",
        finding=comparing.choice(reading).text,
        blocks=(
            *_said(*rivals, comparing.consequence(reading)),
            ladder_table(reading, number=numbering.table()),
            Fold(summary="For statisticians: tests and rule", blocks=_tests(reading, numbering)),
            *_centring(reading, numbering),
        ),
    )


def _tests(reading: Reading, numbering: Numbering) -> tuple[Block, ...]:
    rule = (
        "The random-slope model is used where its AIC is lower by more than 2 and its fit is not on the boundary; "
        "otherwise the random-intercept model. AIC aims at prediction; BIC aims at the smallest model that is true, "
        "and asks for more evidence as the data grow."
    )
    return (
        *_said(comparing.slope_test(reading)),
        tables_comparison.tests_table(reading, number=numbering.table()),
        Paragraph(text=rule),
        *_said(structure.near_ties(reading), ruling.other_criteria(reading)),
        Paragraph(text=ladder_notes(reading)),
    )


def _said(*findings: Finding | None) -> list[Block]:
    return [Paragraph(text=finding.text) for finding in findings if finding is not None]


def _centring(reading: Reading, numbering: Numbering) -> list[Block]:
    said = _said(ruling.centring(reading))
    if not said:
        return []
    table = centring_table(reading, number=numbering.table())
    return [Fold(summary="For statisticians: where time is counted from", blocks=(*said, table))]
