"""How the likelihood falls away from an estimate, one parameter a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import add_band, add_dots, add_lines
from lmm.plots.panel import Room, Ticks, dress, new_panel, nice_ticks, span
from lmm.plots.style import DASHED, SMALL_WIDTH, Labels

HEIGHT = 124.0


def profile_curve(
    values: NDArray[Any], zeta: NDArray[Any], *, reach: float, labels: Labels
) -> Figure:
    """Draw ``zeta`` (k,) over ``values`` (k,) with its chord, and shade what lies within ``reach`` of zero."""
    figure, axes = new_panel(HEIGHT, width=SMALL_WIDTH)
    x, y = span(values), span(zeta, [-reach, reach])
    ticks = Ticks(x=nice_ticks(*x, count=4), y=np.array([-2.0, 0.0, 2.0]))
    dress(axes, labels, x=x, y=y, ticks=ticks, room=Room(top=18.0))
    ends = np.array([x[0], x[1]])
    add_band(axes, ends, [-reach, -reach], [reach, reach], tone="model", opacity=0.14)
    points = np.column_stack([values, zeta]).astype(float)
    add_lines(axes, [points[[0, -1]]], tone="ink2", width=1, dashes=DASHED)
    add_lines(axes, [points], tone="model", width=2)
    at_estimate = points[np.abs(points[:, 1]) == 0.0]
    add_dots(axes, *at_estimate.T, tone="model", size=5)
    return figure
