"""A number over the versions of the data, word-sized: a line in its band, the last value marked.

Written as SVG here: a page that only lists studies should not load a drawing library.
"""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 132.0, 30.0
_MARGIN = 4.0


def sparkline(values: Sequence[float], low: Sequence[float], high: Sequence[float]) -> str:
    """The SVG of at least two values (k,) between their ``low`` and ``high`` (k,), oldest first."""
    bottom, top = min(*low, *values), max(*high, *values)
    reach = (top - bottom) or 1.0
    step = (WIDTH - 2 * _MARGIN) / (len(values) - 1)

    def at(k: int, value: float) -> str:
        x = _MARGIN + step * k
        y = HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * (value - bottom) / reach
        return f"{x:.1f} {y:.1f}"

    there = " ".join(at(k, value) for k, value in enumerate(high))
    back = " ".join(at(k, value) for k, value in reversed(list(enumerate(low))))
    line = " ".join(at(k, value) for k, value in enumerate(values))
    x, y = at(len(values) - 1, values[-1]).split()
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}">'
        f'<path class="band" d="M{there} L{back} Z"/><path class="line" d="M{line}"/>'
        f'<circle class="last" cx="{x}" cy="{y}" r="2.6"/></svg>'
    )
