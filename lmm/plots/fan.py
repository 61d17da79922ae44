"""What a new group may do: its line, and single measurements of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import REMARK, add_band, add_lines, write
from lmm.plots.panel import Ticks, dress, frame, new_panel, nice_ticks, span
from lmm.plots.placement import Spot
from lmm.plots.style import DASHED, DOTTED, Labels, text_width

HEIGHT = 288.0
KEY_LINE = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """Forecast for a new group over ``x`` (n,): the mean line, and (2, n) lower and upper ends.

    ``mean_interval`` is of the average line, ``lines`` holds 95 % of groups' lines, ``single``
    95 % of single measurements; ``simulated`` are lines of made-up groups, (k, n).
    """

    x: NDArray[Any]
    mean: NDArray[Any]
    mean_interval: NDArray[Any]
    lines: NDArray[Any]
    single: NDArray[Any]
    simulated: NDArray[Any]


def fan(
    data: Fan,
    *,
    labels: Labels,
    key: tuple[str, str, str] = (
        "one measurement: 95% inside",
        "the line: 95% inside",
        "average line, 95% interval",
    ),
) -> Figure:
    """Draw what a new group may do: simulated lines and three ranges, with a key in the free corner."""
    figure, axes = new_panel(HEIGHT)
    at = np.asarray(data.x, float)
    simulated = np.asarray(data.simulated, float).reshape(-1, len(at))
    y = span(data.single, data.lines, data.mean_interval, simulated)
    x = span(at, margin=0.0)
    top, on_right = _headroom(
        at,
        np.maximum(*(np.asarray(ends, float)[1] for ends in (data.single, data.lines))),
        y,
        [text_width(words) for words in key],
    )
    dress(axes, labels, x=x, y=(y[0], top), ticks=Ticks(y=nice_ticks(*y, count=6)))
    add_lines(axes, [np.column_stack([at, line]) for line in simulated], tone="soft", width=0.7)
    add_band(axes, at, *np.asarray(data.mean_interval, float), tone="model", opacity=0.2)
    for ends, tone, dashes, width in (
        (data.lines, "model", DASHED, 1.6),
        (data.single, "ink2", DOTTED, 1.6),
    ):
        add_lines(
            axes,
            [np.column_stack([at, end]) for end in np.asarray(ends, float)],
            tone=tone,
            width=width,
            dashes=dashes,
        )
    add_lines(axes, [np.column_stack([at, data.mean])], tone="model", width=3)
    _draw_key(axes, key, on_right=on_right)
    return figure


def _headroom(
    x: NDArray[Any], upper: NDArray[Any], y: tuple[float, float], widths: Sequence[float]
) -> tuple[float, bool]:
    """Return the top of the vertical axis that frees a corner for the key; is it the right one?"""
    plot_width, plot_height = 300.0, HEIGHT - 66.0
    share = min((max(widths) + 40) / plot_width, 1.0)
    reach = share * (x[-1] - x[0])
    left, right = upper[x <= x[0] + reach].max(), upper[x >= x[-1] - reach].max()
    taken = len(widths) * KEY_LINE + 10
    highest = min(left, right)
    needed = y[0] + (highest - y[0]) * plot_height / (plot_height - taken)
    return max(y[1], float(needed)), bool(right < left)


def _draw_key(axes: Axes, key: tuple[str, str, str], *, on_right: bool) -> None:
    inner = frame(axes)
    wide = max(text_width(words) for words in key) + 34
    left = inner.right - wide if on_right else inner.left + 4
    styles = (("ink2", DOTTED, 1.6), ("model", DASHED, 1.6), ("model", None, 3.0))
    inverse = axes.transData.inverted()
    for row, (words, (tone, dashes, width)) in enumerate(zip(key, styles, strict=True)):
        y = inner.top - 8 - row * KEY_LINE
        ends = inverse.transform([[left, y + 4], [left + 26, y + 4]])
        add_lines(axes, [ends], tone=tone, width=width, dashes=dashes)
        write(axes, words, Spot(x=left + 33, y=y), tone=tone, face=REMARK)
