"""Figure of the grouping factors: how they lie to each other, a panel for each further one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmm.plots.factors import crossed_diagram, nested_diagram
from lmm.plots.shares import Share, share_bars
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, panel
from lmm.report.interpretation.factors import layout
from lmm.report.page import Figure, Panel

_MEETINGS = {1: "once", 2: "twice"}


def factors(canvas: Canvas, *, number: int) -> Figure:
    """Who belongs to whom, or meets whom."""
    found = layout(canvas.reading)
    assert found is not None
    panels = tuple(_panel(canvas, i) for i in range(len(canvas.reading.further)))
    lead, _, rest = found.text.partition(". ")
    return Figure(
        id="figure-factors",
        number=number,
        panels=panels,
        lead=f"{lead.rstrip('.')}.",
        caption=f"{rest} Some of the groups are drawn, evenly chosen.".strip(),
    )


def shares(canvas: Canvas, *, number: int) -> Figure:
    """Whose differences the variation is."""
    reading = canvas.reading
    return Figure(
        id="figure-shares",
        number=number,
        panels=(share_panel(canvas),),
        lead=f"{fmt.listed(_by_size(canvas))}.",
        caption=f"Bars are shares of the variation that the average leaves; lines are "
        f"{fmt.coverage(reading.study['confidence'])} intervals (random-intercept model).",
    )


def _by_size(canvas: Canvas) -> list[str]:
    """``79% of the variation lies between samples``, then the other factors, the largest first."""
    reading = canvas.reading
    rows = [row for row in reading.at("/factors/shares/random_intercept") if row["group"]]
    rows.sort(key=lambda row: -row["share"])
    told = [f"{fmt.percent(row['share'])} between {reading.nouns(row['group'])[1]}" for row in rows]
    return [told[0].replace(" between", " of the variation lies between", 1), *told[1:]]


def share_panel(canvas: Canvas) -> Panel:
    """A bar for each grouping factor and one for what is left."""
    reading = canvas.reading
    rows = {row["group"]: row for row in reading.at("/factors/shares/random_intercept")}
    named = [reading.study["group"], *reading.further]
    tones = ("model", "low", "high", "model-light", "ink2")
    parts = [
        _share(rows[each["column"]], f"between {each['plural']}", tone)
        for each, tone in zip(named, tones, strict=False)
    ]
    parts.append(_share(rows[""], "left to single measurements", "grey"))
    told = [
        f"{part.written} {part.label}"
        + (
            f" ({fmt.percent(part.interval[0])} to {fmt.percent(part.interval[1])})"
            if part.interval
            else ""
        )
        for part in parts
    ]
    return panel(
        "icc",
        heading="Where the variation comes from",
        picture=share_bars(
            parts,
            heading=f"Of the variation around the average {'line' if reading.slope else 'level'}:",
        ),
        alt=f"Bars of the variation: {fmt.listed(told)}, with "
        f"{fmt.coverage(reading.study['confidence'])} intervals.",
    )


def _share(row: Mapping[str, Any], label: str, tone: str) -> Share:
    interval = None if row["low"] is None else (row["low"], row["high"])
    written = fmt.percent(row["share"])
    return Share(label=label, share=row["share"], interval=interval, written=written, tone=tone)


def _panel(canvas: Canvas, index: int) -> Panel:
    reading = canvas.reading
    picture = reading.at(f"/factors/pictures/{index}")
    levels = reading.at("/factors/levels")
    main, other = levels[0], levels[index + 1]
    id = "levels" if index == 0 else f"levels-{index + 1}"
    if picture["relation"] in ("within", "around"):
        outer, inner = (other, main) if picture["relation"] == "within" else (main, other)
        return _nested(canvas, id, picture, outer, inner)
    return _crossed(canvas, id, picture, main, other, reading.at(f"/factors/lies/{index}"))


def _nested(
    canvas: Canvas,
    id: str,
    picture: Mapping[str, Any],
    outer: Mapping[str, Any],
    inner: Mapping[str, Any],
) -> Panel:
    measured = fmt.count(canvas.reading.at("/data/rows_used"))
    told = [f"{fmt.count(each['groups'])} {each['plural']}" for each in (outer, inner)]
    names = (
        f"Level 3: {told[0]}",
        f"Level 2: {told[1]}",
        f"Level 1: {measured} measurements",
    )
    return panel(
        id,
        heading="Three levels",
        picture=nested_diagram(picture["sizes"], held=picture["held"], names=names),
        alt=f"Diagram of three levels: {told[0]} at the top, {told[1]} within them, {measured} measurements beneath; "
        f"{_each(inner)} of each {inner['singular']}.",
    )


def _crossed(
    canvas: Canvas,
    id: str,
    picture: Mapping[str, Any],
    main: Mapping[str, Any],
    other: Mapping[str, Any],
    lie: Mapping[str, Any],
) -> Panel:
    across, down = (f"{fmt.count(each['groups'])} {each['plural']}" for each in (main, other))
    pairs = f"{fmt.count(lie['cells'])} of {fmt.count(lie['possible'])} pairs occur"
    often = lie["fewest"], lie["most"]
    each = (
        f"each pair measured {_MEETINGS.get(often[0], f'{often[0]} times')}"
        if often[0] == often[1]
        else f"a pair measured {often[0]} to {often[1]} times"
    )
    return panel(
        id,
        heading=f"{fmt.capital(main['plural'])} and {other['plural']} cross",
        picture=crossed_diagram(
            picture["counts"],
            across=f"Columns: {across}",
            down=f"Rows: {down}",
            remark=each,
        ),
        alt=f"Diagram of crossed levels: a grid of {across} by {down} with a dot where a pair was measured; {pairs}, "
        f"{each}.",
    )


def _each(level: Mapping[str, Any]) -> str:
    low, high = level["smallest"], level["largest"]
    return f"{low}" if low == high else f"{low} to {high}"
