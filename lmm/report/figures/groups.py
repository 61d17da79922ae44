"""Figures of the groups: shrinkage in four views, slopes ranked, and the forecast for a new group."""

from __future__ import annotations

import numpy as np

from lmm.inference.closed_forms import normal_reach
from lmm.plots import scatter
from lmm.plots import shrinkage as draw
from lmm.plots.differences import Fan, fan, ranked
from lmm.plots.style import Highlight, Intervals, Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, panel
from lmm.report.figures.pull_by_error import pull_by_error
from lmm.report.figures.ranked_levels import ranked_levels
from lmm.report.interpretation.groups import distinct_slopes, largest_move, slope_extremes
from lmm.report.interpretation.heterogeneity import distinct_levels
from lmm.report.page import Figure, Panel

_SIMULATED = 60


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


def differences(canvas: Canvas, *, number: int) -> Figure:
    """Slopes ranked (levels, where the model used has one slope for all), and what to expect of a new group."""
    reading = canvas.reading
    if "slope" not in reading.at("/spread"):
        apart = reading.at("/shrinkage/noise") is not None
        return Figure(
            id="figure-differences",
            number=number,
            panels=(*((ranked_levels(canvas),) if apart else ()), _fan(canvas)),
            lead=distinct_levels(reading).text
            if apart
            else f"What to expect of a new {reading.one}.",
            caption=_fan_words(canvas, "Right: grey" if apart else "Grey"),
        )
    return Figure(
        id="figure-differences",
        number=number,
        panels=(_ranked(canvas), _fan(canvas)),
        lead=slope_extremes(reading).text,
        caption=f"{distinct_slopes(reading).text} {_fan_words(canvas, 'Right: grey')}",
    )


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
    reading = canvas.reading
    mean, covariance = _lines_distribution(canvas)
    radius = np.sqrt(-2.0 * np.log(1.0 - reading.study["confidence"]))
    angle = np.linspace(0.0, 2.0 * np.pi, 73)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return mean + radius * np.column_stack([np.cos(angle), np.sin(angle)]) @ root.T


def _lines_distribution(canvas: Canvas) -> tuple[np.ndarray, np.ndarray]:
    """Mean (2,) and covariance (2, 2) of groups' levels and slopes in the random-slope model."""
    reading, slope = canvas.reading, str(canvas.reading.slope)
    effect = [
        reading.at(reading.effect("random_slope", term))["estimate"]
        for term in ("Intercept", slope)
    ]

    def entry(term: str, other: str | None = None) -> float:
        return reading.at(reading.component("random_slope", term, other))["variance_or_covariance"]

    cross = entry("Intercept", slope)
    return np.array(effect), np.array([[entry("Intercept"), cross], [cross, entry(slope)]])


def _ranked(canvas: Canvas) -> Panel:
    reading, lines = canvas.reading, canvas.lines
    slope, se = column(lines, "shared_slope"), column(lines, "shared_slope_se")
    reach = normal_reach(reading.study["confidence"]) * se
    average = reading.at(reading.effect("random_slope", str(reading.slope)))["estimate"]
    top, low = int(np.argmax(slope)), int(np.argmin(slope))
    marked = (canvas.highlight(top, "high"), canvas.highlight(low, "low"))
    picture = ranked(
        Intervals(estimate=slope, low=slope - reach, high=slope + reach),
        average,
        labels=Labels(x=f"{reading.many}, ranked by slope", y=canvas.slope_label),
        highlights=marked if top != low else marked[:1],
    )
    alt = f"Predicted slopes of {reading.groups(len(lines))} with ranges, ranked. {slope_extremes(reading).text}"
    return panel("rank", heading=f"Every {reading.one}’s slope, ranked", picture=picture, alt=alt)


def _fan(canvas: Canvas) -> Panel:
    reading = canvas.reading
    grid = reading.at("/forecast/grid")
    at = column(grid, "at")
    ends = {
        key: np.array([column(grid, f"{key}_low"), column(grid, f"{key}_high")])
        for key in ("mean", "group", "observation")
    }
    share = fmt.coverage(reading.study["confidence"])
    picture = fan(
        Fan(
            x=at,
            mean=column(grid, "mean"),
            mean_interval=ends["mean"],
            lines=ends["group"],
            single=ends["observation"],
            simulated=_simulated(canvas, at),
        ),
        labels=canvas.time_axes(),
        key=(
            f"one measurement: {share} inside",
            f"the line: {share} inside",
            f"average line, {share} interval",
        ),
    )
    alt = (
        f"Forecast for a new {reading.one}: average line with its interval, {share} of lines, "
        f"{share} of single measurements."
    )
    return panel("fan", heading=f"What to expect of a new {reading.one}", picture=picture, alt=alt)


def _fan_words(canvas: Canvas, opening: str) -> str:
    return f"{opening} lines are {_SIMULATED} simulated new {canvas.reading.many}."


def _further_levels(canvas: Canvas) -> np.ndarray:
    """What the further factors add to each made-up group, (60,): a new level of each."""
    reading = canvas.reading
    rows = reading.at(f"/models/{reading.used}/random_effects")
    variance = sum(row["variance_or_covariance"] for row in rows if row["group"] != reading.group)
    seed = reading.at("/provenance/seed") + 1
    return np.sqrt(variance) * np.random.default_rng(seed).standard_normal(_SIMULATED)


def _simulated(canvas: Canvas, at: np.ndarray) -> np.ndarray:
    """Lines of made-up groups drawn from the model used, (60, k); the seed is the study's."""
    reading = canvas.reading
    draws = np.random.default_rng(reading.at("/provenance/seed")).standard_normal((_SIMULATED, 2))
    grid = column(reading.at("/forecast/grid"), "mean")
    grid = grid + _further_levels(canvas)[:, None]
    offset = at - reading.study["time"]["origin"]
    if reading.used == "random_slope":
        _, covariance = _lines_distribution(canvas)
        values, vectors = np.linalg.eigh(covariance)
        b = draws @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
        return grid + b[:, :1] + b[:, 1:] * offset
    sd = reading.at(reading.component("random_intercept", "Intercept"))["sd_or_correlation"]
    return grid + draws[:, :1] * sd + 0.0 * offset
