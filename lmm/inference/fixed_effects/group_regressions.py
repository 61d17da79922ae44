"""The two regressions behind a random intercept: within groups, and of the groups' means on each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.fixed_effects.between_within import varies_within
from lmm.model.columns import independent_columns
from lmm.model.fit import Fit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRegression:
    """Least squares of ``columns`` (of the fit's X, k of them): ``beta`` (k,), ``vcov`` (k, k), its residual ``dof``.

    ``squares`` is the residual sum of squares; between groups each group counts once.
    """

    columns: tuple[int, ...]
    beta: Array
    vcov: Array
    squares: float
    dof: int


def within_regression(fit: Fit) -> GroupRegression | None:
    """Each group with its own intercept: rows less their group's mean (Wooldridge 2010, section 10.5).

    ``None`` where no column varies within groups or no row is left over.
    """
    inner = np.flatnonzero(varies_within(fit))
    X = fit.design.X[:, inner]
    X = X - group_means(fit, X)[fit.grouping.codes]
    y = fit.design.y - group_means(fit, fit.design.y[:, None])[fit.grouping.codes, 0]
    return _least_squares(X, y, inner, fit.n - fit.statistics.m)


def between_regression(fit: Fit) -> GroupRegression | None:
    """The means of y on those of X, one row a group, unweighted; ``None`` where no group is left over."""
    X = group_means(fit, fit.design.X)
    y = group_means(fit, fit.design.y[:, None])[:, 0]
    return _least_squares(X, y, np.arange(fit.p), fit.statistics.m)


def group_means(fit: Fit, columns: Array) -> Array:
    """Means of columns (n, k) over each group, (m, k)."""
    codes, sizes = fit.grouping.codes, fit.statistics.sizes
    sums = [np.bincount(codes, weights=column, minlength=len(sizes)) for column in columns.T]
    means = np.column_stack(sums) / sizes[:, None] if sums else np.empty((len(sizes), 0))
    return means


def means_vary(means: Array) -> np.ndarray:
    """Which columns of group means (m, k) differ between groups by more than rounding, (k,)."""
    return np.ptp(means, axis=0) > 1e-10 * np.abs(means).max(axis=0)


def _least_squares(X: Array, y: Array, columns: np.ndarray, rows: int) -> GroupRegression | None:
    kept = independent_columns(X) if X.shape[1] else []
    dof = rows - len(kept)
    if not kept or dof <= 0:
        return None
    X = X[:, kept]
    size = np.sqrt(np.einsum("nk,nk->k", X, X))
    Q, R = np.linalg.qr(X / size)
    beta = np.linalg.solve(R, Q.T @ y) / size
    inverse = np.linalg.inv(R) / size[:, None]
    left = y - X @ beta
    squares = float(left @ left)
    return GroupRegression(
        columns=tuple(int(columns[j]) for j in kept),
        beta=beta,
        vcov=squares / dof * inverse @ inverse.T,
        squares=squares,
        dof=dof,
    )
