"""Further pictures of the errors: by covariate, of each group's scatter, and of what was predicted step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lmm.plots.diagnostics import Banded, Cloud, cloud, normal_plot, tenths
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, panel
from lmm.report.interpretation.calibration import calibration
from lmm.report.page import Figure, Panel

# More covariates than these are in the results only.
_MOST = 4


def further(canvas: Canvas, *, number: int) -> Figure:
    """What the six panels of the checks leave out, for those who look closely."""
    return Figure(
        id="figure-further-checks",
        number=number,
        panels=(_step_by_step(canvas), _scatter(canvas), *_by_covariate(canvas)),
        columns=3,
        lead=calibration(canvas.reading).text,
        caption="Bars: how often a measurement falls in each tenth of its prediction, of which a tenth should each. "
        f"Scatter: the root mean square residual of each {canvas.reading.one}, in order. Blue: what the model says, "
        "with a band that holds all at once in 95% of clean data.",
    )


def _banded(drawn: Mapping[str, Any], x: np.ndarray) -> Banded:
    columns = {key: np.asarray(drawn[key], float) for key in ("value", "expected", "low", "high")}
    return Banded(x=x, **columns)


def _step_by_step(canvas: Canvas) -> Panel:
    found = canvas.rows.examined["tenths"]
    data = _banded(found, np.linspace(0, 1, len(found["value"]) + 1)[1:])
    share = fmt.percent(min(found["value"])), fmt.percent(max(found["value"]))
    return panel(
        "step-by-step",
        heading="Predictions by tenths",
        picture=tenths(data, labels=Labels(x="part of its prediction", y="share of measurements")),
        alt=f"Histogram of where measurements fall in their predictions: each tenth holds {share[0]} to {share[1]}; "
        f"{int(data.outside.sum())} of {len(data.value)} bars lie outside the band for clean data. "
        f"{calibration(canvas.reading).text}",
    )


def _scatter(canvas: Canvas) -> Panel:
    found, reading = canvas.rows.examined["scatter_of_groups"], canvas.reading
    data = _banded(found, np.asarray(found["expected"], float))
    value = data.value
    return panel(
        "scatter-of-groups",
        heading=f"Scatter of each {reading.one}",
        picture=normal_plot(data, labels=Labels(x="expected, SDs", y="found in order, SDs")),
        alt=f"Order plot of the scatter of {fmt.count(len(value))} {reading.many} against what clean data give: from "
        f"{fmt.number(value.min(), 2)} to {fmt.number(value.max(), 2)} standard deviations; "
        f"{int(data.outside.sum())} lie outside the band.",
    )


def _by_covariate(canvas: Canvas) -> Iterator[Panel]:
    drawn = canvas.rows.examined
    for i, each in enumerate(drawn["by_covariate"][:_MOST]):
        line = each["averages"]
        data = Cloud(
            x=np.asarray(each["x"]),
            y=np.asarray(drawn["residual"]),
            group=np.asarray(drawn["group"]),
            average_x=np.asarray(line["x"]),
            average_y=np.asarray(line["y"]),
        )
        low, high = fmt.number(min(line["y"]), 2), fmt.number(max(line["y"]), 2)
        yield panel(
            f"residuals-covariate-{i}",
            heading=f"Residuals by {each['name']}",
            picture=cloud(data, labels=Labels(x=each["name"], y="residual")),
            alt=f"Scatter plot of residuals by {each['name']}; averages run between {low} and {high}.",
        )
