"""The pull under several amounts of noise, and where it leaves a few groups: pictures that a script may redraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import NAME, REMARK, Face, add_dots, add_lines, add_rings, write
from lmm.plots.panel import (
    BOTTOM,
    NO_TICKS,
    Room,
    Ticks,
    dress,
    frame,
    new_panel,
    nice_ticks,
    span,
    to_pixels,
)
from lmm.plots.placement import Spot
from lmm.plots.style import DASHED, SMALL_TEXT_SIZE, Labels, fitting, text_width

HEIGHT = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where a picture's values lie in it: ``x`` and ``y`` are (offset, pixels a unit), y downwards."""

    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """The pull (0 to 1): each row of ``share`` (k, j) a curve over ``measurements`` (j,), named; ``now`` is one.

    ``taken`` are the measurements where a script will write, so that no name stands there.
    """

    measurements: NDArray[Any]
    share: NDArray[Any]
    names: tuple[str, ...]
    now: int
    taken: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A few groups side by side: own and expected values (m,), shared ones (m, k), ``now`` one of the k.

    Each has a name and a remark, to be written beneath it.
    """

    own: NDArray[Any]
    expected: NDArray[Any]
    shared: NDArray[Any]
    now: int
    names: tuple[str, ...]
    remarks: tuple[str, ...]


def curves(data: Curves, *, labels: Labels, ticks: Sequence[int] = ()) -> tuple[Figure, Scale]:
    """Draw a curve for each amount of noise, named on it, the present one in blue; ``ticks`` or round numbers."""
    figure, axes = new_panel(HEIGHT)
    x = span(data.measurements, margin=0.0)
    percents = np.arange(0, 101, 20)
    dress(
        axes,
        labels,
        x=x,
        y=(0, 104),
        ticks=Ticks(
            x=np.array(ticks, float) if ticks else None,
            y=percents,
            y_texts=tuple(f"{p}%" for p in percents),
        ),
    )
    inner = frame(axes)
    for k, (share, name) in enumerate(zip(data.share, data.names, strict=True)):
        curve = np.column_stack([data.measurements, 100.0 * share])
        tone = "model-light" if k == data.now else "soft"
        add_lines(axes, [curve], tone=tone, width=2)
        path, x_name = to_pixels(axes, *curve.T), to_pixels(axes, [_widest(data)], [0])[0, 0]
        near = np.abs(path[:, 0] - x_name) <= text_width(name) / 2 + 8
        spot = Spot(
            x=float(x_name), y=min(float(path[near, 1].max()) + 3, inner.top - 6), anchor="center"
        )
        write(axes, name, spot, face=REMARK)
    return figure, _scale(axes)


def _widest(data: Curves) -> float:
    """Return the middle of the widest gap between the places where a script writes."""
    ends = np.unique([data.measurements[0], *data.taken, data.measurements[-1]]).astype(float)
    gap = int(np.argmax(np.diff(ends)))
    return float(ends[gap : gap + 2].mean())


def columns(data: Columns, *, labels: Labels, average_label: str) -> tuple[Figure, Scale]:
    """Draw each group's own value (ring), where each amount of noise leaves it (dots), and the average (dashed)."""
    figure, axes = new_panel(HEIGHT)
    m = len(data.own)
    y = span(data.own, data.expected)
    dress(
        axes,
        labels,
        x=(-0.5, m - 0.5),
        y=y,
        room=Room(bottom=BOTTOM + 13),
        ticks=Ticks(x=NO_TICKS, y=nice_ticks(*y, count=5)),
    )
    inner = frame(axes)
    width = (inner.right - inner.left) / m
    at = np.arange(m, dtype=float)
    add_lines(
        axes,
        [np.array([[k, data.own[k]], [k, data.expected[k]]]) for k in range(m)],
        tone="soft",
        width=1,
    )
    add_lines(
        axes,
        [np.array([[k - 0.5, data.expected[k]], [k + 0.5, data.expected[k]]]) for k in range(m)],
        tone="model",
        width=1.2,
        dashes=DASHED,
    )
    for k in range(data.shared.shape[1]):
        tone = "model-light" if k == data.now else "soft"
        add_dots(axes, at, data.shared[:, k], tone=tone, size=6)
    add_rings(axes, at, data.own, tone="grey", size=7)
    small = Face(size=SMALL_TEXT_SIZE)
    for k, (name, remark) in enumerate(zip(data.names, data.remarks, strict=True)):
        x = inner.left + (k + 0.5) * width
        name = fitting(name, width - 4)
        for words, drop, tone in ((name, 14, "ink2"), (remark, 29, "grey")):
            spot = Spot(x=x, y=inner.bottom - drop, anchor="center")
            write(axes, words, spot, tone=tone, face=small)
    level = to_pixels(axes, [0.0], [data.expected[0]])[0, 1]
    spot = Spot(x=inner.left + width / 2 + 6, y=float(level) + 5)
    if text_width(average_label, bold=True) < width - 8:
        write(axes, average_label, spot, tone="model", face=NAME)
    return figure, _scale(axes)


def _scale(axes: Axes) -> Scale:
    """Return the axes' scale in the picture's own pixels."""
    inner, (left, right), (low, high) = frame(axes), axes.get_xlim(), axes.get_ylim()
    height = HEIGHT
    across = (inner.right - inner.left) / (right - left)
    up = (inner.top - inner.bottom) / (high - low)
    return Scale(
        x=(inner.left - across * left, across),
        y=(height - inner.bottom + up * low, -up),
    )
