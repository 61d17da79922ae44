"""A step that is straight in the variances, for uncorrelated columns between which the data hardly tell.

In (x || g) with x a calendar year both columns are nearly the same number in every row: their variances'
sum is determined, its division next to not. In theta that valley is an arc, along which the search
creeps; in D it is a line, followed to its end at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lmm.model.search.points import Point
from lmm.numerics import Array


def straight_step(here: Point[Any], *, longest: float) -> tuple[Array, float] | None:
    """Theta (k,) after a Newton step in the variances, cut at the bound, and the gain predicted to first order.

    ``longest`` is the most that an entry of theta may grow. ``None`` where the columns are not
    uncorrelated, or fewer than two have a variance.
    """
    free = np.flatnonzero(here.theta)
    if len(free) < 2 or any(size > 1 for size in here.template.sizes):
        return None
    variances, slopes = here.theta[free] ** 2, here.G.diagonal()[free]
    curvature = here.found.curvature[free[:, None], free[:, None], free, free]
    values, vectors = np.linalg.eigh(0.5 * (curvature + curvature.T))
    sizes = np.abs(values)
    sizes = np.maximum(sizes, 1e-8 * max(1.0, float(sizes.max())))
    change = -vectors @ ((vectors.T @ slopes) / sizes)
    most = (float(np.abs(here.theta).max()) + longest) ** 2
    room = np.where(change < 0.0, variances, most - variances) / np.maximum(np.abs(change), 1e-300)
    share = min(1.0, float(room.min()))
    variances = variances + share * change
    variances[(change < 0.0) & (room <= share)] = 0.0
    theta = here.theta.copy()
    theta[free] = np.sqrt(np.maximum(variances, 0.0))
    return theta, -share * float(slopes @ change)
