"""Figures of the average line: the measurements, the model's lines, the slope in every model."""

from __future__ import annotations

import numpy as np

from lmm.plots.models import coefficient_by_model, variance_bar
from lmm.plots.style import Highlight, Intervals, Labels
from lmm.plots.trajectories import (
    FittedLines,
    Trajectories,
    fitted_lines,
    measurements,
    thinning_note,
)
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, panel
from lmm.report.figures.factors import share_panel
from lmm.report.interpretation.trend import model_name
from lmm.report.page import Figure, Panel

_BASIC = ("pooled", "stratified", "random_intercept", "random_slope")


def extremes(canvas: Canvas) -> tuple[Highlight, ...]:
    """The steepest line and the lowest level (without slopes: the highest and the lowest level)."""
    if canvas.lines and canvas.reading.used == "random_slope":
        top = int(np.argmax(column(canvas.lines, "shared_slope")))
        low = int(np.argmin(column(canvas.lines, "shared_level")))
    else:
        shared = column(canvas.levels, "shared")
        top, low = int(np.argmax(shared)), int(np.argmin(shared))
    if low == top:  # all alike
        return ()
    return canvas.highlight(top, "high"), canvas.highlight(low, "low")


def trajectories(canvas: Canvas, *, number: int) -> Figure:
    """Figure of the measurements and of the lines that the model sees in them."""
    reading, rows = canvas.reading, canvas.rows
    seen = Trajectories(group=rows.group, x=rows.time, y=rows.outcome)
    lines = _lines(canvas)
    marked = extremes(canvas)
    labels = canvas.time_axes()
    names = fmt.listed([mark.label for mark in marked])
    told = f"Highlighted: {names}." if marked else ""
    slopes = reading.used == "random_slope"
    marks = (
        "the steepest line and the lowest level" if slopes else "the highest and the lowest level"
    )
    span = (
        f"from {fmt.number(reading.at('/data/outcome/min'), 1)} to "
        f"{fmt.with_unit(fmt.number(reading.at('/data/outcome/max'), 1), reading.unit)}"
    )
    left = panel(
        "data",
        heading="The measurements",
        picture=measurements(seen, labels=labels, highlights=marked, lines=lines),
        alt=f"Lines of {reading.outcome} against {canvas.time_label} for {reading.groups(len(rows.levels))}; "
        f"{fmt.count(len(rows.outcome))} measurements {span}. {told}".rstrip(),
    )
    right = panel(
        "fit",
        heading="What the model sees: one line each",
        picture=fitted_lines(seen, lines, labels=labels, highlights=marked),
        alt=f"The {model_name(reading.used)} model's line of each {reading.one} and the average line. "
        + (f"{told[:-1]}, {marks}." if marked else f"All lines of {reading.many} are the same."),
    )
    note = thinning_note(seen)
    return Figure(
        id="figure-measurements",
        number=number,
        panels=(left, right),
        lead=f"{fmt.capital(names)}: {marks}."
        if marked
        else f"Every {reading.one} has the average line.",
        caption="Left: what was measured. Right: the model’s lines, the average in blue"
        f"{'; rings are measurements' if marked else ''}. "
        f"{note}".strip(),
    )


def divided(canvas: Canvas, *, number: int) -> Figure:
    """Figure of the share of variation between groups, for a study without time."""
    reading = canvas.reading
    icc = reading.at("/icc/random_intercept")
    return Figure(
        id="figure-divided",
        number=number,
        panels=(_shares(canvas),),
        lead=f"{fmt.percent(icc['value'])} of the variation stays with the {reading.one}.",
        caption=f"The rest is what differs between measurements of one {reading.one}.",
    )


def models(canvas: Canvas, *, number: int) -> Figure:
    """Figure of the slope in every model, and of the share of variation between groups."""
    reading = canvas.reading
    names = [name for name in _BASIC if reading.has(name)]
    effects = [reading.at(reading.effect(name, str(reading.slope))) for name in names]
    smallest = min(effect["se"] for effect in effects)
    decimals = fmt.decimals_for(smallest)
    confidence = fmt.coverage(reading.study["confidence"])
    written = [
        f"{model_name(n)} {fmt.number(e['estimate'], decimals)}"
        for n, e in zip(names, effects, strict=True)
    ]
    slopes = panel(
        "slopes",
        heading=f"Slope {fmt.an(reading.time_unit).replace('a ', 'per ', 1).replace('an ', 'per ', 1)} in each model",
        picture=coefficient_by_model(
            [fmt.capital(model_name(name)) for name in names],
            Intervals(
                estimate=np.array([e["estimate"] for e in effects]),
                low=np.array([e["low"] for e in effects]),
                high=np.array([e["high"] for e in effects]),
            ),
            chosen=names.index(reading.used),
            labels=Labels(x=f"{reading.rate_unit}, with {confidence} interval"),
            written=lambda value: fmt.number(value, decimals),
        ),
        alt=f"Dots with {confidence} intervals of the slope in {len(names)} models: {fmt.listed(written)} "
        f"{reading.rate_unit}.",
    )
    share = reading.at("/icc/random_intercept")
    return Figure(
        id="figure-models",
        number=number,
        panels=(slopes, share_panel(canvas) if reading.further else _shares(canvas)),
        lead=f"{fmt.percent(share['value'])} of the variation around the average line stays with the {reading.one}.",
        caption=f"Left: slopes with {confidence} intervals, the model used in blue. Right: by the "
        "random-intercept model.",
    )


def _shares(canvas: Canvas) -> Panel:
    reading = canvas.reading
    icc = reading.at("/icc/random_intercept")
    confidence = fmt.coverage(reading.study["confidence"])
    value = fmt.percent(icc["value"])
    return panel(
        "icc",
        heading="Where the variation comes from",
        picture=variance_bar(
            icc["value"],
            heading=f"Of the variation around the average {'line' if reading.slope else 'level'}:",
            between_caption=("lasting differences", f"between {reading.many}"),
            within_caption=("changes within", f"{fmt.an(reading.one)}, and error"),
            interval=(icc["low"], icc["high"]),
            interval_label=f"{confidence} interval",
        ),
        alt=f"Bar of the variation: {value} lies between {reading.many}, {confidence} interval "
        f"{fmt.percent(icc['low'])} to {fmt.percent(icc['high'])}; the rest within.",
    )


def _lines(canvas: Canvas) -> FittedLines:
    """Each group's line over its own span of time, and the average one over all."""
    reading, rows = canvas.reading, canvas.rows
    m = len(rows.levels)
    start, end = np.full(m, np.inf), np.full(m, -np.inf)
    np.minimum.at(start, rows.group, rows.time)
    np.maximum.at(end, rows.group, rows.time)
    origin = reading.study["time"]["origin"]
    slope = reading.at(reading.effect(reading.used, str(reading.slope)))["estimate"]
    level = reading.at(reading.effect(reading.used, "Intercept"))["estimate"]
    if reading.used == "random_slope":
        levels, slopes = column(canvas.lines, "shared_level"), column(canvas.lines, "shared_slope")
    else:
        levels, slopes = column(canvas.levels, "shared"), np.full(m, slope)
    x = np.column_stack([start, end])
    ends = np.array([start.min(), end.max()])
    return FittedLines(
        x=x,
        y=levels[:, None] + slopes[:, None] * (x - origin),
        average_x=ends,
        average_y=level + slope * (ends - origin),
        average_label=f"average {reading.one}",
    )
