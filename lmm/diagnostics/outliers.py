"""Rows and groups that lie further out than the furthest of so many should."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtri

from lmm.diagnostics.check import ALPHA, Check, judge
from lmm.diagnostics.projection import Projection
from lmm.diagnostics.residuals import blup_covariance
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only

SOURCE = (
    "the largest of n standard normal values, exceeded in 1% of clean data: Šidák 1967, J. Am. Stat. Assoc. 62:626; "
    "residuals: Cook and Weisberg 1982, section 2.2; effects: Langford and Lewis 1998, J. R. Stat. Soc. A 161:121"
)

# Eigenvalues of a covariance below this share of the largest are no direction.
_FLAT = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class FarOut:
    """How far each of several things lies out, ``distance`` in SDs of a normal, and the ``names`` beyond ``threshold``,
    furthest first; ``places`` (k,) are their positions.
    """

    distance: Array
    threshold: float
    places: np.ndarray
    names: tuple[str, ...]


def far_rows(fit: Fit, P: Projection) -> FarOut:
    """Rows by their studentised conditional residual; a row is named by its group and its place in the table."""
    codes, levels = fit.grouping.codes, fit.grouping.levels
    return _far_out(
        np.abs(P.residual * P.scale), lambda i: f"{levels[codes[i]]} (row {fit.design.rows[i] + 1})"
    )


def far_groups(fit: Fit, P: Projection) -> FarOut:
    """Groups by b̂'var(b̂)⁻b̂, a χ² on as many degrees of freedom as the group tells of, put on the normal's scale."""
    covariance = blup_covariance(fit, P)
    scale = np.sqrt(np.maximum(np.diag(fit.factor.own(fit.Psi)), 1e-300))
    values, vectors = np.linalg.eigh(covariance / scale[:, None] / scale)
    told = values > _FLAT * np.maximum(values.max(), _FLAT)
    turned = np.einsum("mab,ma->mb", vectors, fit.b / scale)
    square = np.sum(np.divide(turned**2, values, out=np.zeros_like(turned), where=told), axis=1)
    p = np.where(told.any(axis=1), chdtrc(np.maximum(told.sum(axis=1), 1), square), 1.0)
    distance = -ndtri(np.maximum(p, 1e-300) / 2.0)
    return _far_out(distance, lambda i: fit.grouping.levels[i])


def outliers_check(id: str, found: FarOut) -> Check:
    """The furthest against what the furthest of so many may be."""
    furthest = float(found.distance.max())
    return Check(
        id=id,
        statistic=furthest,
        threshold=found.threshold,
        verdict=judge(furthest, found.threshold),
        where=found.names,
        source=SOURCE,
    )


def _far_out(distance: Array, name) -> FarOut:
    tail = -np.expm1(np.log1p(-ALPHA) / len(distance))
    threshold = -float(ndtri(tail / 2.0))
    order = np.argsort(-distance, kind="stable")
    places = order[distance[order] > threshold]
    return FarOut(
        distance=read_only(distance),
        threshold=threshold,
        places=read_only(places),
        names=tuple(name(int(i)) for i in places),
    )
