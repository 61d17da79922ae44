"""How far sharing information pulls each group to the average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import NAME, STRONG, Face, add_dots, add_lines, write
from lmm.plots.panel import (
    BOTTOM,
    NO_TICKS,
    Room,
    Ticks,
    dress,
    frame,
    new_panel,
    nice_ticks,
    set_ticks,
    span,
    to_pixels,
)
from lmm.plots.placement import Box, Spot, Wanted, place, trail
from lmm.plots.style import (
    DASHED,
    SMALL_TEXT_SIZE,
    WIDTH,
    Highlight,
    Labels,
    colour,
    number,
    shorten,
    text_width,
    thinned,
    tick_texts,
)

HEIGHT = 268.0
MOST_GROUPS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Own and shared values, each (m,), row i for group i, and the ``average`` they are pulled to.

    A group with a NaN (no line of its own) is left out.
    """

    own: NDArray[Any]
    shared: NDArray[Any]
    average: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """Share of the way to the average (0 to 1) by number of measurements, and how many groups have it.

    All of shape (k,); ``curve_x`` and ``curve_y`` (j,) trace the law of the pull and may be empty.
    """

    measurements: NDArray[Any]
    share: NDArray[Any]
    groups: NDArray[Any]
    curve_x: NDArray[Any]
    curve_y: NDArray[Any]


def dumbbell(
    shift: Shift,
    *,
    labels: Labels,
    highlights: Sequence[Highlight] = (),
    ends: tuple[str, str] = ("Each on its own", "After sharing"),
    average_label: str = "average",
) -> Figure:
    """Draw lines from each group's own value (top) to its shared one (bottom); ``labels.x`` names it."""
    figure, axes = new_panel(HEIGHT)
    own, shared = np.asarray(shift.own, float), np.asarray(shift.shared, float)
    x = span(own, shared, [shift.average], margin=0.03)
    dress(
        axes,
        Labels(x=""),
        x=x,
        y=(-0.04, 1.04),
        room=Room(left=4, right=4, top=42),
        ticks=Ticks(y=NO_TICKS),
    )
    axes.grid(axis="x", color=colour("rule"), linewidth=1)
    inner = frame(axes)
    write(axes, ends[0], Spot(x=0, y=HEIGHT - 11), tone="ink", face=STRONG)
    write(axes, labels.x, Spot(x=WIDTH, y=HEIGHT - 11, anchor="right"))
    write(axes, ends[1], Spot(x=0, y=4), tone="ink", face=STRONG)
    grey = drawn_grey(own + shared, highlights)
    add_lines(
        axes,
        [np.array([[own[i], 1.0], [shared[i], 0.0]]) for i in grey],
        tone="soft",
        width=0.8,
        groups=grey,
    )
    add_lines(
        axes,
        [np.array([[shift.average, -0.04], [shift.average, 1.04]])],
        tone="model",
        width=1.6,
        dashes=DASHED,
    )
    marked = [h for h in highlights if np.isfinite(own[h.index] + shared[h.index])]
    for highlight in marked:
        i = highlight.index
        add_lines(
            axes,
            [np.array([[own[i], 1.0], [shared[i], 0.0]])],
            tone=highlight.tone,
            width=2.2,
            groups=[i],
        )
        add_dots(
            axes, [own[i], shared[i]], [1.0, 0.0], tone=highlight.tone, size=6.5, groups=[i, i]
        )
    tops = to_pixels(axes, [own[h.index] for h in marked], [1.0] * len(marked)) if marked else []
    wanted = [
        Wanted(text=shorten(h.label), spots=_above(at, shorten(h.label)))
        for h, at in zip(marked, tops, strict=True)
    ]
    sky = Box(left=0, right=WIDTH, bottom=inner.top - 4, top=HEIGHT - 17)
    for spot, highlight, label in zip(place(wanted, frame=sky), marked, wanted, strict=True):
        write(axes, label.text, spot, tone=highlight.tone, face=NAME)
    at = to_pixels(axes, [shift.average], [0.5])[0]
    flip = at[0] + 8 + text_width(average_label, bold=True) > WIDTH
    spot = Spot(x=at[0] - 6, y=at[1], anchor="right") if flip else Spot(x=at[0] + 6, y=at[1])
    write(axes, shorten(average_label), spot, tone="model", face=NAME)
    return figure


