"""An empty panel: one pair of axes in a picture, dressed the way all pictures are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from lmm.plots.marks import Face, picture_of, size_of, write
from lmm.plots.placement import Box, Spot
from lmm.plots.style import (
    SMALL_TEXT_SIZE,
    SMALL_WIDTH,
    TEXT_SIZE,
    WIDTH,
    Labels,
    colour,
    fitting,
    text_width,
    tick_texts,
)

TOP = 28.0
BOTTOM = 38.0
RIGHT = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Pixels kept free round the axes; ``left`` is fitted to the tick labels if not given."""

    top: float = TOP
    bottom: float = BOTTOM
    right: float = RIGHT
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """Where ticks go, if not at round numbers, and how those of ``y`` are written."""

    x: NDArray[Any] | None = None
    y: NDArray[Any] | None = None
    y_texts: tuple[str, ...] | None = None


NO_TICKS = np.empty(0)


def new_panel(height: float, *, width: float = WIDTH) -> tuple[Figure, Axes]:
    """Return a figure of that many pixels (dpi 72) and its bare axes."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    figure.patch.set_visible(False)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color=colour("grey"), linewidth=1.0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(NullLocator())
    return figure, axes


def span(*arrays: ArrayLike, margin: float = 0.05) -> tuple[float, float]:
    """Return the range that holds all finite numbers with a margin; never an empty one."""
    parts = [np.asarray(array, dtype=float).ravel() for array in arrays]
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-30):
        half = 0.5 * abs(low) if 0 < abs(low) < 1 else 0.5
        return low - half, high + half
    return low - margin * (high - low), high + margin * (high - low)


def nice_ticks(low: float, high: float, *, count: int = 5, period: float = 0.0) -> NDArray[Any]:
    """Return about ``count`` round numbers in a range; multiples of ``period`` if those will do."""
    if period > 0 and high - low >= 2 * period:
        whole = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000)
        step = period * next((k for k in whole if (high - low) / (k * period) <= count + 2), 10_000)
        ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    else:
        locator = MaxNLocator(nbins=count, steps=[1, 2, 5, 10], min_n_ticks=3)
        ticks = np.asarray(locator.tick_values(low, high))
    slack = 1e-9 * (high - low)
    return ticks[(ticks >= low - slack) & (ticks <= high + slack)]


def dress(
    axes: Axes,
    labels: Labels,
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    room: Room | None = None,
    ticks: Ticks | None = None,
) -> None:
    """Set ranges, ticks, hairlines and the two labels; fit the left margin to the tick labels."""
    room, ticks = room or Room(), ticks or Ticks()
    width, height = size_of(axes)
    small = width <= SMALL_WIDTH
    up = nice_ticks(*y, count=6) if ticks.y is None else ticks.y
    texts = tick_texts(up) if ticks.y_texts is None else list(ticks.y_texts)
    size = SMALL_TEXT_SIZE if small else TEXT_SIZE
    left = (
        max((text_width(text, size) for text in texts), default=0.0) + 8
        if room.left is None
        else room.left
    )
    round_numbers = nice_ticks(*x, count=4 if small else 6, period=labels.x_period)
    plot = width - left - room.right
    across = _apart(round_numbers if ticks.x is None else ticks.x, x, plot, size)
    across_texts = tick_texts(across)
    left += _overhang(across[:1], across_texts[:1], x, plot, left, size)
    right = room.right + _overhang(
        across[-1:], across_texts[-1:], (x[1], x[0]), plot, room.right, size
    )
    axes.set_position(
        (
            left / width,
            room.bottom / height,
            (width - left - right) / width,
            (height - room.bottom - room.top) / height,
        )
    )
    set_ticks(axes, "x", across, across_texts)
    set_ticks(axes, "y", up, texts)
    axes.set(xlim=x, ylim=y)
    if labels.y:
        write(axes, fitting(labels.y, width), Spot(x=0, y=height - 11), face=Face(size=size))
    if labels.x:
        write(
            axes,
            fitting(labels.x, width - right),
            Spot(x=width - right, y=4, anchor="right"),
            face=Face(size=size),
        )


def _apart(
    ticks: NDArray[Any], ends: tuple[float, float], plot: float, size: float
) -> NDArray[Any]:
    """Return the ticks, or every second, third … of them: so many that their texts have room."""
    for step in range(1, len(ticks) + 1):
        kept = ticks[::step]
        widest = max(text_width(text, size) for text in tick_texts(kept))
        pitch = np.diff(kept).min() / (ends[1] - ends[0]) * plot if len(kept) > 1 else np.inf
        if pitch >= widest + 4:
            return kept
    return ticks


def _overhang(
    ticks: NDArray[Any],
    texts: list[str],
    ends: tuple[float, float],
    plot: float,
    margin: float,
    size: float,
) -> float:
    """Return how many pixels the text of an outermost tick would stick out of the picture."""
    if not len(ticks):
        return 0.0
    inside = abs((float(ticks[0]) - ends[0]) / (ends[1] - ends[0])) * plot
    return max(text_width(texts[0], size) / 2 - inside - margin, 0.0)


def set_ticks(axes: Axes, which: Literal["x", "y"], ticks: ArrayLike, texts: list[str]) -> None:
    """Set the ticks of an axis with their texts; the y axis gets hairlines and no marks."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(list(np.asarray(ticks, dtype=float))))
    axis.set_ticklabels(texts)
    small = size_of(axes)[0] <= SMALL_WIDTH
    axes.tick_params(
        axis=which,
        which="major",
        labelsize=SMALL_TEXT_SIZE if small else TEXT_SIZE,
        labelcolor=colour("ink2"),
        labelfontfamily="DejaVu Sans",
        color=colour("grey"),
        length=3.5 if which == "x" else 0,
        width=1,
        pad=3 if which == "x" else 8,
        left=False,
        bottom=which == "x",
    )
    if which == "y":
        axes.grid(axis="y", color=colour("rule"), linewidth=1, linestyle="-", zorder=0)
    axes.set_axisbelow(True)


def frame(axes: Axes) -> Box:
    """Return the axes' rectangle in pixels."""
    width, height = size_of(axes)
    position = axes.get_position()
    return Box(
        left=position.x0 * width,
        right=position.x1 * width,
        bottom=position.y0 * height,
        top=position.y1 * height,
    )


def to_pixels(axes: Axes, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return data points as pixels from the lower left corner, shape (k, 2)."""
    points = np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]).astype(float)
    return axes.transData.transform(points) * (72.0 / picture_of(axes).dpi)
