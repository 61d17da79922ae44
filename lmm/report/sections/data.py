"""What was measured, and where the other rows went."""

from __future__ import annotations

from lmm.report.figures.canvas import Canvas
from lmm.report.figures.data import levels
from lmm.report.figures.factors import factors
from lmm.report.interpretation import data as describing
from lmm.report.page import Fold, Paragraph, Section
from lmm.report.sections.numbering import Numbering
from lmm.report.tables.data import variables_table


def data(canvas: Canvas, numbering: Numbering) -> Section:
    """What was measured, and where the other rows went; the variables and what reading brought up in a fold."""
    reading = canvas.reading
    notes = tuple(Paragraph(text=note) for note in describing.notes(reading))
    return Section(
        id="data",
        heading="What was measured",
        finding=describing.measured(reading).text,
        blocks=(
            Paragraph(text=describing.row_account(reading).text),
            (factors if reading.further else levels)(canvas, number=numbering.figure()),
            Fold(
                summary="The variables",
                blocks=(variables_table(reading, number=numbering.table()), *notes),
            ),
        ),
    )
