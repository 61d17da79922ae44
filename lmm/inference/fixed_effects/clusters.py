"""The independent parts of the data: the groups, or of nested grouping factors those of the outermost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lmm.errors import ModelError
from lmm.inference.groups.nesting import outermost
from lmm.model.factors import Factor
from lmm.model.fit import Fit
from lmm.model.several.effects import all_columns
from lmm.model.units import internal_units
from lmm.numerics import Array

# Rows of one part of several factors' data: its covariance is dense.
_LARGEST = 2000
_INSTEAD = "Take the model's own standard errors."


def cluster_factor(fit: Fit) -> Factor:
    """The grouping factor whose groups are independent. Raises ``ModelError`` where there is none."""
    found = fit.factors[0] if len(fit.factors) == 1 else outermost(fit.factors)
    if found is None:
        names = " and ".join(factor.grouping.name for factor in fit.factors)
        raise ModelError(
            f"{names} are crossed: no part of the data is independent of the rest", remedy=_INSTEAD
        )
    return found


def clusters(fit: Fit) -> Iterator[tuple[Array, Array, Array]]:
    """V (g, r, r) relative to sigma², X (g, r, p) and residuals (g, r) of g equally large parts, in internal units.

    Raises ``ModelError`` where no part is independent of the rest, or one has more than 2000 rows beside several
    factors.
    """
    factor = cluster_factor(fit)
    XY, Z, _ = internal_units(fit.design)
    X, e = XY[:, :-1], XY[:, -1] - XY[:, :-1] @ fit.optimum.at.beta
    if len(fit.factors) == 1:
        yield from _by_size(fit, X, Z, e)
    else:
        yield from _one_by_one(fit, factor, X, Z, e)


def _by_size(fit: Fit, X: Array, Z: Array, e: Array) -> Iterator[tuple[Array, Array, Array]]:
    """Groups of a size together; those longer than q + p turned into the span of their [Z X], where r = q + p."""
    codes, sizes = fit.grouping.codes, fit.grouping.sizes
    order = np.argsort(codes, kind="stable")
    start = np.cumsum(sizes) - sizes
    q, p = Z.shape[1], X.shape[1]
    for size in np.unique(sizes):
        rows = order[start[sizes == size][:, None] + np.arange(size)]
        own, x, left = Z[rows], X[rows], e[rows]
        if size > q + p:
            Q, R = np.linalg.qr(np.concatenate([own, x], axis=2))
            own, x, left = R[:, :, :q], R[:, :, q:], np.einsum("gnr,gn->gr", Q, left)
        spread = own @ fit.optimum.T
        yield np.eye(spread.shape[1]) + spread @ spread.transpose(0, 2, 1), x, left


def _one_by_one(
    fit: Fit, factor: Factor, X: Array, Z: Array, e: Array
) -> Iterator[tuple[Array, Array, Array]]:
    largest = int(factor.grouping.sizes.max())
    if largest > _LARGEST:
        raise ModelError(
            f"a group of {factor.grouping.name} has {largest} rows: up to {_LARGEST} are looked at",
            remedy=_INSTEAD,
        )
    R = all_columns(Z, fit.factors, fit.optimum.T)
    for rows in np.split(
        np.argsort(factor.grouping.codes, kind="stable"), np.cumsum(factor.grouping.sizes)[:-1]
    ):
        own = R[rows]
        V = np.eye(len(rows)) + (own @ own.T).toarray()
        yield V[None], X[rows][None], e[rows][None]
