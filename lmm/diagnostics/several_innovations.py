"""Each row less its prediction from its group's earlier rows, where groups share the levels of other factors.

Within a group these are independent standard normal values if the model holds, as with one factor; between groups
that share levels they go together, which clean data of the same design show too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import solve_triangular

from lmm.diagnostics.several_projection import SeveralProjection
from lmm.numerics import Array


def several_innovations(P: SeveralProjection, time: Array | None) -> Callable[[Array], Array]:
    """A function of conditional residuals over sigma (n, k): L_i⁻¹r_i of every group, r = Ve the marginal ones.

    Rows of a group are taken by ``time`` (n,), else as they stand; V_ii = L_iL_i' is dense, group by group.
    """
    order = np.lexsort((np.arange(P.n) if time is None else time, P.codes))
    groups = np.split(order, np.cumsum(np.bincount(P.codes, minlength=P.m))[:-1])
    roots = [np.linalg.cholesky(P.V.covariance(rows)) for rows in groups]

    def steps(e: Array) -> Array:
        marginal, found = P.V.times(e), np.empty_like(e)
        for rows, root in zip(groups, roots, strict=True):
            found[rows] = solve_triangular(root, marginal[rows], lower=True)
        return found

    return steps
