"""Two grouping factors as a picture: groups within groups over their measurements, or a grid where they cross."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lmm.plots.marks import NAME, STRONG, add_dots, add_lines, write
from lmm.plots.panel import new_panel
from lmm.plots.placement import Spot
from lmm.plots.style import WIDTH, colour, fitting

HEIGHT = 218.0
_INNER = 3
_DOTS = 4


def nested_diagram(
    sizes: Sequence[Sequence[int]], *, held: Sequence[int], names: tuple[str, str, str]
) -> Figure:
    """Draw outer groups over some of their inner groups (``sizes`` of each), each over its measurements.

    ``held`` is how many inner groups each outer one has in all; ``names`` the three levels', outermost first.
    """
    figure, axes = _canvas()
    gap = WIDTH / len(sizes)
    top, middle, under = HEIGHT - 40.0, HEIGHT - 92.0, HEIGHT - 128.0
    write(axes, fitting(names[0], WIDTH, bold=True), Spot(x=0, y=HEIGHT - 12), face=STRONG)
    for k, (inner, every) in enumerate(zip(sizes, held, strict=True)):
        x = gap * (k + 0.5)
        places = x + (np.arange(len(inner)) - 0.5 * (len(inner) - 1)) * min(24.0, gap / _INNER)
        for place, size in zip(places, inner, strict=True):
            add_lines(axes, [np.array([[x, top - 8], [place, middle + 6]])], tone="soft", width=1.2)
            drawn = min(int(size), _DOTS)
            y = under - 10.0 * np.arange(drawn)
            add_lines(axes, [np.array([[place, middle - 6], [place, y[-1]]])], tone="soft", width=1)
            _square(axes, place, middle, 12.0, "model-light")
            add_dots(axes, np.full(drawn, place), y, tone="ink2", size=6.0)
            if size > _DOTS:
                more = Spot(x=float(place), y=y[-1] - 16, anchor="center")
                write(axes, f"+{size - _DOTS}", more, face=NAME)
        _square(axes, x, top, 16.0, "model")
        if every > len(inner):
            spot = Spot(x=float(x), y=middle + 22, anchor="center")
            write(axes, f"+{every - len(inner)}", spot, face=NAME)
    write(axes, fitting(names[1], WIDTH, bold=True), Spot(x=0, y=32), face=STRONG)
    write(axes, fitting(names[2], WIDTH, bold=True), Spot(x=0, y=14), face=STRONG)
    return figure


def crossed_diagram(
    counts: Sequence[Sequence[int]], *, across: str, down: str, remark: str = ""
) -> Figure:
    """Draw a dot for each pair of levels that occurs (``counts``, rows by columns), an empty place where none does."""
    figure, axes = _canvas()
    table = np.asarray(counts, int)
    rows, columns = table.shape
    step = min(22.0, (WIDTH - 40.0) / columns, (HEIGHT - 96.0) / rows)
    left, top = 30.0, HEIGHT - 62.0
    write(axes, fitting(across, WIDTH, bold=True), Spot(x=0, y=HEIGHT - 12), face=STRONG)
    for j in range(columns):
        x = left + step * j
        _square(axes, x, top + 16, 10.0, "model")
        add_lines(
            axes, [np.array([[x, top + 11], [x, top - step * (rows - 1)]])], tone="soft", width=1.2
        )
    for i in range(rows):
        y = top - step * i
        _square(axes, left - 20, y, 10.0, "low")
        line = np.array([[left - 15, y], [left + step * (columns - 1), y]])
        add_lines(axes, [line], tone="soft", width=1.2)
    at = np.argwhere(table > 0)
    add_dots(axes, left + step * at[:, 1], top - step * at[:, 0], tone="ink2", size=6.5)
    write(axes, fitting(down, WIDTH, bold=True), Spot(x=0, y=20), face=STRONG)
    if remark:
        write(axes, fitting(remark, WIDTH), Spot(x=0, y=3))
    return figure


def _canvas():
    figure, axes = new_panel(HEIGHT)
    axes.set_position((0, 0, 1, 1))
    axes.spines["bottom"].set_visible(False)
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    return figure, axes


def _square(axes, x: float, y: float, size: float, tone: str) -> None:
    corner = (x - size / 2, y - size / 2)
    axes.add_patch(Rectangle(corner, size, size, facecolor=colour(tone), linewidth=0))
