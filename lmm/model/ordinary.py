"""Ordinary regressions: one line for all (pooled), or a fixed intercept per group (stratified).

The stratified fit never builds a column per group: rows are taken relative to their group's mean
(the within transformation; Wooldridge 2010, section 10.5), and the intercepts follow by substitution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import ModelError
from lmm.model.columns import independent_columns
from lmm.model.design import Design
from lmm.model.formula import Bar, Formula, parse_formula
from lmm.model.groups import Grouping
from lmm.model.outline import Outline
from lmm.model.weights import Weights, weighted_design
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinaryFit:
    """Least squares: ``names`` and ``beta`` (p,) with ``vcov``; a stratified fit has ``intercepts`` too.

    ``total_squares`` is the sum of squares of y about its mean; every square counts with its row's prior
    weight. Likelihoods are at the maximum.
    """

    design: Design
    names: tuple[str, ...]
    beta: Array
    vcov: Array
    residuals: Array
    dof_residual: int
    total_squares: float
    columns_dropped: tuple[str, ...]
    grouping: Grouping | None = None
    intercepts: Array | None = None
    intercept_se: Array | None = None

    @property
    def outline(self) -> Outline:
        """The design but for its rows."""
        return self.design

    @property
    def n(self) -> int:
        """Rows used."""
        return len(self.residuals)

    @property
    def residual_squares(self) -> float:
        """The residual sum of squares."""
        return float(_roots(self.design) ** 2 @ self.residuals**2)

    @property
    def sigma(self) -> float:
        """The residual standard error."""
        return float(np.sqrt(self.residual_squares / self.dof_residual))

    @property
    def parameters(self) -> int:
        """Free parameters, sigma and group intercepts among them."""
        return self.n - self.dof_residual + 1

    @property
    def log_likelihood(self) -> float:
        """The Gaussian log-likelihood at its maximum (sigma² = residual squares / n)."""
        at_one = -0.5 * self.n * (1.0 + np.log(2.0 * np.pi * self.residual_squares / self.n))
        return at_one + float(np.log(_roots(self.design)).sum())

    @property
    def r_squared(self) -> float:
        """Share of the variation about the mean that the fit explains."""
        return 1.0 - self.residual_squares / self.total_squares

    @property
    def f_statistic(self) -> float:
        """F against the model with one intercept only."""
        free = self.n - self.dof_residual - 1
        return (self.total_squares - self.residual_squares) / free / self.sigma**2


def fit_pooled(
    formula: str | Formula,
    table: pd.DataFrame | Mapping[str, Any],
    *,
    weights: Weights | None = None,
) -> OrdinaryFit:
    """One regression for all rows; random terms of the formula are left out."""
    formula = _parsed(formula)
    design = weighted_design(replace(formula, bars=()), table, weights)
    return _least_squares(design)


def fit_stratified(
    formula: str | Formula,
    table: pd.DataFrame | Mapping[str, Any],
    *,
    group: str,
    weights: Weights | None = None,
) -> OrdinaryFit:
    """A fixed intercept for each level of ``group`` and shared slopes for the rest.

    Columns that do not vary within any group cannot be told from the intercepts: they are dropped and
    named. Raises ``ModelError`` where no degree of freedom is left.
    """
    formula = _parsed(formula)
    bar = Bar(intercept=True, terms=(), group=(group,))
    design = weighted_design(replace(formula, intercept=True, bars=(bar,)), table, weights)
    grouping = design.blocks[0].grouping
    shared = [j for j, name in enumerate(design.names) if name != "Intercept"]
    X, y, roots = design.X[:, shared], design.y, _roots(design)
    X_mean, y_mean = (
        _group_means(X, grouping, roots),
        _group_means(y[:, None], grouping, roots)[:, 0],
    )
    within = X - X_mean[grouping.codes]
    size = np.sqrt(np.einsum("ij,ij->j", X, X))
    varies = np.sqrt(np.einsum("ij,ij->j", within, within)) > 1e-10 * np.where(size > 0, size, 1.0)
    kept = [j for j in np.flatnonzero(varies)]
    kept = [kept[j] for j in independent_columns(within[:, kept])] if kept else []
    dof = len(y) - grouping.m - len(kept)
    if dof <= 0:
        raise ModelError(
            f"{len(y)} rows cannot carry {grouping.m} intercepts and {len(kept)} slopes",
            remedy="The stratified model needs repeated measurements per group.",
        )
    beta, inverse, residuals = _solve(y - y_mean[grouping.codes], within[:, kept], roots)
    _check_residual(residuals, design)
    sigma2 = float(roots**2 @ residuals**2) / dof
    mean, total = X_mean[:, kept], np.bincount(grouping.codes, weights=roots**2)
    return OrdinaryFit(
        design=design,
        names=tuple(design.names[shared[j]] for j in kept),
        beta=beta,
        vcov=sigma2 * inverse,
        residuals=residuals,
        dof_residual=dof,
        total_squares=_squares_about_mean(y, roots),
        columns_dropped=tuple(design.names[shared[j]] for j in range(len(shared)) if j not in kept),
        grouping=grouping,
        intercepts=y_mean - mean @ beta,
        intercept_se=np.sqrt(
            sigma2 * (1.0 / total + np.einsum("mp,pr,mr->m", mean, inverse, mean))
        ),
    )


def _parsed(formula: str | Formula) -> Formula:
    return parse_formula(formula) if isinstance(formula, str) else formula


def _least_squares(design: Design) -> OrdinaryFit:
    roots = _roots(design)
    beta, inverse, residuals = _solve(design.y, design.X, roots)
    _check_residual(residuals, design)
    dof = len(design.y) - design.X.shape[1]
    return OrdinaryFit(
        design=design,
        names=design.names,
        beta=beta,
        vcov=float(roots**2 @ residuals**2) / dof * inverse,
        residuals=residuals,
        dof_residual=dof,
        total_squares=_squares_about_mean(design.y, roots),
        columns_dropped=design.columns_dropped,
    )


def _check_residual(residuals: Array, design: Design) -> None:
    """Without any residual the likelihood has no maximum and no standard error means anything."""
    if np.abs(residuals).max() <= 1e-13 * np.abs(design.y).max():
        raise ModelError(
            f"the terms reproduce the outcome {design.formula.response!r} exactly: no residual is left",
            where="formula",
            remedy="Is the outcome, or a copy of it, among the terms?",
        )


def _roots(design: Design) -> Array:
    """The square roots of the prior weights, (n,)."""
    return np.ones(len(design.y)) if design.weights is None else np.sqrt(design.weights)


def _solve(y: Array, X: Array, roots: Array) -> tuple[Array, Array, Array]:
    """Coefficients, (X'WX)⁻¹ and residuals by the QR factors of √W·X (independent columns, scaled to length one)."""
    if X.shape[1] == 0:
        return np.empty(0), np.empty((0, 0)), y.copy()
    weighted = X * roots[:, None]
    size = np.sqrt(np.einsum("ij,ij->j", weighted, weighted))
    Q, R = np.linalg.qr(weighted / size)
    root = np.linalg.inv(R) / size[:, None]
    beta = root @ (Q.T @ (y * roots))
    return beta, root @ root.T, y - X @ beta


def _group_means(columns: Array, grouping: Grouping, roots: Array) -> Array:
    weights = roots**2
    sums = [
        np.bincount(grouping.codes, weights=weights * columns[:, j], minlength=grouping.m)
        for j in range(columns.shape[1])
    ]
    means = np.column_stack(sums) if sums else np.empty((grouping.m, 0))
    return means / np.bincount(grouping.codes, weights=weights)[:, None]


def _squares_about_mean(y: Array, roots: Array) -> float:
    centred = y - np.average(y, weights=roots**2)
    return float(roots**2 @ centred**2)
