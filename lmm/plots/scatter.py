"""Each group's own estimate against its shared one: levels alone, and levels with slopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import NAME, REMARK, add_dots, add_lines, add_rings, write
from lmm.plots.panel import Ticks, dress, frame, new_panel, nice_ticks, span, to_pixels
from lmm.plots.placement import Box, Spot, Wanted, around, place, trail
from lmm.plots.shrinkage import HEIGHT, Shift, drawn_grey
from lmm.plots.style import DASHED, Highlight, Labels, shorten

# A thread of fewer pixels hides behind its dot.
SHORTEST_THREAD = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Each group's own line and its shared one as points (level, slope), each array (m,).

    ``ellipse`` (k, 2) may trace where the model expects a share of the groups' lines; its label says which.
    """

    own_level: NDArray[Any]
    own_slope: NDArray[Any]
    shared_level: NDArray[Any]
    shared_slope: NDArray[Any]
    ellipse: NDArray[Any] | None = None
    ellipse_label: str = ""


def raw_against_shrunk(
    shift: Shift,
    *,
    labels: Labels,
    highlights: Sequence[Highlight] = (),
    identity_label: str = "on this line: no pull",
    average_label: str = "average",
) -> Figure:
    """Draw shared against own values; threads from the line of no pull show how far each moved."""
    figure, axes = new_panel(HEIGHT)
    own, shared = np.asarray(shift.own, float), np.asarray(shift.shared, float)
    both = span(own, shared, [shift.average], margin=0.04)
    ticks = nice_ticks(*both, count=6)
    dress(axes, labels, x=both, y=both, ticks=Ticks(x=ticks, y=ticks))
    low, high = both
    add_lines(axes, [np.array([[low, low], [high, high]])], tone="grey", width=1.2)
    centre = shift.average
    for line in ([[low, centre], [high, centre]], [[centre, low], [centre, high]]):
        add_lines(axes, [np.array(line)], tone="model", width=1.2, dashes=DASHED)
    grey = drawn_grey(own + shared, highlights)
    add_lines(axes, _threads(axes, own[grey], shared[grey]), tone="soft", width=0.9)
    add_dots(axes, own[grey], shared[grey], tone="grey", size=3.2, groups=grey)
    marked = [h for h in highlights if np.isfinite(own[h.index] + shared[h.index])]
    for highlight in marked:
        i = highlight.index
        add_lines(
            axes,
            [np.array([[own[i], own[i]], [own[i], shared[i]]])],
            tone=highlight.tone,
            width=1.8,
        )
        add_dots(axes, [own[i]], [shared[i]], tone=highlight.tone, size=7.5, groups=[i])
    dots = to_pixels(axes, own, shared)
    lines = [
        ((low, high), (low, high)),
        ((low, high), (centre, centre)),
        ((centre, centre), (low, high)),
    ]
    trails = np.concatenate([trail(to_pixels(axes, *line)) for line in lines])
    busy = np.concatenate([dots[np.isfinite(dots).all(axis=1)], trails])
    inner = frame(axes)
    level = [to_pixels(axes, [low], [tick])[0, 1] for tick in ticks]
    hairs = np.array([(x, up) for up in level for x in np.arange(inner.left, inner.right, 6.0)])
    notes = [
        Wanted(text=identity_label, spots=_beside_identity(inner), bold=False),
        Wanted(text=average_label, spots=_on_level(inner, to_pixels(axes, [low], [centre])[0, 1])),
    ]
    placed = place(notes, frame=inner, avoid=busy, crowd=hairs)
    write(axes, identity_label, placed[0], face=REMARK)
    write(axes, average_label, placed[1], tone="model", face=NAME)
    taken = [note.box(spot) for note, spot in zip(notes, placed, strict=True)]
    _name_dots(axes, marked, dots, crowd=np.concatenate([busy, hairs]), taken=taken)
    return figure


def _threads(axes: Axes, own: NDArray[Any], shared: NDArray[Any]) -> list[NDArray[Any]]:
    """Return how far each moved, as upright lines from that of no pull, where one would see them."""
    lines = [np.array([[x, x], [x, y]]) for x, y in zip(own, shared, strict=True)]
    return [line for line in lines if np.ptp(to_pixels(axes, *line.T)[:, 1]) > SHORTEST_THREAD]


