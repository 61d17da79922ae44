"""Where to put a handful of labels so that none hits another, a marked line, or the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lmm.plots.style import TEXT_SIZE, text_width

Anchor = Literal["left", "center", "right"]
FAR = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The baseline point of a line of text in pixels, y upwards, and the side it is anchored at."""

    x: float
    y: float
    anchor: Anchor = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: Box) -> float:
        """Return the shared area in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(width, 0.0) * max(height, 0.0)

    def outside(self, frame: Box) -> float:
        """Return how many pixels stick out of a frame, added over the four sides."""
        return (
            max(frame.left - self.left, 0)
            + max(self.right - frame.right, 0)
            + max(frame.bottom - self.bottom, 0)
            + max(self.top - frame.top, 0)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A label and the spots it may take, the best one first."""

    text: str
    spots: tuple[Spot, ...]
    size: float = TEXT_SIZE
    bold: bool = True

    def box(self, spot: Spot) -> Box:
        """Return what the text covers at a spot, with a pixel to spare."""
        width = text_width(self.text, self.size, bold=self.bold)
        left = spot.x - {"left": 0.0, "center": 0.5, "right": 1.0}[spot.anchor] * width
        return Box(
            left=left - 1,
            right=left + width + 1,
            bottom=spot.y - 3,
            top=spot.y + 0.78 * self.size + 1,
        )


def around(x: float, y: float, *, gap: float = 6.0) -> tuple[Spot, ...]:
    """Return spots round a point: right, above, below, left, then the corners and further off."""
    centre, rise, drop = y - 4.0, y + gap, y - gap - 8.0
    near = (
        Spot(x=x + gap, y=centre),
        Spot(x=x, y=rise, anchor="center"),
        Spot(x=x, y=drop, anchor="center"),
        Spot(x=x - gap, y=centre, anchor="right"),
        Spot(x=x + gap, y=rise - 2),
        Spot(x=x + gap, y=drop + 2),
        Spot(x=x - gap, y=rise - 2, anchor="right"),
        Spot(x=x - gap, y=drop + 2, anchor="right"),
    )
    shifts = (14.0, -14.0, 28.0, -28.0, 42.0, -42.0)
    return near + tuple(
        replace(spot, y=spot.y + shift) for shift in shifts for spot in (near[0], near[3])
    )


def place(
    labels: Sequence[Wanted],
    *,
    frame: Box,
    avoid: NDArray[np.float64] | None = None,
    crowd: NDArray[np.float64] | None = None,
    taken: Sequence[Box] = (),
    crowd_cost: float = 0.25,
) -> list[Spot]:
    """Return a spot for each label inside the frame, pushed inside if it must be.

    ``avoid`` (k, 2) are pixels of marked lines and dots, ``crowd`` (j, 2) those of the grey ones,
    which may be crossed, at ``crowd_cost`` each, if nothing better is left; ``taken`` are other
    words.
    """
    boxes = [[label.box(spot) for spot in label.spots] for label in labels]
    costs = [
        np.array(
            [
                0.6 * rank
                + FAR * box.outside(frame)
                + 25 * _count(avoid, box)
                + crowd_cost * _count(crowd, box)
                + FAR * sum(box.overlap(other) for other in taken)
                for rank, box in enumerate(row)
            ]
        )
        for row in boxes
    ]
    choice = [int(np.argmin(cost)) for cost in costs]
    for _ in range(4):
        for i, row in enumerate(boxes):
            others = [boxes[j][choice[j]] for j in range(len(labels)) if j != i]
            clash = np.array([sum(box.overlap(other) for other in others) for box in row])
            choice[i] = int(np.argmin(costs[i] + FAR * clash))
    return [
        _inside(label.spots[chosen], row[chosen], frame)
        for label, row, chosen in zip(labels, boxes, choice, strict=True)
    ]


def trail(points: NDArray[np.float64], *, step: float = 3.0) -> NDArray[np.float64]:
    """Return points every ``step`` pixels along a polyline of shape (k, 2)."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return points
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.append(0.0, np.cumsum(lengths))
    at = np.linspace(0.0, along[-1], max(2, int(along[-1] / step) + 1))
    return np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])])


def _count(points: NDArray[np.float64] | None, box: Box) -> int:
    if points is None or not len(points):
        return 0
    x, y = points[:, 0], points[:, 1]
    return int(
        np.count_nonzero((x > box.left) & (x < box.right) & (y > box.bottom) & (y < box.top))
    )


def _inside(spot: Spot, box: Box, frame: Box) -> Spot:
    right = max(frame.left - box.left, 0) - max(box.right - frame.right, 0)
    up = max(frame.bottom - box.bottom, 0) - max(box.top - frame.top, 0)
    return replace(spot, x=spot.x + right, y=spot.y + up)
