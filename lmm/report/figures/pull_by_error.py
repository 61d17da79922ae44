"""The pull against the standard errors of own levels, and what of the spread predicted effects still show."""

from __future__ import annotations

import numpy as np

from lmm.plots import pull_by_error as draw
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, labelled, panel
from lmm.report.interpretation.heterogeneity import predicted_spread
from lmm.report.page import Figure, Panel
from lmm.report.reading import Reading

# Names of so many sizes fit on the curve.
_NAMED = 6


def has_pull_by_error(reading: Reading) -> bool:
    """Whether there is more to see than one pull for all: several sizes, or slopes beside levels."""
    several = len(reading.at("/shrinkage/by_size")) > 1
    return reading.at("/shrinkage/ratio") is not None and (
        several or len(reading.at(f"/shrinkage/spreads/{reading.used}")) > 1
    )


def pull_by_error(canvas: Canvas, *, number: int) -> Figure:
    """A bar for each size with SE²/(SE² + τ²), the law where the slope is known; and the spread left over."""
    reading = canvas.reading
    kept, told = _kept(canvas)
    panels = [kept]
    caption = ""
    if len(reading.at("/shrinkage/by_size")) > 1:
        panels.insert(0, _by_error(canvas))
        caption = (
            "Left: bars span the standard errors at each number of measurements. These also bear the slope’s "
            "uncertainty; the curve takes it as known."
        )
    return Figure(
        id="figure-pull-by-error", number=number, panels=tuple(panels), lead=told, caption=caption
    )


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


def _kept(canvas: Canvas) -> tuple[Panel, str]:
    reading = canvas.reading
    bars = []
    for row in reading.at(f"/shrinkage/spreads/{reading.used}"):
        is_slope = row["term"] == reading.slope
        decimals = fmt.significant(row["sd"], 2)
        sizes = [fmt.number(row[key], decimals) for key in ("predicted_sd", "sd")]
        unit = reading.rate_unit if is_slope else reading.unit
        bars.append(
            draw.Kept(
                name="Slopes" if is_slope else "Levels",
                part=min(row["predicted_sd"] / row["sd"], 1.0) if row["sd"] else 0.0,
                shown=f"{sizes[0]} predicted",
                whole=f"{fmt.with_unit(sizes[1], unit)} by the model",
            )
        )
    lead = predicted_spread(reading).text
    alt = (
        f"Bars of the spread between {reading.many} by the model, each filled as far as predicted effects show it. "
        f"{lead}"
    )
    picture = draw.kept_bars(tuple(bars))
    return panel(
        "spread-shown", heading="What predicted effects show", picture=picture, alt=alt
    ), lead
