"""Names beside lines: each where it hits neither a line, a ring, another name nor the crowd."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lmm.plots.marks import NAME, size_of, write
from lmm.plots.panel import frame, to_pixels
from lmm.plots.placement import Box, Spot, Wanted, around, place, trail
from lmm.plots.style import Highlight, shorten


def name_lines(
    axes: Axes,
    marked: Sequence[tuple[Highlight, NDArray[np.float64]]],
    crowd: Sequence[NDArray[np.float64]],
    *,
    average: tuple[str, NDArray[np.float64]] | None = None,
    rings: Sequence[NDArray[np.float64]] = (),
) -> None:
    """Write the names of the marked lines where they hit nothing."""
    paths = [to_pixels(axes, *points.T) for _, points in marked]
    wanted = [
        Wanted(text=shorten(highlight.label), spots=_spots(path))
        for (highlight, _), path in zip(marked, paths, strict=True)
    ]
    tones: list[str] = [highlight.tone for highlight, _ in marked]
    obstacles = [trail(path) for path in paths] + list(rings)
    if average is not None:
        path = to_pixels(axes, *average[1].T)
        obstacles.append(trail(path))
        wanted.append(Wanted(text=shorten(average[0], 24), spots=_along(path)))
        tones.append("model")
    inner = frame(axes)
    edge = Box(
        left=inner.left,
        right=size_of(axes)[0],
        bottom=inner.bottom - 1,
        top=inner.top + 6,
    )
    spots = place(
        wanted,
        frame=edge,
        avoid=np.concatenate(obstacles) if obstacles else None,
        crowd=np.concatenate(list(crowd)) if len(crowd) else None,
    )
    for label, spot, tone in zip(wanted, spots, tones, strict=True):
        write(axes, label.text, spot, tone=tone, face=NAME)


def _spots(path: NDArray[np.float64]) -> tuple[Spot, ...]:
    """Return where a line may be named: round its end, its start, its highest and lowest points."""
    places = [path[-1], path[0], path[np.argmax(path[:, 1])], path[np.argmin(path[:, 1])]]
    return (
        tuple(
            spot for rank in range(8) for x, y in places for spot in around(x, y)[rank : rank + 1]
        )
        + around(*path[-1])[8:]
    )


def _along(path: NDArray[np.float64]) -> tuple[Spot, ...]:
    """Return spots at the end of a long line, then above and below it, from right to left."""
    line = trail(path)
    spots = [
        Spot(x=line[-1, 0] + 6, y=line[-1, 1] + shift) for shift in (-4.0, 4.0, -12.0, 12.0, -20.0)
    ]
    for share in (1.0, 0.85, 0.7, 0.5, 0.3, 0.15):
        x, y = line[int(share * (len(line) - 1))]
        for gap in (8.0, 14.0, 22.0):
            spots += [
                Spot(x=x, y=y + gap, anchor="right"),
                Spot(x=x, y=y - gap - 9, anchor="right"),
            ]
    return tuple(spots)
