"""Can the answers be trusted: every check with its verdict, and on whom the answers rest."""

from __future__ import annotations

from lmm.report.figures import checks as drawing
from lmm.report.figures.canvas import Canvas
from lmm.report.figures.further_checks import further
from lmm.report.figures.influence import influence
from lmm.report.interpretation import checks as checking
from lmm.report.page import Block, Fold, Paragraph, Section, Subheading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import checks as tables_checks


def checks(canvas: Canvas, numbering: Numbering) -> Section:
    """The verdicts, the pictures behind them, and what heeding them would change."""
    reading = canvas.reading
    blocks: list[Block] = [
        tables_checks.checks_table(reading, number=numbering.table()),
        drawing.diagnostics(canvas, number=numbering.figure()),
    ]
    if drawing.has_serial(canvas):
        blocks.append(drawing.serial(canvas, number=numbering.figure()))
    if reading.at("/influence"):
        blocks += [
            Subheading(text=f"Does one {reading.one} decide the result?"),
            Paragraph(text=checking.sentence(reading, "influence")),
            influence(canvas, number=numbering.figure()),
        ]
    if tables_checks.has_remedies(reading):
        blocks.append(tables_checks.remedies_table(reading, number=numbering.table()))
    blocks.append(
        Fold(
            summary="For statisticians: more pictures of the errors",
            blocks=(further(canvas, number=numbering.figure()),),
        )
    )
    blocks.append(
        Fold(
            summary="For statisticians: thresholds and sources",
            blocks=(tables_checks.thresholds_table(reading, number=numbering.table()),),
        )
    )
    return Section(
        id="checks",
        heading="Can it be trusted?",
        nav="Checks",
        finding=checking.trust(reading).text,
        blocks=tuple(blocks),
    )
