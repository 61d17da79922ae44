"""Paths as the ``d`` of an SVG path: relative, in tenths of a pixel, as short as they can be."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

Steps = list[tuple[str, NDArray[np.int_]]]

#: The step that turns a sub-path of one point into a dot.
DOT: tuple[str, NDArray[np.int_]] = ("h", np.zeros((1, 2), dtype=int))
_COMMANDS = {Path.MOVETO: "m", Path.LINETO: "l", Path.CURVE3: "q", Path.CURVE4: "c"}


def path_data(paths: list[Steps]) -> str:
    """Return the ``d`` of sub-paths whose points are whole tenths of a pixel.

    Every number is the difference of two rounded positions, so rounding errors never add up.
    """
    out: list[str] = []
    here = np.zeros(2, dtype=int)
    for steps in paths:
        for command, points in steps:
            if command == "h":
                out.append("h0")
                continue
            if command == "z":
                out.append("z")
            elif command in ("m", "l"):
                out.append(command + _joined(np.diff(points, axis=0, prepend=here[None])))
            else:
                out.append(command + _joined(points - here))
            here = points[-1]
    return "".join(out)


def steps_of(path: Path, transform: Any, *, free: bool, crisp: bool) -> Steps:
    """Return a path as (command, points): a polyline is one ``m`` whose further pairs are lines.

    ``free`` paths belong to no group: nothing looks for their points, so a straight one
    keeps only its ends.
    """
    if path.codes is None:
        points = transform.transform(path.vertices)
        if np.isfinite(points).all() and len(points):
            rounded = tenths(_crisp(points) if crisp and len(points) == 2 else points)
            return _polyline(rounded[[0, -1]] if free and _straight(rounded) else rounded)
    steps: Steps = []
    start = np.zeros((1, 2), dtype=int)
    for vertices, code in path.iter_segments(transform, simplify=False):
        if code == Path.CLOSEPOLY:
            steps.append(("z", start))  # the pen goes back to where the sub-path started
            continue
        points = tenths(np.reshape(vertices, (-1, 2)))
        if code == Path.LINETO and steps and steps[-1][0] in "ml":
            steps[-1] = (steps[-1][0], np.concatenate([steps[-1][1], points]))
            continue
        start = points[:1] if code == Path.MOVETO else start
        steps.append((_COMMANDS[code], points))
    return steps


def _polyline(points: NDArray[Any]) -> Steps:
    """Return the steps of a polyline without repeated points; a line of no length is a dot."""
    moved = np.append(True, np.any(np.diff(points, axis=0) != 0, axis=1))
    kept = points[moved]
    return [("m", kept)] if len(kept) > 1 else [("m", kept), DOT]


def _straight(points: NDArray[Any]) -> bool:
    """Return whether all points lie on the way from the first to the last, to within rounding."""
    chord = points[-1] - points[0]
    length = float(np.hypot(*chord))
    if length == 0:
        return False
    away = (points - points[0]) @ np.array([-chord[1], chord[0]]) / length
    along = (points - points[0]) @ chord / length
    # Rounding moves a point by up to 0.7 of a tenth, and so the chord it is held against.
    return bool(np.abs(away).max() <= 1.4 and along.min() >= -1 and along.max() <= length + 1)


def _crisp(points: NDArray[Any]) -> NDArray[Any]:
    """Return a level or upright line moved by up to half a pixel, so that it fills whole pixels."""
    level = np.abs(points[0] - points[1])[::-1] > 100 * np.abs(points[0] - points[1])
    return np.where(level, np.floor(points[:1]) + 0.5, points)


def tenths(points: NDArray[Any]) -> NDArray[Any]:
    """Return pixels as whole tenths."""
    return np.rint(np.asarray(points) * 10).astype(int)


def _joined(numbers: NDArray[Any]) -> str:
    texts = [_tenth(int(value)) for value in numbers.ravel()]
    return texts[0] + "".join(text if text[0] == "-" else f" {text}" for text in texts[1:])


def _tenth(value: int) -> str:
    whole, rest = divmod(abs(value), 10)
    text = (str(whole) if whole or not rest else "") + (f".{rest}" if rest else "")
    return f"-{text}" if value < 0 else text


def decimal(value: float) -> str:
    """Return a number with two decimals at most, and none that are not needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
