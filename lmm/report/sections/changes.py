"""What changed since the last version of the data."""

from __future__ import annotations

from lmm.report.figures.canvas import Canvas
from lmm.report.interpretation import changes as changing
from lmm.report.page import Block, Paragraph, Section
from lmm.report.reading import Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import changes as tables_changes


def changes(canvas: Canvas, numbering: Numbering) -> Section:
    """Numbers before and now with a verdict, or that this is the first report."""
    reading = canvas.reading
    return Section(
        id="changes",
        heading="What changed since the last version?",
        nav="What changed",
        finding=changing.verdict(reading).text,
        blocks=() if reading.at("/changes") is None else _since(reading, numbering),
    )


def _since(reading: Reading, numbering: Numbering) -> tuple[Block, ...]:
    found = (
        changing.rows_came(reading),
        changing.model_change(reading),
        changing.largest_move(reading),
    )
    return (
        Paragraph(text=" ".join(finding.text for finding in found if finding is not None)),
        tables_changes.changes_table(reading, number=numbering.table()),
    )
