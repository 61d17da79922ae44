"""Every group, to look up."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas
from lmm.report.page import GroupFinder, Section
from lmm.report.sections.numbering import Numbering
from lmm.report.tables import groups as tables_groups


def groups(canvas: Canvas, numbering: Numbering) -> Section:
    """Every group, to look up."""
    reading = canvas.reading
    return Section(
        id="groups",
        heading=f"Every {reading.one}",
        finding=(
            f"{fmt.count(reading.at('/data/groups_used'))} {reading.many}, each with its "
            "own and its shared estimate."
        ),
        blocks=(
            GroupFinder(
                label=f"Find {fmt.an(reading.one)}",
                count=len(canvas.rows.levels),
                table_id="table-groups",
            ),
            tables_groups.groups_table(reading, number=numbering.table()),
        ),
    )
