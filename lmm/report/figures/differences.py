"""Figures of how groups differ: slopes ranked, and the forecast for a new group."""

from __future__ import annotations

import numpy as np

from lmm.inference.groups.closed_forms import normal_reach
from lmm.plots.fan import Fan, fan
from lmm.plots.ranked import ranked
from lmm.plots.style import Intervals, Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, panel
from lmm.report.figures.lines_distribution import lines_distribution
from lmm.report.figures.ranked_levels import ranked_levels
from lmm.report.interpretation.groups import distinct_slopes, slope_extremes
from lmm.report.interpretation.heterogeneity import distinct_levels
from lmm.report.page import Figure, Panel

_SIMULATED = 60


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


def _simulated(canvas: Canvas, at: np.ndarray) -> np.ndarray:
    """Lines of made-up groups drawn from the model used, (60, k); the seed is the study's."""
    reading = canvas.reading
    draws = np.random.default_rng(reading.at("/provenance/seed")).standard_normal((_SIMULATED, 2))
    grid = column(reading.at("/forecast/grid"), "mean")
    grid = grid + _further_levels(canvas)[:, None]
    offset = at - reading.study["time"]["origin"]
    if reading.used == "random_slope":
        _, root = lines_distribution(reading)
        b = draws @ root.T
        return grid + b[:, :1] + b[:, 1:] * offset
    sd = reading.at(reading.component("random_intercept", "Intercept"))["sd_or_correlation"]
    return grid + draws[:, :1] * sd + 0.0 * offset


def _further_levels(canvas: Canvas) -> np.ndarray:
    """What the further factors add to each made-up group, (60,): a new level of each."""
    reading = canvas.reading
    rows = reading.at(f"/models/{reading.used}/random_effects")
    variance = sum(row["variance_or_covariance"] for row in rows if row["group"] != reading.group)
    seed = reading.at("/provenance/seed") + 1
    return np.sqrt(variance) * np.random.default_rng(seed).standard_normal(_SIMULATED)