def pull(data: Pull, *, labels: Labels) -> Figure:
    """Draw the share of the way to the average against the number of measurements.

    A dot's area grows with the number of groups, which is also written below its tick.
    """
    figure, axes = new_panel(HEIGHT)
    order = np.argsort(data.measurements, kind="stable")
    count, share, groups = (
        np.asarray(part, float)[order] for part in (data.measurements, data.share, data.groups)
    )
    known = np.isfinite(count + share)
    count, share, groups = count[known], share[known], groups[known]
    x = span(count, data.curve_x, margin=0.06)
    highest = float(max(np.max(share, initial=0.0), np.nanmax(np.append(data.curve_y, 0.0)), 0.01))
    y_ticks = nice_ticks(0, highest * 112, count=5)
    percents = tuple(f"{text}%" for text in tick_texts(y_ticks))
    dress(
        axes,
        labels,
        x=x,
        y=(0, highest * 116),
        room=Room(bottom=BOTTOM + 15),
        ticks=Ticks(x=NO_TICKS, y=y_ticks, y_texts=percents),
    )
    curve = np.column_stack([data.curve_x, np.asarray(data.curve_y, float) * 100])
    add_lines(axes, [curve], tone="model-light", width=2)
    pitch = (WIDTH - 50) / max(np.ptp(count) if len(count) else 0.0, 1.0)
    sizes = float(np.clip(1.5 * pitch, 7, 15)) * (
        0.4 + 0.6 * np.sqrt(groups / np.max(groups, initial=1.0))
    )
    for at, high, size in zip(count, share, sizes, strict=True):
        add_dots(axes, [at], [high * 100], tone="model", size=float(np.round(size, 1)))
    pixels = to_pixels(axes, count, share * 100)
    named = _spaced(pixels[:, 0], groups, gap=36.0)
    set_ticks(axes, "x", count[named], [number(count[i], 0) for i in named])
    inner = frame(axes)
    for i in named:
        at = Spot(x=pixels[i][0], y=inner.bottom - 31, anchor="center")
        write(axes, number(groups[i], 0), at, tone="grey", face=Face(size=SMALL_TEXT_SIZE))
    wanted = [
        Wanted(
            text=f"{number(100 * share[i], 0 if highest >= 0.02 else 1)}%",
            spots=_over(pixels[i], sizes[i] / 2),
        )
        for i in named
    ]
    path = trail(to_pixels(axes, *curve.T), step=1.5) if len(curve) else None
    for label, spot in zip(wanted, place(wanted, frame=inner, avoid=path), strict=True):
        write(axes, label.text, spot, tone="model", face=NAME)
    return figure


def drawn_grey(values: NDArray[Any], highlights: Sequence[Highlight]) -> NDArray[Any]:
    """Return the groups to draw in grey: complete, not highlighted, thinned if very many."""
    marked = {highlight.index for highlight in highlights}
    return np.array(
        [
            i
            for i in thinned(len(values), MOST_GROUPS)
            if np.isfinite(values[i]) and i not in marked
        ],
        int,
    )


def _over(at: NDArray[Any], radius: float) -> tuple[Spot, ...]:
    """Return spots above a dot, then to its right, where a falling curve leaves room."""
    x, y = float(at[0]), float(at[1]) + radius + 5
    return tuple(Spot(x=x + 2.0 * step, y=y + 1.0 * step, anchor="center") for step in range(9))


def _above(at: NDArray[Any], label: str) -> tuple[Spot, ...]:
    """Return spots over a point, then further to both sides by parts of the label's width."""
    x, y, width = float(at[0]), float(at[1]) + 7, text_width(label, bold=True) + 6
    shifts = (0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0, 2.5, -2.5)
    return tuple(Spot(x=x + shift * width, y=y, anchor="center") for shift in shifts)


def _spaced(x: NDArray[Any], weight: NDArray[Any], *, gap: float) -> list[int]:
    """Return the positions whose labels fit side by side: both ends, then the heaviest."""
    order = sorted(range(len(x)), key=lambda i: (i not in (0, len(x) - 1), -weight[i], i))
    kept: list[int] = []
    for i in order:
        if all(abs(x[i] - x[j]) >= gap for j in kept):
            kept.append(i)
    return sorted(kept)
