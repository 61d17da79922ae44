"""Figures of the checks: residuals and normal plots, and the likeness of neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lmm.plots.diagnostics import Banded, Cloud, cloud, likeness, normal_plot
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, panel
from lmm.report.interpretation import checks as checking
from lmm.report.interpretation.checks.words import effects
from lmm.report.page import Figure, Panel


def diagnostics(canvas: Canvas, *, number: int) -> Figure:
    """Residuals by fitted value and by time, their size, and normal plots of errors and of each effect."""
    reading, drawn = canvas.reading, canvas.rows.examined
    shown, every = len(drawn["residual"]), reading.at("/data/rows_used")
    thinned = (
        f" {fmt.count(shown)} of {fmt.count(every)} residuals are drawn, the largest among them."
        if shown < every
        else ""
    )
    return Figure(
        id="figure-diagnostics",
        number=number,
        panels=(*_clouds(canvas), *_normal_plots(canvas)),
        columns=3,
        lead=_lead(canvas),
        caption="Blue lines are averages and should run flat. Dots of a bell curve stay in the band in 95% of clean "
        f"data.{thinned}",
    )


def _lead(canvas: Canvas) -> str:
    shape = canvas.reading.at("/diagnostics/residuals")
    beyond, n = fmt.count(shape["beyond_three"]), fmt.count(shape["n"])
    return f"{beyond} of {n} residuals lie beyond three standard deviations."


def _clouds(canvas: Canvas) -> Iterator[Panel]:
    reading, drawn = canvas.reading, canvas.rows.examined
    fitted = fmt.capital(reading.outcome)
    labels = Labels(
        x=f"fitted {canvas.outcome_label[:1].lower()}{canvas.outcome_label[1:]}", y="residual"
    )
    spread = checking.sentence(reading, "spread")
    yield panel(
        "residuals-fitted",
        heading="Residuals by fitted value",
        picture=cloud(_cloud(drawn, "fitted"), labels=labels),
        alt=f"Scatter plot of residuals by fitted {fitted.lower()}; {_run(drawn['averages']['fitted'])}",
    )
    if "time" in drawn:
        named = canvas.time_axes()
        time = reading.study["time"]["label"] or reading.slope
        yield panel(
            "residuals-time",
            heading=f"Residuals by {time}",
            picture=cloud(
                _cloud(drawn, "time"),
                labels=Labels(x=named.x, y="residual", x_period=named.x_period),
            ),
            alt=f"Scatter plot of residuals by {time}; {_run(drawn['averages']['time'])} "
            f"{checking.sentence(reading, 'linearity')}",
        )
    sizes = Cloud(
        x=np.asarray(drawn["fitted"]),
        y=np.abs(drawn["residual"]),
        group=np.asarray(drawn["group"]),
        average_x=np.asarray(drawn["size_averages"]["x"]),
        average_y=np.asarray(drawn["size_averages"]["y"]),
    )
    yield panel(
        "residual-sizes",
        heading="Their size by fitted value",
        picture=cloud(sizes, labels=Labels(x=labels.x, y="size of residual")),
        alt=f"Scatter plot of the sizes of residuals by fitted value; {_run(drawn['size_averages'])} {spread}",
    )


def _cloud(drawn: Mapping[str, Any], x: str) -> Cloud:
    return Cloud(
        x=np.asarray(drawn[x]),
        y=np.asarray(drawn["residual"]),
        group=np.asarray(drawn["group"]),
        average_x=np.asarray(drawn["averages"][x]["x"]),
        average_y=np.asarray(drawn["averages"][x]["y"]),
    )


def _run(averages: Mapping[str, Any]) -> str:
    """Between which values the averages of tenths run."""
    low, high = min(averages["y"]), max(averages["y"])
    return f"averages of tenths run between {fmt.interval(low, high, 2).replace(' to ', ' and ')}."


def _normal_plots(canvas: Canvas) -> Iterator[Panel]:
    reading = canvas.reading
    shapes = [reading.at("/diagnostics/residuals"), *reading.at("/diagnostics/effects")]
    for i, (plot, shape) in enumerate(
        zip(canvas.rows.examined["normal_plots"], shapes, strict=True)
    ):
        name = "errors" if i == 0 else effects(reading, shape["name"])
        verdict = checking.sentence(reading, "residual-tails") if i == 0 else ""
        outside = (
            f"{shape['outside']} of the {shape['points']} points looked at lie outside the band"
        )
        data = Banded(
            x=np.asarray(plot["expected"]),
            value=np.asarray(plot["value"]),
            expected=np.asarray(plot["expected"]),
            low=_numbers(plot["low"], -np.inf),
            high=_numbers(plot["high"], np.inf),
        )
        yield panel(
            f"normal-{i}",
            heading=f"{fmt.capital(name)} and a bell curve",
            picture=normal_plot(
                data, labels=Labels(x="normal quantile", y=f"{name} in order, SDs")
            ),
            alt=f"Normal plot of {fmt.count(shape['n'])} {name} in a band for 95% of clean data; {outside}, "
            f"skewness {fmt.number(shape['skewness'], 2)}, excess kurtosis {fmt.number(shape['kurtosis'], 2)}. "
            f"{verdict}".rstrip(),
        )


def _numbers(values: list[float | None], missing: float) -> np.ndarray:
    return np.array([missing if value is None else value for value in values], float)


def has_serial(canvas: Canvas) -> bool:
    """Whether neighbours are so alike that their likeness is drawn."""
    verdicts = {each["id"]: each["verdict"] for each in canvas.reading.at("/checks")}
    return verdicts["serial"] != "fine" and bool(canvas.rows.examined["autocorrelation"])


def serial(canvas: Canvas, *, number: int) -> Figure:
    """How alike residuals are by rows apart, and how unlike by time apart."""
    reading, drawn = canvas.reading, canvas.rows.examined
    return Figure(
        id="figure-serial",
        number=number,
        panels=(
            _likeness(
                drawn["autocorrelation"],
                id="autocorrelation",
                heading="Correlation of neighbours",
                labels=Labels(x="measurements apart", y="correlation of residuals"),
            ),
            _likeness(
                drawn["semivariogram"],
                id="semivariogram",
                heading="Difference by distance",
                labels=Labels(
                    x=f"{reading.time_units} apart",
                    y="half mean squared difference, residual variances",
                ),
            ),
        ),
        lead=f"A correlation of {fmt.number(reading.at('/diagnostics/serial/correlation'), 2)} is left between "
        "neighbours.",
        caption="Blue is what the model says; its band holds all dots in 95% of clean data.",
    )


def _likeness(rows: list[dict[str, Any]], *, id: str, heading: str, labels: Labels) -> Panel:
    columns = {
        key: np.array([row[key] for row in rows], float)
        for key in ("distance", "value", "expected", "low", "high")
    }
    data = Banded(x=columns.pop("distance"), **columns)
    first = rows[0]
    return panel(
        id,
        heading=heading,
        picture=likeness(data, labels=labels),
        alt=f"{heading}: line of the {labels.y} over {len(rows)} distances; the nearest is "
        f"{fmt.number(first['value'], 2)} where the model says {fmt.number(first['expected'], 2)} (band "
        f"{fmt.interval(first['low'], first['high'], 2)}); {int(data.outside.sum())} lie outside the band.",
    )
