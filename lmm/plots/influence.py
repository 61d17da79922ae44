"""On whom the answers rest: the largest distances, and the answer without each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import NAME, PLAIN, REMARK, add_band, add_dots, add_lines, write
from lmm.plots.panel import NO_TICKS, Room, Ticks, dress, frame, new_panel, span, to_pixels
from lmm.plots.placement import Spot, Wanted, around, place
from lmm.plots.style import (
    DASHED,
    Highlight,
    Labels,
    fitting,
    shorten,
    text_width,
)

ROW = 21.0
NAME_WIDTH = 116.0
# The strip is as high as the list of ten beside it.
HEIGHT = 10 * ROW + 64.0
# Sizes of dots in the strip, the largest first.
DOTS = (7.5, 6.5, 5.5, 4.5, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """``estimates`` (m,) without each of ``groups`` (m,), beside the ``estimate`` with all and its ``interval``."""

    estimates: NDArray[Any]
    groups: NDArray[Any]
    estimate: float
    interval: tuple[float, float]


def distances(
    names: Sequence[str],
    values: Sequence[float],
    *,
    groups: Sequence[int],
    threshold: float,
    threshold_label: str,
    written: Sequence[str],
) -> Figure:
    """Draw each value as a lollipop with its name and its number, and the threshold as a dashed line.

    Those beyond the threshold are thick and in the high tone.
    """
    count = len(names)
    figure, axes = new_panel(count * ROW + 64.0)
    texts = [fitting(name, NAME_WIDTH) for name in names]
    left = max(text_width(text) for text in texts) + 12
    widest = max(text_width(text, bold=True) for text in written) + 14
    top = max(*values, threshold)
    dress(
        axes,
        Labels(x=""),
        x=(0.0, top),
        y=(count - 0.4, -0.6),
        room=Room(left=left, top=24.0, right=widest, bottom=40.0),
        ticks=Ticks(x=NO_TICKS, y=NO_TICKS),
    )
    axes.spines["bottom"].set_visible(False)
    add_lines(
        axes,
        [np.array([[threshold, -0.6], [threshold, count - 0.4]])],
        tone="ink2",
        width=1.2,
        dashes=DASHED,
    )
    line = float(to_pixels(axes, [threshold], [0.0])[0][0])
    for i, (text, value, number) in enumerate(zip(texts, values, written, strict=True)):
        beyond = value > threshold
        tone = "high" if beyond else "grey"
        add_lines(
            axes,
            [np.array([[0.0, i], [value, i]])],
            tone=tone,
            width=2.2 if beyond else 1.4,
            groups=[groups[i]],
        )
        add_dots(axes, [value], [i], tone=tone, size=8 if beyond else 6, groups=[groups[i]])
        at = to_pixels(axes, [value], [i])[0]
        start = at[0] + 9
        if start - 3 < line < start + text_width(number, bold=beyond) + 3:
            start = line + 5  # beside the dashed line, not across it
        write(axes, text, Spot(x=0, y=at[1] - 4), face=PLAIN)
        write(
            axes,
            number,
            Spot(x=start, y=at[1] - 4),
            tone=tone if beyond else "ink2",
            face=NAME if beyond else REMARK,
        )
    _write_threshold(axes, threshold, threshold_label)
    return figure


def _write_threshold(axes: Axes, threshold: float, label: str) -> None:
    inner = frame(axes)
    at = to_pixels(axes, [threshold], [0.0])[0][0]
    half = text_width(label) / 2
    width = inner.right + 40
    x = float(np.clip(at, half, max(half, min(width, 344.0) - half)))
    write(axes, label, Spot(x=x, y=inner.bottom - 16, anchor="center"))


def without_each(
    data: LeftOut,
    *,
    labels: Labels,
    highlights: Sequence[Highlight] = (),
    estimate_label: str = "all data",
    interval_label: str = "95% interval",
) -> Figure:
    """Stack a dot for the answer without each group in the shaded interval of the answer with all.

    ``highlights`` index positions of the data's ``estimates``.
    """
    figure, axes = new_panel(HEIGHT)
    values, estimate, interval = np.asarray(data.estimates, float), data.estimate, data.interval
    x = span(values, list(interval), [estimate], margin=0.04)
    dress(
        axes,
        labels,
        x=x,
        y=(0.0, 1.0),
        room=Room(left=6.0, top=44.0),
        ticks=Ticks(y=NO_TICKS),
    )
    add_band(axes, list(interval), [0.0, 0.0], [1.0, 1.0], tone="model", opacity=0.14)
    add_lines(
        axes,
        [np.array([[estimate, 0.0], [estimate, 1.0]])],
        tone="model",
        width=1.6,
        dashes=DASHED,
    )
    height, size = _stacked(axes, values)
    marked = {h.index: h.tone for h in highlights}
    plain = np.array([i for i in range(len(values)) if i not in marked], int)
    at = np.asarray(data.groups, int)
    add_dots(axes, values[plain], height[plain], tone="ink2", size=size, groups=at[plain])
    for i, tone in marked.items():
        add_dots(axes, [values[i]], [height[i]], tone=tone, size=8.5, groups=[at[i]])
    _name(axes, highlights, values, height)
    inner = frame(axes)
    middle = to_pixels(axes, [estimate, sum(interval) / 2], [1.0, 1.0])
    for text, point, rise in (
        (estimate_label, middle[0], 6.0),
        (interval_label, middle[1], 20.0),
    ):
        half = text_width(text, bold=True) / 2
        where = float(np.clip(point[0], inner.left + half, inner.right - half))
        write(
            axes,
            text,
            Spot(x=where, y=inner.top + rise, anchor="center"),
            tone="model",
            face=NAME,
        )
    return figure


def _stacked(axes: Axes, values: NDArray[Any]) -> tuple[NDArray[np.float64], float]:
    """Return heights (0 to 1) that stack values of one column of dots on each other, (m,), and the dots' size.

    Dots are as large as the highest stack allows; in the smallest size a stack is pressed together.
    """
    inner = frame(axes)
    across = to_pixels(axes, values, np.zeros(len(values)))[:, 0]
    tall = inner.top - inner.bottom - 16.0
    rank, size = np.zeros(len(values)), 0.0
    for size in DOTS:
        columns = np.round(across / (size + 0.5)).astype(int)
        for column in np.unique(columns):
            members = np.flatnonzero(columns == column)
            rank[members] = np.arange(len(members))
        if (rank.max() + 1.0) * (size + 0.5) <= tall:
            break
    step = min(size + 0.5, tall / (rank.max() + 1.0))
    return (rank * step + 6.0) / (inner.top - inner.bottom), size


def _name(
    axes: Axes, highlights: Sequence[Highlight], values: NDArray[Any], height: NDArray[Any]
) -> None:
    points = to_pixels(axes, values, height)
    wanted = [
        Wanted(text=shorten(h.label, 24), spots=around(*points[h.index], gap=8)) for h in highlights
    ]
    for spot, mark, label in zip(
        place(wanted, frame=frame(axes), crowd=points, crowd_cost=4.0),
        highlights,
        wanted,
        strict=True,
    ):
        write(axes, label.text, spot, tone=mark.tone, face=NAME)
