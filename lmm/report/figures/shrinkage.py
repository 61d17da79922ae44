"""Figures of how sharing moves the groups: before and after, the pull, raw against shrunk, lines."""

from __future__ import annotations

import numpy as np

from lmm.plots import scatter
from lmm.plots import shrinkage as draw
from lmm.plots.style import Highlight, Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, panel
from lmm.report.figures.lines_distribution import lines_distribution
from lmm.report.figures.pull_by_error import pull_by_error
from lmm.report.interpretation.groups import largest_move
from lmm.report.page import Figure, Panel


def shrinkage(canvas: Canvas, *, number: int) -> Figure:
    """Before and after sharing, the pull by size, raw against shrunk, and levels with slopes."""
    reading, shift = canvas.reading, _shift(canvas)
    marked = _movers(canvas, shift)
    move = largest_move(reading).text
    panels = [
        _dumbbell(canvas, shift, marked, move),
        _pull(canvas),
    ]
    lead = _range_of_levels(canvas, shift)
    if canvas.lines:
        plane, lead = _plane(canvas)
        panels.append(plane)
    return Figure(id="figure-shrinkage", number=number, panels=tuple(panels), lead=lead)


def raw_against_shrunk(canvas: Canvas, *, number: int) -> Figure:
    """Shared against own levels, for readers who know that picture."""
    shift, beside = _shift(canvas), pull_by_error(canvas)
    scattered = _scatter(canvas, shift, _movers(canvas, shift), largest_move(canvas.reading).text)
    caption = "On the diagonal nothing moved."
    if beside:
        caption += " Right: bars span the standard errors; these also bear the slope’s, the curve does not."
    return Figure(
        id="figure-scatter",
        number=number,
        panels=(scattered, *beside),
        lead=_range_of_levels(canvas, shift),
        caption=caption,
    )


def _shift(canvas: Canvas) -> draw.Shift:
    return draw.Shift(
        own=column(canvas.levels, "own"),
        shared=column(canvas.levels, "shared"),
        average=canvas.reading.at("/shrinkage/average_level"),
    )


def _range_of_levels(canvas: Canvas, shift: draw.Shift) -> str:
    """Between which values own and shared levels lie."""
    reading = canvas.reading
    decimals = fmt.significant(reading.at("/spread/level/sd") or float(np.std(shift.own)) or 1.0, 2)
    own, shared = (
        fmt.interval(float(np.nanmin(each)), float(np.nanmax(each)), decimals)
        for each in (shift.own, shift.shared)
    )
    return f"Own levels run from {own}, shared ones from {fmt.with_unit(shared, reading.unit)}."


def _movers(canvas: Canvas, shift: draw.Shift) -> tuple[Highlight, ...]:
    """The groups that move most upwards and most downwards."""
    move = shift.shared - shift.own
    up, down = int(np.argmax(move)), int(np.argmin(move))
    marked = [canvas.highlight(up, "low")] if move[up] > 0 else []
    return tuple(marked + ([canvas.highlight(down, "high")] if move[down] < 0 else []))


def _dumbbell(canvas: Canvas, shift: draw.Shift, marked: tuple[Highlight, ...], move: str) -> Panel:
    picture = draw.dumbbell(shift, labels=Labels(x=canvas.level_label), highlights=marked)
    alt = f"Lines from each {canvas.reading.one}’s own level (top) to its shared level (bottom). {move}"
    return panel("dumbbell", heading="Before and after sharing", picture=picture, alt=alt)


def _scatter(canvas: Canvas, shift: draw.Shift, marked: tuple[Highlight, ...], move: str) -> Panel:
    unit = canvas.reading.unit
    labels = Labels(
        x=f"own level{', ' + unit if unit else ''}", y=f"Shared level{', ' + unit if unit else ''}"
    )
    picture = scatter.raw_against_shrunk(shift, labels=labels, highlights=marked)
    alt = f"Shared against own levels of {canvas.reading.groups(len(canvas.levels))}, near the diagonal. {move}"
    return panel("scatter", heading="Raw against shrunk", picture=picture, alt=alt)


def _pull(canvas: Canvas) -> Panel:
    reading = canvas.reading
    sizes = reading.at("/shrinkage/by_size")
    ratio = reading.at("/shrinkage/ratio")
    largest = sizes[-1]["measurements"]
    curve = np.linspace(max(0.8 * sizes[0]["measurements"], 0.5), largest * 1.05, 60)
    data = draw.Pull(
        measurements=column(sizes, "measurements"),
        share=column(sizes, "pulled"),
        groups=column(sizes, "groups"),
        curve_x=curve,
        curve_y=np.ones_like(curve) if ratio is None else ratio / (curve + ratio),
    )
    labels = Labels(x=f"measurements per {reading.one}", y="Share of the way pulled to the average")
    ends = [sizes[0], sizes[-1]] if len(sizes) > 1 else sizes
    told = [f"{fmt.percent(s['pulled'])} with {s['measurements']}" for s in ends]
    alt = f"Share of the way to the average by number of measurements: {fmt.listed(told)}."
    heading = "Fewer measurements, more pull" if len(sizes) > 1 else "How far each is pulled"
    return panel("pull", heading=heading, picture=draw.pull(data, labels=labels), alt=alt)


def _plane(canvas: Canvas) -> tuple[Panel, str]:
    reading, lines = canvas.reading, canvas.lines
    own_level, own_slope = column(lines, "own_level"), column(lines, "own_slope")
    shared_level, shared_slope = column(lines, "shared_level"), column(lines, "shared_slope")
    spread = [np.nanstd(own_level) or 1.0, np.nanstd(own_slope) or 1.0]
    distance = np.hypot(
        (own_level - shared_level) / spread[0], (own_slope - shared_slope) / spread[1]
    )
    farthest = int(np.nanargmax(distance))
    labels = Labels(x=canvas.level_label, y=canvas.slope_label)
    picture = scatter.plane(
        scatter.Plane(
            own_level=own_level,
            own_slope=own_slope,
            shared_level=shared_level,
            shared_slope=shared_slope,
            ellipse=_ellipse(canvas),
            ellipse_label=f"{fmt.coverage(reading.study['confidence'])} of {reading.many}",
        ),
        labels=labels,
        highlights=(canvas.highlight(farthest, "high"),),
    )
    decimals = fmt.significant(float(np.nanstd(shared_slope)) or 0.1, 1)
    own = fmt.interval(float(np.nanmin(own_slope)), float(np.nanmax(own_slope)), decimals)
    shared = fmt.interval(float(shared_slope.min()), float(shared_slope.max()), decimals)
    words = (
        f"Lines through one {reading.one} alone (grey) have slopes from {own}, shared ones (blue) from "
        f"{reading.rate(shared)}."
    )
    alt = f"Level against slope for each {reading.one}: {words}"
    return panel("plane", heading="Levels and slopes together", picture=picture, alt=alt), words


def _ellipse(canvas: Canvas) -> np.ndarray:
    """The curve that holds the confidence share of groups' lines under the random-slope model."""
    mean, root = lines_distribution(canvas.reading)
    radius = np.sqrt(-2.0 * np.log(1.0 - canvas.reading.study["confidence"]))
    angle = np.linspace(0.0, 2.0 * np.pi, 73)
    return mean + radius * np.column_stack([np.cos(angle), np.sin(angle)]) @ root.T
