"""The pull against the standard errors of own levels: the same law, seen from the other side."""

from __future__ import annotations

import numpy as np

from lmm.plots import pull_by_error as draw
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, labelled, panel
from lmm.report.page import Panel

# Names of so many sizes fit on the curve.
_NAMED = 6


def pull_by_error(canvas: Canvas) -> tuple[Panel, ...]:
    """A bar for each size with SE²/(SE² + τ²), the law where the slope is known; none where all are pulled alike."""
    reading = canvas.reading
    alike = len(reading.at("/shrinkage/by_size")) == 1 or reading.at("/shrinkage/ratio") is None
    return () if alike or reading.further else (_by_error(canvas),)


def _by_error(canvas: Canvas) -> Panel:
    reading = canvas.reading
    sizes = reading.at("/shrinkage/by_size")
    tau = reading.at(reading.component("random_intercept", "Intercept"))["sd_or_correlation"]
    error, measured = column(canvas.levels, "own_se"), column(canvas.levels, "measurements")
    ranges = np.array(
        [(of.min(), of.max()) for of in (error[measured == s["measurements"]] for s in sizes)]
    )
    least, most = sizes[0]["measurements"], sizes[-1]["measurements"]
    named = {
        least: f"{least} measurement{'' if least == 1 else 's'}",
        most: f"{most} measurements",
    }
    named |= {
        s["measurements"]: f"{s['measurements']}" for s in sizes[1:-1] if len(sizes) <= _NAMED
    }
    at = np.linspace(0.9 * float(error.min()), 1.02 * float(error.max()), 30)
    picture = draw.pull_by_error(
        draw.PullByError(
            low=ranges[:, 0],
            high=ranges[:, 1],
            share=column(sizes, "pulled"),
            names=tuple(named.get(s["measurements"], "") for s in sizes),
            curve_x=at,
            curve_y=at**2 / (at**2 + tau**2),
        ),
        labels=Labels(
            x=labelled("standard error of own level", reading.unit),
            y="Share of the way pulled to the average",
        ),
    )
    decimals = fmt.significant(float(error.min()), 2)
    alt = (
        f"Share of the way to the average by standard error of own level, with its law as a curve: from "
        f"{fmt.percent(sizes[-1]['pulled'])} at {fmt.number(float(error.min()), decimals)} to "
        f"{fmt.percent(sizes[0]['pulled'])} at {fmt.number(float(error.max()), decimals)}."
    )
    return panel("pull-by-error", heading="The less sure, the more pull", picture=picture, alt=alt)
