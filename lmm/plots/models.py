"""One coefficient in several models, and where the variation comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lmm.plots.marks import NAME, PLAIN, REMARK, STRONG, Face, add_dots, add_lines, write
from lmm.plots.panel import NO_TICKS, Room, Ticks, dress, new_panel, nice_ticks, span, to_pixels
from lmm.plots.placement import Anchor, Spot
from lmm.plots.style import WIDTH, Intervals, Labels, colour, fitting, text_width

ROW = 34.0
NAME_WIDTH = 124.0
SHARE_SIZE = 18.0
MISSING = "–"


def coefficient_by_model(
    names: Sequence[str],
    estimates: Intervals,
    *,
    chosen: int,
    labels: Labels,
    written: Callable[[float], str],
) -> Figure:
    """Draw each model's estimate as a dot on its interval, the value above; ``chosen`` is blue.

    Only ``labels.x`` is used. ``written`` gives the text of a value. A model without an estimate
    (NaN) keeps its row and says so with a dash.
    """
    count = len(names)
    figure, axes = new_panel(count * ROW + 52)
    texts = [fitting(name, NAME_WIDTH, bold=i == chosen) for i, name in enumerate(names)]
    left = max(text_width(text, bold=i == chosen) for i, text in enumerate(texts)) + 14
    x = span(estimates.low, estimates.high, estimates.estimate, margin=0.06)
    dress(
        axes,
        Labels(x=labels.x),
        x=x,
        y=(count - 0.45, -0.75),
        room=Room(left=left, top=4),
        ticks=Ticks(x=nice_ticks(*x, count=4), y=NO_TICKS),
    )
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0, pad=5)
    axes.grid(axis="x", color=colour("rule"), linewidth=1)
    if x[0] < 0 < x[1]:
        add_lines(axes, [np.array([[0.0, -0.75], [0.0, count - 0.45]])], tone="grey", width=1)
    for i, text in enumerate(texts):
        middle, low, high = (
            float(part[i]) for part in (estimates.estimate, estimates.low, estimates.high)
        )
        tone, strong = ("model", True) if i == chosen else ("ink2", False)
        add_lines(
            axes,
            [np.array([[low, i], [high, i]])],
            tone=tone if strong else "grey",
            width=3 if strong else 1.6,
        )
        add_dots(axes, [middle], [i], tone=tone, size=9 if strong else 6.5)
        at = to_pixels(axes, [middle if np.isfinite(middle) else sum(x) / 2], [i])[0]
        write(axes, text, Spot(x=0, y=at[1] - 4), tone=tone, face=STRONG if strong else PLAIN)
        value = written(middle) if np.isfinite(middle) else MISSING
        half = text_width(value, bold=strong) / 2
        middle_x = float(np.clip(at[0], left + half, WIDTH - half))
        write(
            axes,
            value,
            Spot(x=middle_x, y=at[1] + 8, anchor="center"),
            tone=tone,
            face=NAME if strong else REMARK,
        )
    return figure


def variance_bar(
    between: float,
    *,
    heading: str,
    between_caption: tuple[str, str],
    within_caption: tuple[str, str],
    interval: tuple[float, float] | None = None,
    interval_label: str = "95% interval",
) -> Figure:
    """Draw a bar of 100 % whose blue part is the share ``between`` groups (0 to 1).

    Each caption is a strong line over a plain one; ``interval`` marks how sure the boundary is.
    """
    height = 4 * ROW + 52
    figure, axes = new_panel(height)
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.spines["bottom"].set_visible(False)
    write(axes, heading, Spot(x=0, y=height - 11))
    share = float(np.clip(between, 0, 1))
    top, tall = height - 28, 58.0
    if interval is not None:
        top -= 24
        _draw_interval(axes, interval, top + 8, interval_label)
    cut = share * WIDTH
    for start, end, tone in ((0.0, cut - 0.75, "model"), (cut + 0.75, WIDTH, "soft")):
        if end - start > 0.5:
            axes.add_patch(
                Rectangle(
                    (start, top - tall), end - start, tall, facecolor=colour(tone), linewidth=0
                )
            )
    for start, end, part, tone in ((0.0, cut, share, "bg"), (cut, WIDTH, 1 - share, "ink")):
        words = f"{100 * part:.0f}%"
        if end - start > text_width(words, SHARE_SIZE, bold=True) + 10:
            write(
                axes,
                words,
                Spot(x=(start + end) / 2, y=top - tall / 2 - 6, anchor="center"),
                tone=tone,
                face=Face(size=SHARE_SIZE, bold=True),
            )
    captions: tuple[tuple[tuple[str, str], float, Anchor, str], ...] = (
        (between_caption, 0.0, "left", "model"),
        (within_caption, WIDTH, "right", "ink"),
    )
    for words, x, anchor, tone in captions:
        write(axes, words[0], Spot(x=x, y=top - tall - 18, anchor=anchor), tone=tone, face=STRONG)
        write(axes, words[1], Spot(x=x, y=top - tall - 33, anchor=anchor))
    return figure


def _draw_interval(axes: Axes, interval: tuple[float, float], y: float, label: str) -> None:
    low, high = (float(np.clip(end, 0, 1)) * WIDTH for end in interval)
    ends = [np.array([[x, y - 3], [x, y + 3]]) for x in (low, high)]
    add_lines(axes, [np.array([[low, y], [high, y]]), *ends], tone="model", width=1.6)
    words = f"{label} {100 * interval[0]:.0f} to {100 * interval[1]:.0f}%"
    half = text_width(words) / 2
    write(
        axes,
        words,
        Spot(x=float(np.clip((low + high) / 2, half, WIDTH - half)), y=y + 7, anchor="center"),
        tone="model",
    )
