"""The levels of the data: groups with their measurements beneath, and how often groups were measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lmm.plots.marks import NAME, STRONG, add_dots, add_lines, write
from lmm.plots.panel import NO_TICKS, Room, Ticks, dress, new_panel, to_pixels
from lmm.plots.placement import Spot
from lmm.plots.style import WIDTH, Labels, colour, fitting, text_width

HEIGHT = 190.0
_GROUPS = 9
_DOTS = 5
_BARS = 8


def level_diagram(
    sizes: Sequence[int], *, groups: str, measurements: str, remark: str = ""
) -> Figure:
    """Draw some groups (squares), each over its measurements (dots), with both levels named.

    ``sizes`` are all groups' numbers of measurements: those drawn are spread evenly over them. A group
    with more than five shows five and how many more.
    """
    figure, axes = new_panel(HEIGHT)
    axes.set_position((0, 0, 1, 1))
    axes.spines["bottom"].set_visible(False)
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    ordered = np.sort(np.asarray(sizes, int))
    count = min(_GROUPS, len(ordered))
    shown = ordered[np.linspace(0, len(ordered) - 1, count).round().astype(int)]
    gap = WIDTH / (count + 1)
    top, under = HEIGHT - 48.0, HEIGHT - 88.0
    write(axes, fitting(groups, WIDTH, bold=True), Spot(x=0, y=HEIGHT - 12), face=STRONG)
    for k, size in enumerate(shown):
        x = gap * (k + 1)
        drawn = min(int(size), _DOTS)
        y = under - 11.0 * np.arange(drawn)
        add_lines(axes, [np.array([[x, top - 7], [x, y[-1]]])], tone="soft", width=1.2)
        axes.add_patch(Rectangle((x - 7, top - 7), 14, 14, facecolor=colour("model"), linewidth=0))
        add_dots(axes, np.full(drawn, x), y, tone="ink2", size=6.5)
        if size > _DOTS:
            write(axes, f"+{size - _DOTS}", Spot(x=x, y=y[-1] - 17, anchor="center"), face=NAME)
    write(axes, fitting(measurements, WIDTH, bold=True), Spot(x=0, y=16), face=STRONG)
    if remark:
        write(axes, fitting(remark, WIDTH), Spot(x=0, y=1))
    return figure


def size_bars(sizes: Sequence[int], counts: Sequence[int], *, labels: Labels) -> Figure:
    """Draw how many groups (``counts``) have how many measurements (``sizes``), each bar with its number.

    Where there are more sizes than fit, neighbours are taken together.
    """
    names, heights = _binned(np.asarray(sizes, int), np.asarray(counts, int))
    figure, axes = new_panel(HEIGHT)
    most = float(max(heights))
    dress(
        axes,
        labels,
        x=(-0.6, len(names) - 0.4),
        y=(0.0, most * 1.12),
        room=Room(left=4.0),
        ticks=Ticks(x=NO_TICKS, y=NO_TICKS),
    )
    axes.tick_params(axis="x", length=0)
    slot = 0.98 * (WIDTH - 12.0) / len(names)
    every = int(np.ceil(max(text_width(name) for name in names) / slot))
    for k, (name, height) in enumerate(zip(names, heights, strict=True)):
        axes.add_patch(
            Rectangle((k - 0.36, 0), 0.72, height, facecolor=colour("model"), linewidth=0)
        )
        at = to_pixels(axes, [k], [height])[0]
        write(axes, f"{height}", Spot(x=at[0], y=at[1] + 4, anchor="center"), face=NAME)
        foot = to_pixels(axes, [k], [0.0])[0]
        if k % every == 0:
            write(axes, name, Spot(x=foot[0], y=foot[1] - 14, anchor="center"))
    return figure


def _binned(sizes: np.ndarray, counts: np.ndarray) -> tuple[list[str], list[int]]:
    """At most eight bars: single sizes where they fit, else ranges of equal width."""
    low, high = int(sizes.min()), int(sizes.max())
    width = -(-(high - low + 1) // _BARS)
    if width == 1:
        found = dict(zip(sizes.tolist(), counts.tolist(), strict=True))
        every = range(low, high + 1)
        return [str(size) for size in every], [found.get(size, 0) for size in every]
    starts = range(low, high + 1, width)
    ends = [min(start + width - 1, high) for start in starts]
    heights = [
        int(counts[(sizes >= start) & (sizes <= end)].sum())
        for start, end in zip(starts, ends, strict=True)
    ]
    return [f"{s}–{e}" if e > s else f"{s}" for s, e in zip(starts, ends, strict=True)], heights
