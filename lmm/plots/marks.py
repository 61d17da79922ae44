"""Lines, dots, rings and words on the axes; marks that belong to groups carry them along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D
from numpy.typing import ArrayLike

from lmm.plots.placement import Spot
from lmm.plots.style import TEXT_SIZE, clean, colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How words look: weight, size in pixels, and a rim in the background colour (``halo``)."""

    bold: bool = False
    halo: bool = False
    size: float = TEXT_SIZE


PLAIN = Face()
STRONG = Face(bold=True)
REMARK = Face(halo=True)
NAME = Face(bold=True, halo=True)


def picture_of(axes: Axes) -> Figure:
    """Return the figure that holds the axes."""
    figure = axes.figure
    if not isinstance(figure, Figure):
        raise TypeError("these axes belong to no figure")
    return figure


def size_of(axes: Axes) -> tuple[float, float]:
    """Return width and height of the whole picture in pixels."""
    width, height = picture_of(axes).get_size_inches() * 72.0
    return float(width), float(height)


def tag(groups: ArrayLike) -> str:
    """Return the groups of successive marks as runs: ``0, 0, 1, 1, 4`` is ``"0-1x2 4"``."""
    indices = np.asarray(groups, dtype=int)
    if not len(indices):
        return ""
    starts = np.flatnonzero(np.append(True, np.diff(indices) != 0))
    lengths = np.diff(np.append(starts, len(indices)))
    owners = indices[starts]
    # Successive groups with equally many marks each are one run.
    breaks = np.append(True, (np.diff(owners) != 1) | (np.diff(lengths) != 0))
    firsts = np.flatnonzero(breaks)
    lasts = np.append(firsts[1:], len(owners)) - 1
    return " ".join(
        _run(int(owners[first]), int(owners[last]), int(lengths[first]))
        for first, last in zip(firsts, lasts, strict=True)
    )


def _run(first: int, last: int, times: int) -> str:
    text = f"{first}" if first == last else f"{first}-{last}"
    return text if times == 1 else f"{text}x{times}"


def add_lines(
    axes: Axes,
    lines: Sequence[np.ndarray],
    *,
    tone: str,
    width: float,
    groups: ArrayLike | None = None,
    dashes: tuple[float, ...] | None = None,
) -> None:
    """Draw polylines, each of shape (k, 2), as one layer; those with missing numbers are left out."""
    whole = [len(line) > 0 and bool(np.isfinite(line).all()) for line in lines]
    kept = [np.asarray(line, dtype=float) for line, good in zip(lines, whole, strict=True) if good]
    if not kept:
        return
    layer = LineCollection(
        [line if len(line) > 1 else np.repeat(line, 2, axis=0) for line in kept],
        colors=colour(tone),
        linewidths=width,
        linestyles="solid" if dashes is None else [(0, [length / width for length in dashes])],
        capstyle="butt" if dashes else "round",
        joinstyle="round",
        zorder=2,
    )
    if groups is not None:
        layer.set_gid(tag(np.asarray(groups)[np.asarray(whole)]))
    axes.add_collection(layer, autolim=False)


def add_dots(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    *,
    tone: str,
    size: float,
    groups: ArrayLike | None = None,
) -> None:
    """Draw round dots of ``size`` pixels as one layer, in the order of their groups."""
    points = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    kept = np.isfinite(points).all(axis=1)
    points = points[kept]
    if not len(points):
        return
    gid = None
    if groups is not None:
        of_group = np.asarray(groups, dtype=int)[kept]
        order = np.argsort(of_group, kind="stable")
        points, gid = points[order], tag(of_group[order])
    axes.scatter(
        points[:, 0],
        points[:, 1],
        s=size**2,
        c=colour(tone),
        linewidths=0,
        marker="o",
        zorder=2,
        gid=gid,
        clip_on=False,
    )


def add_rings(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    *,
    tone: str,
    size: float,
    groups: ArrayLike | None = None,
) -> None:
    """Draw rings: dots with the background over all but their rim."""
    add_dots(axes, x, y, tone=tone, size=size, groups=groups)
    add_dots(axes, x, y, tone="bg", size=size - 2.2)


def add_band(
    axes: Axes, x: ArrayLike, low: ArrayLike, high: ArrayLike, *, tone: str, opacity: float
) -> None:
    """Shade the area between two curves."""
    axes.fill_between(
        np.asarray(x),
        np.asarray(low),
        np.asarray(high),
        color=colour(tone),
        alpha=opacity,
        linewidth=0,
        zorder=1.5,
    )


def write(axes: Axes, words: str, spot: Spot, *, tone: str = "ink2", face: Face = PLAIN) -> None:
    """Write words at a spot in pixels from the picture's lower left corner."""
    figure = picture_of(axes)
    pixels: Any = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    figure.text(
        spot.x,
        spot.y,
        clean(words),
        transform=pixels,
        ha=spot.anchor,
        va="baseline",
        color=colour(tone),
        fontsize=face.size,
        fontweight="bold" if face.bold else "normal",
        family="DejaVu Sans",
        parse_math=False,
        gid="halo" if face.halo else None,
    )
