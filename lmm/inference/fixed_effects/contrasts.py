"""Tests of several fixed effects at once: what is asked, as a matrix, and what is answered, as one row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from lmm.errors import ModelError
from lmm.model.fit import Fit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """F of L beta = 0 on ``numerator_dof`` (the rank of L) and ``denominator_dof``; ``scaling`` is in F."""

    statistic: float
    numerator_dof: int
    denominator_dof: float
    scaling: float
    p: float
    method: str


def contrast_matrix(fit: Fit, L: Array) -> Array:
    """L as (l, p), one row a contrast of the fixed effects in the order of ``fit.outline.names``.

    Raises ``ModelError`` for another width, and for rows of which some follow from the others.
    """
    L = np.atleast_2d(np.asarray(L, float))
    if L.ndim != 2 or L.shape[1] != fit.p or not np.isfinite(L).all():
        raise ModelError(
            f"a contrast needs {fit.p} finite numbers, one for each fixed effect",
            where="contrast",
            remedy=f"The fixed effects are, in order: {', '.join(fit.outline.names)}.",
        )
    size = np.sqrt(np.einsum("lp,lp->l", L, L))
    scaled = L / np.where(size > 0, size, 1.0)[:, None]
    if not L.shape[0] or np.linalg.matrix_rank(scaled) < L.shape[0]:
        raise ModelError(
            "some rows of the contrast are zero or follow from the others",
            where="contrast",
            remedy="Keep only rows of which none is made up of the others.",
        )
    return L


def f_test(statistic: float, rank: int, dof: float, *, method: str, scaling: float = 1.0) -> FTest:
    """The row of one test; ``statistic`` is scaled already."""
    return FTest(
        statistic=float(statistic),
        numerator_dof=rank,
        denominator_dof=float(dof),
        scaling=float(scaling),
        p=float(fdtrc(rank, dof, statistic)),
        method=method,
    )
