"""A followed number over the versions of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lmm.plots.marks import add_band, add_dots, add_lines
from lmm.plots.panel import Ticks, dress, new_panel, span
from lmm.plots.style import Labels

HEIGHT = 170.0


def over_versions(
    values: NDArray[Any], low: NDArray[Any], high: NDArray[Any], *, labels: Labels
) -> Figure:
    """Draw ``values`` (k,) between ``low`` and ``high`` (k,), oldest first; the last one is marked."""
    figure, axes = new_panel(HEIGHT)
    at = np.arange(1, len(values) + 1)
    x, y = span(at, margin=0.04), span(low, high)
    dress(axes, labels, x=x, y=y, ticks=Ticks(x=np.unique([1, len(values)]).astype(float)))
    if y[0] < 0 < y[1]:
        add_lines(axes, [np.array([[x[0], 0.0], [x[1], 0.0]])], tone="ink2", width=1)
    add_band(axes, at, low, high, tone="model", opacity=0.2)
    add_lines(axes, [np.column_stack([at, values]).astype(float)], tone="model", width=2)
    add_dots(axes, at[:-1], np.asarray(values)[:-1], tone="model", size=4)
    add_dots(axes, at[-1:], np.asarray(values)[-1:], tone="model", size=8)
    return figure
