"""How far groups are pulled, by how uncertain their own values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import NAME, REMARK, add_lines, write
from lmm.plots.panel import Ticks, dress, frame, new_panel, nice_ticks, span, to_pixels
from lmm.plots.placement import Spot, Wanted, around, place, trail
from lmm.plots.style import Labels, tick_texts

HEIGHT = 268.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullByError:
    """Ranges ``low`` to ``high`` of standard errors with a pull ``share`` (0 to 1) each, (k,), and their ``names``.

    ``curve_x`` and ``curve_y`` (j,) are the law of the pull; an empty name is not written.
    """

    low: NDArray[Any]
    high: NDArray[Any]
    share: NDArray[Any]
    names: tuple[str, ...]
    curve_x: NDArray[Any]
    curve_y: NDArray[Any]


def pull_by_error(
    data: PullByError, *, labels: Labels, curve_label: str = "SE²/(SE² + τ²)"
) -> Figure:
    """Draw the pull against the standard error, a bar for each range, with the curve of its law."""
    figure, axes = new_panel(HEIGHT)
    share = 100.0 * np.asarray(data.share, float)
    x = span(data.low, data.high, data.curve_x, margin=0.02)
    highest = max(float(np.max(share)), 1.0)
    y_ticks = nice_ticks(0, highest * 1.12, count=5)
    percents = tuple(f"{text}%" for text in tick_texts(y_ticks))
    dress(axes, labels, x=x, y=(0, highest * 1.18), ticks=Ticks(y=y_ticks, y_texts=percents))
    curve = np.column_stack([data.curve_x, 100.0 * np.asarray(data.curve_y, float)])
    curve = curve[curve[:, 1] <= highest * 1.16]
    add_lines(axes, [curve], tone="model-light", width=2)
    ends = np.stack([np.column_stack([end, share]) for end in (data.low, data.high)], axis=1)
    add_lines(axes, list(ends), tone="model", width=6)
    bars = np.concatenate([trail(to_pixels(axes, *bar.T)) for bar in ends])
    avoid = np.concatenate([bars, trail(to_pixels(axes, *curve.T), step=2.0)])
    wanted = [
        Wanted(text=name, spots=around(*to_pixels(axes, *bar.mean(axis=0))[0], gap=10))
        for bar, name in zip(ends, data.names, strict=True)
        if name
    ]
    middle = to_pixels(axes, *curve.T)[int(0.6 * len(curve))]
    spots = tuple(
        Spot(x=float(middle[0]) - 8 - step, y=float(middle[1]) + step / 2, anchor="right")
        for step in np.arange(0.0, 60.0, 6.0)
    )
    wanted.append(Wanted(text=curve_label, spots=spots, bold=False))
    placed = place(wanted, frame=frame(axes), avoid=avoid)
    for label, spot in zip(wanted[:-1], placed[:-1], strict=True):
        write(axes, label.text, spot, tone="model", face=NAME)
    write(axes, curve_label, placed[-1], face=REMARK)
    return figure