def plane(
    data: Plane,
    *,
    labels: Labels,
    highlights: Sequence[Highlight] = (),
    ends: tuple[str, str] = ("alone", "shared"),
) -> Figure:
    """Draw each group's own line (grey) joined to its shared one (blue), as points (level, slope)."""
    figure, axes = new_panel(HEIGHT)
    own = np.column_stack([data.own_level, data.own_slope]).astype(float)
    shared = np.column_stack([data.shared_level, data.shared_slope]).astype(float)
    extra = np.empty((0, 2)) if data.ellipse is None else np.asarray(data.ellipse, float)
    x, y = span(own[:, 0], shared[:, 0], extra[:, 0]), span(own[:, 1], shared[:, 1], extra[:, 1])
    dress(axes, labels, x=x, y=y)
    if y[0] < 0 < y[1]:
        add_lines(axes, [np.array([[x[0], 0.0], [x[1], 0.0]])], tone="grey", width=1)
    grey = drawn_grey(own.sum(axis=1) + shared.sum(axis=1), highlights)
    add_lines(
        axes, [np.stack([own[i], shared[i]]) for i in grey], tone="soft", width=0.8, groups=grey
    )
    add_dots(axes, *own[grey].T, tone="grey", size=3.2, groups=grey)
    if len(extra):
        add_lines(axes, [extra], tone="model", width=1.2, dashes=DASHED)
    alone = np.array([i for i in range(len(own)) if np.isfinite(shared[i]).all()], dtype=int)
    add_dots(axes, *shared[alone].T, tone="model", size=3.6, groups=alone)
    marked = [
        h
        for h in highlights
        if np.isfinite(own[h.index]).all() and np.isfinite(shared[h.index]).all()
    ]
    named: list[tuple[str, str, NDArray[Any]]] = []
    if len(extra) and data.ellipse_label:
        named.append((data.ellipse_label, "model", extra[int(np.argmin(extra[:, 1]))]))
    for highlight in marked:
        i, tone = highlight.index, highlight.tone
        add_lines(axes, [np.stack([own[i], shared[i]])], tone=tone, width=1.8, groups=[i])
        add_rings(axes, *own[[i]].T, tone=tone, size=7, groups=[i])
        add_dots(axes, *shared[[i]].T, tone=tone, size=6, groups=[i])
        name = shorten(highlight.label)
        named += [
            (f"{name}, {word}", tone, point[i])
            for word, point in zip(ends, (own, shared), strict=True)
        ]
    busy = [to_pixels(axes, *points.T) for points in (own[grey], shared[alone])]
    busy += [trail(to_pixels(axes, *extra.T))] if len(extra) else []
    _name_ends(
        axes,
        named,
        np.concatenate(busy),
        [trail(to_pixels(axes, *np.stack([own[h.index], shared[h.index]]).T)) for h in marked],
    )
    return figure


def _beside_identity(inner: Box) -> tuple[Spot, ...]:
    """Return spots below the diagonal, from the lower left, then above it, from the upper right."""
    width, height = inner.right - inner.left, inner.top - inner.bottom
    shares = np.arange(0.06, 0.42, 0.02)
    below = [
        Spot(x=inner.left + share * width + 10, y=inner.bottom + share * height - 5)
        for share in shares
    ]
    above = [
        Spot(x=inner.right - share * width - 10, y=inner.top - share * height - 4, anchor="right")
        for share in shares
    ]
    return tuple(below + above)


def _on_level(inner: Box, y: float) -> tuple[Spot, ...]:
    """Return spots above and below a level line, at its right end, then at its left end."""
    return (
        Spot(x=inner.right - 1, y=y - 14, anchor="right"),
        Spot(x=inner.right - 1, y=y + 6, anchor="right"),
        Spot(x=inner.left + 3, y=y + 6),
        Spot(x=inner.left + 3, y=y - 14),
    )


def _name_dots(
    axes: Axes,
    marked: Sequence[Highlight],
    dots: NDArray[Any],
    *,
    crowd: NDArray[Any],
    taken: Sequence[Box],
) -> None:
    wanted = [Wanted(text=shorten(h.label), spots=around(*dots[h.index], gap=8)) for h in marked]
    avoid = np.array([dots[h.index] for h in marked]) if marked else None
    for spot, highlight, label in zip(
        place(wanted, frame=frame(axes), avoid=avoid, crowd=crowd, taken=taken),
        marked,
        wanted,
        strict=True,
    ):
        write(axes, label.text, spot, tone=highlight.tone, face=NAME)


def _name_ends(
    axes: Axes,
    ends: Sequence[tuple[str, str, NDArray[Any]]],
    crowd: NDArray[Any],
    trails: Sequence[NDArray[Any]],
) -> None:
    wanted = [
        Wanted(text=text, spots=around(*to_pixels(axes, *point)[0], gap=8))
        for text, _, point in ends
    ]
    avoid = np.concatenate(list(trails)) if trails else None
    crowd = crowd[np.isfinite(crowd).all(axis=1)]
    spots = place(wanted, frame=frame(axes), avoid=avoid, crowd=crowd, crowd_cost=2.0)
    for spot, (text, tone, _) in zip(spots, ends, strict=True):
        write(axes, text, spot, tone=tone, face=NAME)
