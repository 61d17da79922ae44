"""What changed since the last version of the data."""

from __future__ import annotations

from lmm.report.figures import changes as drawing
from lmm.report.figures.canvas import Canvas
from lmm.report.interpretation import changes as changing
from lmm.report.page import Block, Fold, Paragraph, Section
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import changes as tables_changes
from lmm.report.tables.rows_changed import rows_changed_table


def changes(canvas: Canvas, numbering: Numbering) -> Section:
    """Numbers before and now with a verdict, or that this is the first report."""
    reading = canvas.reading
    return Section(
        id="changes",
        heading="What changed since the last version?",
        nav="What changed",
        finding=changing.verdict(reading).text,
        blocks=() if reading.at("/changes") is None else _since(canvas, numbering),
    )


def _since(canvas: Canvas, numbering: Numbering) -> tuple[Block, ...]:
    reading = canvas.reading
    found = (
        changing.rows_came(reading),
        changing.which_rows(reading),
        changing.model_change(reading),
        changing.largest_move(reading),
    )
    blocks: list[Block] = [
        Paragraph(text=" ".join(finding.text for finding in found if finding is not None)),
        tables_changes.changes_table(reading, number=numbering.table()),
    ]
    if changing.has_rows_changed(reading):
        table = rows_changed_table(reading, number=numbering.table())
        blocks.append(Fold(summary="Which measurements came and went", blocks=(table,)))
    if drawing.has_trail(canvas):
        blocks.append(drawing.trail(canvas, number=numbering.figure()))
    return tuple(blocks)
