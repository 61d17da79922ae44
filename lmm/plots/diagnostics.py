"""How well a model fits its data: clouds of residuals, normal plots, likeness of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from lmm.plots.marks import add_band, add_dots, add_lines
from lmm.plots.panel import Ticks, dress, new_panel, span
from lmm.plots.style import SMALL_WIDTH, WIDTH, Labels, colour, thinned

SMALL_HEIGHT = 178.0
HEIGHT = 210.0
# A band needs no more points than this to look smooth.
BAND_POINTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Points ``x``, ``y`` (n,) of groups ``group`` (n,), and the line of their averages (k,)."""

    x: NDArray[Any]
    y: NDArray[Any]
    group: NDArray[Any]
    average_x: NDArray[Any]
    average_y: NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Banded:
    """``value`` at ``x`` with what is ``expected`` and the ``low`` and ``high`` ends of its band, (k,) each."""

    x: NDArray[Any]
    value: NDArray[Any]
    expected: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Which values lie beyond the band, (k,)."""
        value = np.asarray(self.value)
        return (value < self.low) | (value > self.high)


def cloud(data: Cloud, *, labels: Labels) -> Figure:
    """Draw grey points, the line of zero where it is in sight, and the averages in the model's blue."""
    figure, axes = new_panel(SMALL_HEIGHT, width=SMALL_WIDTH)
    x, y = span(data.x), span(data.y, data.average_y)
    dress(axes, labels, x=x, y=(min(y[0], 0.0), y[1]))
    add_dots(axes, data.x, data.y, tone="grey", size=2.4, groups=data.group)
    add_lines(axes, [np.array([[x[0], 0.0], [x[1], 0.0]])], tone="ink2", width=1)
    add_lines(axes, [np.column_stack([data.average_x, data.average_y])], tone="model", width=2.4)
    return figure


def normal_plot(data: Banded, *, labels: Labels) -> Figure:
    """Draw values against normal quantiles in their band; those beyond it are larger and in the high tone."""
    figure, axes = new_panel(SMALL_HEIGHT, width=SMALL_WIDTH)
    inside = np.flatnonzero(np.isfinite(data.low) & np.isfinite(data.high))
    inside = inside[thinned(len(inside), BAND_POINTS)]
    dress(axes, labels, x=span(data.x), y=span(data.value, data.expected))
    low, high = axes.get_ylim()
    add_band(
        axes,
        np.asarray(data.x)[inside],
        np.clip(np.asarray(data.low)[inside], low, high),
        np.clip(np.asarray(data.high)[inside], low, high),
        tone="model",
        opacity=0.2,
    )
    ends = [int(np.argmin(data.x)), int(np.argmax(data.x))]
    line = np.column_stack([np.asarray(data.x)[ends], np.asarray(data.expected)[ends]])
    add_lines(axes, [line], tone="model", width=1.2)
    beyond = data.outside
    x, value = np.asarray(data.x), np.asarray(data.value)
    add_dots(axes, x[~beyond], value[~beyond], tone="ink2", size=2.8)
    add_dots(axes, x[beyond], value[beyond], tone="high", size=4.2)
    return figure


def likeness(data: Banded, *, labels: Labels) -> Figure:
    """Draw values over distance in their band; those beyond it are larger and in the high tone."""
    figure, axes = new_panel(HEIGHT, width=WIDTH)
    x = span(data.x, margin=0.06)
    dress(axes, labels, x=x, y=span(data.value, data.low, data.high, [0.0]))
    add_band(axes, data.x, data.low, data.high, tone="model", opacity=0.2)
    add_lines(axes, [np.array([[x[0], 0.0], [x[1], 0.0]])], tone="ink2", width=1)
    add_lines(axes, [np.column_stack([data.x, data.expected])], tone="model", width=1.2)
    beyond = data.outside
    at, value = np.asarray(data.x, float), np.asarray(data.value, float)
    add_lines(axes, [np.column_stack([at, value])], tone="grey", width=1.2)
    add_dots(axes, at[~beyond], value[~beyond], tone="ink2", size=5)
    add_dots(axes, at[beyond], value[beyond], tone="high", size=7)
    return figure


def tenths(data: Banded, *, labels: Labels) -> Figure:
    """Draw the share of the rows in each part of their predictions as bars, over a band for clean data.

    ``x`` are the parts' upper ends within 0 to 1; bars beyond the band take the high tone.
    """
    figure, axes = new_panel(SMALL_HEIGHT, width=SMALL_WIDTH)
    value, ends = np.asarray(data.value, float), np.asarray(data.x, float)
    low, high = np.maximum(data.low, 0.0), np.asarray(data.high, float)
    top = 1.08 * max(float(value.max()), float(high.max()))
    dress(axes, labels, x=(0.0, 1.0), y=(0.0, top), ticks=Ticks(x=np.array([0.0, 0.5, 1.0])))
    starts = np.append(0.0, ends[:-1])
    for start, end, height, beyond in zip(starts, ends, value, data.outside, strict=True):
        bar = (start + 0.01, 0.0), end - start - 0.02, height
        tone = "high" if beyond else "soft"
        axes.add_patch(Rectangle(*bar, facecolor=colour(tone), linewidth=0, zorder=1))
    sides = np.column_stack([starts, ends]).ravel()
    add_band(axes, sides, np.repeat(low, 2), np.repeat(high, 2), tone="model", opacity=0.25)
    line = np.column_stack([sides, np.repeat(data.expected, 2)])
    add_lines(axes, [line], tone="model", width=1.2)
    return figure
