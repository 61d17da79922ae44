"""How groups differ, and the forecast for a new one."""

from __future__ import annotations

from lmm.report.figures import differences as drawing
from lmm.report.figures.canvas import Canvas
from lmm.report.interpretation import groups as grouping
from lmm.report.interpretation import heterogeneity as differing
from lmm.report.interpretation import newcomer
from lmm.report.page import Block, Fold, Paragraph, Section
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import groups as tables_groups
from lmm.report.tables.newcomer import newcomer_table


def differences(canvas: Canvas, numbering: Numbering) -> Section | None:
    """How groups differ, and the forecast for a new one."""
    reading = canvas.reading
    if not reading.slope:
        return None
    has_slopes = "slope" in reading.at("/spread")
    finding = grouping.slope_spread(reading) if has_slopes else grouping.common_slope(reading)
    blocks: list[Block] = []
    if has_slopes and reading.at("/spread/slope/sd") > 0:
        blocks.append(Paragraph(text=differing.slope_signs(reading).text))
    blocks += [
        drawing.differences(canvas, number=numbering.figure()),
        Fold(
            summary="The forecast in numbers",
            blocks=(tables_groups.forecast_table(reading, number=numbering.table()),),
        ),
    ]
    narrowing = newcomer.narrowing(reading)
    if narrowing is not None:
        table = newcomer_table(reading, number=numbering.table())
        blocks += [
            Paragraph(text=narrowing.text),
            Fold(summary=f"A new {reading.one} as it becomes known", blocks=(table,)),
        ]
    return Section(
        id="differences",
        heading=f"How much do {reading.many} differ?",
        nav="Differences, forecast",
        finding=finding.text,
        blocks=tuple(blocks),
    )
