"""Whose differences the variation is: a bar for each grouping factor, and one for what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lmm.plots.marks import NAME, STRONG, add_lines, write
from lmm.plots.panel import new_panel
from lmm.plots.placement import Spot
from lmm.plots.style import WIDTH, colour, fitting, text_width

ROW = 46.0
_TALL = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the variation, 0 to 1, with its interval where it has one; ``tone`` names a colour."""

    label: str
    share: float
    interval: tuple[float, float] | None
    written: str
    tone: str


def share_bars(shares: Sequence[Share], *, heading: str) -> Figure:
    """Draw a bar from 0 to 100 % for each part, its name above it and its interval as a line through it."""
    height = ROW * len(shares) + 26.0
    figure, axes = new_panel(height)
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.spines["bottom"].set_visible(False)
    write(axes, fitting(heading, WIDTH), Spot(x=0, y=height - 11))
    for i, part in enumerate(shares):
        top = height - 46.0 - ROW * i
        width = float(np.clip(part.share, 0, 1)) * WIDTH
        write(axes, fitting(part.label, WIDTH, bold=True), Spot(x=0, y=top + 5), face=STRONG)
        for start, end, tone in ((0.0, width, part.tone), (width, WIDTH, "rule")):
            if end > start:
                corner = (start, top - _TALL)
                bar = Rectangle(corner, end - start, _TALL, facecolor=colour(tone), linewidth=0)
                axes.add_patch(bar)
        y = top - _TALL / 2
        if part.interval is not None:
            low, high = (float(np.clip(end, 0, 1)) * WIDTH for end in part.interval)
            ends = [np.array([[x, y - 4], [x, y + 4]]) for x in (low, high)]
            add_lines(axes, [np.array([[low, y], [high, y]]), *ends], tone="ink", width=1.4)
        half = text_width(part.written, bold=True)
        write(axes, part.written, Spot(x=WIDTH - half, y=top + 5), face=NAME)
    return figure
