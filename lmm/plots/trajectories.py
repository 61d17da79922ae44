"""What was measured, group by group, and the straight lines a model draws through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.line_names import name_lines
from lmm.plots.marks import add_dots, add_lines, add_rings, picture_of
from lmm.plots.panel import RIGHT, Room, dress, new_panel, span, to_pixels
from lmm.plots.placement import trail
from lmm.plots.style import Highlight, Labels, shorten, text_width, thinned

HEIGHT = 268.0
MOST_ROWS = 10_000
MOST_ROOM = 84.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """Measurements in long form, each (n,); ``group`` is the index in the page's list of groups."""

    group: NDArray[Any]
    x: NDArray[Any]
    y: NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedLines:
    """Both ends of each group's line, shape (m, 2), row i for group i, and the average line (k,).

    A row with a NaN is left out; a line whose ends coincide is drawn as a dot.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    average_x: NDArray[Any]
    average_y: NDArray[Any]
    average_label: str = "average"


def measurements(
    data: Trajectories,
    *,
    labels: Labels,
    highlights: Sequence[Highlight] = (),
    lines: FittedLines | None = None,
) -> Figure:
    """Draw a grey line per group (a dot if seen once) and a few groups in colour.

    ``lines`` only widens the axes, so that this picture and :func:`fitted_lines` share theirs.
    """
    own = _by_group(data)
    marked = [highlight for highlight in highlights if highlight.index in own]
    axes = _axes(data, lines, labels, marked)
    indices = {highlight.index for highlight in marked}
    grey = {
        group: points
        for group, points in _by_group(_drawn(data, indices)).items()
        if group not in indices
    }
    _draw_grey(axes, grey)
    for highlight in marked:
        points = own[highlight.index]
        add_lines(axes, [points], tone=highlight.tone, width=2, groups=[highlight.index])
        add_dots(
            axes, *points.T, tone=highlight.tone, size=5, groups=[highlight.index] * len(points)
        )
    crowd = [to_pixels(axes, *points.T) for points in grey.values()]
    name_lines(axes, [(highlight, own[highlight.index]) for highlight in marked], crowd)
    return picture_of(axes)


def fitted_lines(
    data: Trajectories, lines: FittedLines, *, labels: Labels, highlights: Sequence[Highlight] = ()
) -> Figure:
    """Draw the model's line of each group over its own range, and the average line over all.

    Rings are the measurements of the highlighted groups.
    """
    own = _by_group(data)
    ends = np.stack([np.asarray(lines.x, dtype=float), np.asarray(lines.y, dtype=float)], axis=2)
    whole = np.asarray(np.isfinite(ends).all(axis=(1, 2)))
    marked = [
        highlight for highlight in highlights if highlight.index in own and whole[highlight.index]
    ]
    axes = _axes(data, lines, labels, marked)
    indices = {highlight.index for highlight in marked}
    grey = np.array(
        [i for i in thinned(len(ends), MOST_ROWS) if i not in indices and whole[i]], dtype=int
    )
    add_lines(axes, list(ends[grey]), tone="soft", width=_fine(len(grey)), groups=grey)
    average = np.column_stack([lines.average_x, lines.average_y]).astype(float)
    add_lines(axes, [average], tone="model", width=3)
    for highlight in marked:
        points, of_group = own[highlight.index], [highlight.index]
        add_rings(axes, *points.T, tone=highlight.tone, size=5.4, groups=of_group * len(points))
        add_lines(axes, [ends[highlight.index]], tone=highlight.tone, width=2.2, groups=of_group)
    crowd = [trail(to_pixels(axes, *line.T), step=8) for line in ends[grey]]
    rings = [to_pixels(axes, *own[highlight.index].T) for highlight in marked]
    named = [(highlight, ends[highlight.index]) for highlight in marked]
    name_lines(axes, named, crowd, average=(lines.average_label, average), rings=rings)
    return picture_of(axes)


def thinning_note(data: Trajectories) -> str:
    """Return what the grey lines leave out, in words for the caption; empty if they show all."""
    groups = np.unique(data.group)
    shown = len(np.unique(_drawn(data, set()).group))
    if shown < len(groups):
        return f"Grey lines show {shown:,} of {len(groups):,}, evenly chosen; all are in the model."
    if len(data.x) > MOST_ROWS:
        every = -(-len(data.x) // MOST_ROWS)
        return f"Grey lines show 1 in {every} measurements; all are in the model."
    return ""


def _axes(
    data: Trajectories, lines: FittedLines | None, labels: Labels, marked: Sequence[Highlight]
) -> Axes:
    """Return axes that hold measurements and lines, with room for names at their right ends."""
    _, axes = new_panel(HEIGHT)
    extra_x = [] if lines is None else [lines.x, lines.average_x]
    extra_y = [] if lines is None else [lines.y, lines.average_y]
    x, y = span(data.x, *extra_x, margin=0.03), span(data.y, *extra_y)
    own = _by_group(data)
    ends = [(own[highlight.index][-1, 0], shorten(highlight.label)) for highlight in marked]
    shares = [(end - x[0]) / (x[1] - x[0]) for end, _ in ends]
    right = RIGHT
    if max(shares, default=0.0) > 0.9:
        words = [text for (_, text), share in zip(ends, shares, strict=True) if share > 0.9]
        words += [] if lines is None else [shorten(lines.average_label, 24)]
        wanted = max(text_width(text, bold=True) for text in words) + 4
        # Long names are better put above their line than paid for with a third of the picture.
        right = wanted if wanted <= MOST_ROOM else RIGHT
    dress(axes, labels, x=x, y=y, room=Room(right=right))
    return axes


def _drawn(data: Trajectories, always: set[int]) -> Trajectories:
    """Return the rows that grey lines show: all, those of every k-th group, or every k-th row."""
    if len(data.x) <= MOST_ROWS:
        return data
    groups = np.unique(data.group)
    limit = max(1, len(groups) * MOST_ROWS // len(data.x))
    if limit > 50:
        rows = np.isin(data.group, groups[thinned(len(groups), limit)])
    else:
        rows = np.isin(np.arange(len(data.x)), thinned(len(data.x), MOST_ROWS))
    rows |= np.isin(data.group, list(always))
    return Trajectories(group=data.group[rows], x=data.x[rows], y=data.y[rows])


def _by_group(data: Trajectories) -> dict[int, NDArray[np.float64]]:
    """Return each group's finite points, shape (r, 2), in the order of x."""
    points = np.column_stack([data.x, data.y]).astype(float)
    kept = np.isfinite(points).all(axis=1)
    points, group = points[kept], np.asarray(data.group)[kept].astype(int)
    order = np.lexsort((points[:, 0], group))
    points, group = points[order], group[order]
    starts = (
        np.flatnonzero(np.append(True, np.diff(group) != 0)) if len(group) else np.empty(0, int)
    )
    return {
        int(group[start]): part
        for start, part in zip(starts, np.split(points, starts[1:]), strict=False)
    }


def _draw_grey(axes: Axes, groups: dict[int, NDArray[np.float64]]) -> None:
    several = {group: points for group, points in groups.items() if len(points) > 1}
    add_lines(
        axes, list(several.values()), tone="soft", width=_fine(len(several)), groups=list(several)
    )
    once = {group: points for group, points in groups.items() if len(points) == 1}
    if once:
        add_dots(
            axes, *np.concatenate(list(once.values())).T, tone="soft", size=3, groups=list(once)
        )


def _fine(lines: int) -> float:
    """Return the width of the grey lines: finer where there are very many."""
    return 0.9 if lines <= 300 else 0.5
