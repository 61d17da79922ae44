"""Every group's estimate with its interval, from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import NAME, add_dots, add_lines, write
from lmm.plots.panel import Ticks, dress, frame, new_panel, nice_ticks, span, to_pixels
from lmm.plots.placement import Anchor, Spot, Wanted, place, trail
from lmm.plots.style import DASHED, Highlight, Intervals, Labels, shorten, thinned

HEIGHT = 268.0
MOST_GROUPS = 5_000


def excluding(estimates: Intervals, average: float) -> NDArray[np.bool_]:
    """Return which intervals leave the average out, shape (m,)."""
    return (np.asarray(estimates.low) > average) | (np.asarray(estimates.high) < average)


def ranked(
    estimates: Intervals,
    average: float,
    *,
    labels: Labels,
    highlights: Sequence[Highlight] = (),
    average_label: str = "average",
) -> Figure:
    """Draw every group's estimate and interval from the smallest to the largest.

    Intervals that leave the average out are darker.
    """
    figure, axes = new_panel(HEIGHT)
    middle, low, high = (
        np.asarray(part, float) for part in (estimates.estimate, estimates.low, estimates.high)
    )
    known = np.flatnonzero(np.isfinite(middle + low + high))
    order = known[np.argsort(middle[known], kind="stable")]
    rank = np.full(len(middle), np.nan)
    rank[order] = np.arange(1, len(order) + 1)
    x = (0.0, max(len(order), 1) + 1.0)
    y = span(low, high, [average])
    ranks = nice_ticks(*x, count=5)
    ranks = ranks[(ranks >= 1) & (ranks <= len(order)) & (ranks == np.round(ranks))]
    dress(
        axes,
        labels,
        x=x,
        y=y,
        ticks=Ticks(x=ranks),
    )
    if y[0] < 0 < y[1]:
        add_lines(axes, [np.array([[x[0], 0.0], [x[1], 0.0]])], tone="grey", width=1)
    inner = frame(axes)
    pitch = (inner.right - inner.left) / (x[1] - x[0])
    bar, dot = float(np.clip(0.55 * pitch, 0.8, 2.4)), float(np.clip(0.9 * pitch, 2.2, 5.0))
    shown = order[thinned(len(order), MOST_GROUPS)]
    marked = [h for h in highlights if np.isfinite(rank[h.index])]
    tones = {h.index: h.tone for h in marked}
    outside = excluding(estimates, average)
    for tone, members in (
        ("soft", [i for i in shown if not outside[i] and i not in tones]),
        ("grey", [i for i in shown if outside[i] and i not in tones]),
    ):
        add_lines(
            axes,
            [np.array([[rank[i], low[i]], [rank[i], high[i]]]) for i in members],
            tone=tone,
            width=bar,
            groups=members,
        )
    add_lines(
        axes, [np.array([[x[0], average], [x[1], average]])], tone="model", width=1.6, dashes=DASHED
    )
    plain = np.array([i for i in shown if i not in tones], int)
    add_dots(axes, rank[plain], middle[plain], tone="ink", size=dot, groups=plain)
    for i, tone in tones.items():
        add_lines(
            axes,
            [np.array([[rank[i], low[i]], [rank[i], high[i]]])],
            tone=tone,
            width=max(bar, 1.6),
            groups=[i],
        )
        add_dots(axes, [rank[i]], [middle[i]], tone=tone, size=max(dot, 5.0), groups=[i])
    _name_extremes(axes, marked, (rank, middle, low, high), (average_label, average))
    return figure


def _name_extremes(
    axes: Axes,
    marked: Sequence[Highlight],
    values: tuple[NDArray[Any], ...],
    average: tuple[str, float],
) -> None:
    rank, middle, low, high = values
    known = np.isfinite(rank)
    inner = frame(axes)
    dots = to_pixels(axes, rank[known], middle[known])
    upper, lower = (
        to_pixels(axes, rank[known], high[known]),
        to_pixels(axes, rank[known], low[known]),
    )
    bars = np.concatenate(
        [
            dots + share * (end - dots)
            for end in (upper, lower)
            for share in (0.0, 0.25, 0.5, 0.75, 1.0)
        ]
    )
    wanted: list[Wanted] = []
    for highlight in marked:
        i = highlight.index
        tip, foot = to_pixels(axes, [rank[i], rank[i]], [high[i], low[i]])
        left = rank[i] <= np.sum(known) / 2
        anchor, nudge = ("left", -3.0) if left else ("right", 3.0)
        spots = [
            Spot(x=end[0] - 2 * nudge, y=end[1] + rise, anchor=anchor)
            for end, rise in ((tip, -8), (foot, 0))
        ]
        spots += [
            Spot(x=tip[0] + nudge, y=tip[1] + rise, anchor=anchor) for rise in (5.0, 18.0, 31.0)
        ]
        spots += [Spot(x=foot[0] + nudge, y=foot[1] - drop, anchor=anchor) for drop in (13.0, 26.0)]
        wanted.append(Wanted(text=shorten(highlight.label), spots=tuple(spots)))
    line = to_pixels(axes, [rank[known].max() if known.any() else 1.0], [average[1]])[0]
    sides: tuple[tuple[float, Anchor], ...] = (
        (inner.right - 1, "right"),
        (inner.left + 1, "left"),
        ((inner.left + inner.right) / 2, "center"),
    )
    spots = [
        Spot(x=x, y=line[1] + shift, anchor=anchor) for x, anchor in sides for shift in (6.0, -14.0)
    ]
    wanted.append(Wanted(text=shorten(average[0]), spots=tuple(spots)))
    own = [
        trail(to_pixels(axes, [rank[h.index]] * 2, [low[h.index], high[h.index]])) for h in marked
    ]
    level = trail(np.array([[inner.left, line[1]], [inner.right, line[1]]]))
    outer = replace(inner, top=inner.top + 10)
    placed = place(
        wanted, frame=outer, avoid=np.concatenate([dots, level, *own]), crowd=bars, crowd_cost=1.0
    )
    for label, spot, tone in zip(wanted, placed, [h.tone for h in marked] + ["model"], strict=True):
        write(axes, label.text, spot, tone=tone, face=NAME)
