"""Between–within degrees of freedom: rows less parameters, split by where a fixed effect varies.

Schluchter and Elashoff 1990, J. Stat. Comput. Simul. 37:69. An effect that is constant within every group
is learnt from m groups, one that varies within some group from the n − m rows beyond the first of each.
Exact for balanced designs with a random intercept; with random slopes too many for what varies within.
"""

from __future__ import annotations

import numpy as np

from lmm.model.fit import Fit
from lmm.numerics import Array

METHOD = "between-within"

# What a column may move within a group, relative to its size, and still be called constant.
_ROUNDING = 1e-10


def between_within_dof(fit: Fit) -> Array:
    """Degrees of freedom of each fixed effect, (p,); NaN where none are left.

    For one grouping factor: raises ``ModelError`` for several. The intercept is constant within groups.
    """
    inner = varies_within(fit)
    between = fit.statistics.m - int((~inner).sum())
    within = fit.n - fit.statistics.m - int(inner.sum())
    dof = np.where(inner, float(within), float(between))
    return np.where(dof > 0, dof, np.nan)


def varies_within(fit: Fit) -> np.ndarray:
    """Which columns of X change within at least one group, (p,)."""
    X, codes = fit.design.X, fit.grouping.codes
    first = np.empty(fit.statistics.m, np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    size = np.abs(X).max(axis=0)
    inner = np.empty(fit.p, bool)
    for j in range(fit.p):
        inner[j] = np.abs(X[:, j] - X[first, j][codes]).max() > _ROUNDING * size[j]
    return inner
