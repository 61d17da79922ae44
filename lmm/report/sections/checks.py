"""Can the answers be trusted: every check with its verdict, and on whom the answers rest."""

from __future__ import annotations

from collections.abc import Iterator

from lmm.report import formatting as fmt
from lmm.report.figures import checks as drawing
from lmm.report.figures.canvas import Canvas
from lmm.report.figures.further_checks import further
from lmm.report.figures.influence import influence
from lmm.report.interpretation import checks as checking
from lmm.report.page import Block, Fold, Section, Subheading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import checks as tables_checks


def checks(canvas: Canvas, numbering: Numbering) -> Section:
    """What is not fine with its sentences, the pictures, on whom the answers rest; the rest in folds."""
    reading = canvas.reading
    blocks: list[Block] = []
    if tables_checks.has_doubts(reading):
        blocks.append(tables_checks.doubts_table(reading, number=numbering.table()))
    blocks.append(drawing.diagnostics(canvas, number=numbering.figure()))
    if drawing.has_serial(canvas):
        blocks.append(drawing.serial(canvas, number=numbering.figure()))
    if reading.at("/influence"):
        blocks += [
            Subheading(text=f"Does one {reading.one} decide the result?"),
            influence(canvas, number=numbering.figure()),
        ]
    if tables_checks.has_remedies(reading):
        remedies = tables_checks.remedies_table(reading, number=numbering.table())
        blocks.append(Fold(summary="What heeding the checks would change", blocks=(remedies,)))
    blocks += _folds(canvas, numbering)
    return Section(
        id="checks",
        heading="Can it be trusted?",
        nav="Checks",
        finding=checking.trust(reading).text,
        blocks=tuple(blocks),
    )


def _folds(canvas: Canvas, numbering: Numbering) -> Iterator[Fold]:
    reading = canvas.reading
    if fine := reading.at("/tally/fine"):
        yield Fold(
            summary=f"{fmt.count(fine)} {checking.agree(fine, 'check is', 'checks are')} fine",
            blocks=(tables_checks.fine_table(reading, number=numbering.table()),),
        )
    yield Fold(
        summary="For statisticians: more pictures of the errors",
        blocks=(further(canvas, number=numbering.figure()),),
    )
    yield Fold(
        summary="For statisticians: thresholds and sources",
        blocks=(tables_checks.thresholds_table(reading, number=numbering.table()),),
    )
