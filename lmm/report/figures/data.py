"""Figure of the data's two levels, and of how often groups were measured."""

from __future__ import annotations

from lmm.plots.levels import level_diagram, size_bars
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, panel
from lmm.report.page import Figure, Panel


def levels(canvas: Canvas, *, number: int) -> Figure:
    """The two levels, and how unevenly groups were measured."""
    reading = canvas.reading
    rows = reading.at("/data/group_sizes")
    sizes = [row["measurements"] for row in rows]
    counts = [row["groups"] for row in rows]
    every = [size for size, count in zip(sizes, counts, strict=True) for _ in range(count)]
    groups = reading.groups(reading.at("/data/groups_used"))
    measured = fmt.count(reading.at("/data/rows_used"))
    each = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    typical = every[len(every) // 2]
    left = panel(
        "levels",
        heading="Two levels",
        picture=level_diagram(
            every,
            groups=f"Level 2: {groups}",
            measurements=f"Level 1: {measured} measurements",
            remark=f"{each} of each {reading.one}",
        ),
        alt=f"Diagram of two levels: {groups} above, {measured} measurements beneath them, {each} of each "
        f"{reading.one}.",
    )
    return Figure(
        id="figure-levels",
        number=number,
        panels=(left, _visits(canvas, sizes, counts)) if len(sizes) > 1 else (left,),
        lead=_typical(reading.many, typical)
        if len(sizes) > 1
        else f"Every {reading.one} was measured {each} times.",
        caption=f"Squares are {reading.many}, dots their measurements.",
    )


def _typical(many: str, typical: int) -> str:
    if typical == 1:
        return f"Half of the {many} or more were measured only once."
    return f"Half of the {many} were measured {typical} times or more."


def _visits(canvas: Canvas, sizes: list[int], counts: list[int]) -> Panel:
    reading = canvas.reading
    listed = fmt.listed(
        [f"{count} with {size}" for size, count in zip(sizes[-4:], counts[-4:], strict=True)]
    )
    return panel(
        "visits",
        heading=f"How often {reading.many} were measured",
        picture=size_bars(
            sizes,
            counts,
            labels=Labels(x=f"measurements of one {reading.one}", y=f"Number of {reading.many}"),
        ),
        alt=f"Bars of the number of {reading.many} by how often each was measured; the highest counts: {listed}.",
    )
