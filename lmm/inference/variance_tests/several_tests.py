"""One random effect of several grouping factors, tested: likelihood ratios, and F tests that are exact.

The F tests hold whatever the other variances are. Where the effect's columns are not made up by those of the other
effects, these are taken as fixed (Seely and El-Bassiouni 1983, Ann. Stat. 11:197). An outer factor's columns are made
up by those nested in it; there the means of equally large inner groups are the data, which scatter alike about the
outer groups' lines (Searle, Casella and McCulloch 1992, Variance Components, section 4.4).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.linalg import qr
from scipy.special import fdtrc

from lmm.inference.groups.nesting import lie
from lmm.inference.variance_tests.boundary_panel import PanelTest, likelihood_ratio_rows
from lmm.inference.variance_tests.tested import without_effect_of
from lmm.model.factors import Factor
from lmm.model.fit import Fit
from lmm.model.several.effects import all_columns
from lmm.model.units import internal_units
from lmm.numerics import Array

# Columns of all effects together times rows: they are made orthogonal as one dense matrix.
_MOST_NUMBERS = 4_000_000

# What a column leaves that the others make up, relative to the largest.
_MADE_UP = 1e-9


def several_panel(fit: Fit, term: str, group: str) -> tuple[PanelTest, ...]:
    """The tests of a random column of one of several factors, by the fit's own criterion (REML or ML).

    ``naive`` and ``mixture`` as in ``boundary_panel`` (the mixture is for many groups, other variances off zero);
    ``wald_f`` where the other effects leave the tested one its own, ``means_f`` where its groups hold equally large
    inner ones. Raises ``ModelError`` for an effect that is not there or stands alone.
    """
    smaller = without_effect_of(fit, term, group)
    dof = len(fit.theta) - len(smaller.theta)
    naive, mixture = likelihood_ratio_rows(fit, term, smaller.criterion, dof)
    rows = [naive, mixture]
    for method, test in (("wald_f", _others_fixed), ("means_f", _of_means)):
        found = test(fit, term, group)
        if found is not None:
            f, between, within = found
            rows.append(
                replace(
                    naive,
                    method=method,
                    criterion=None,
                    statistic=f,
                    dof=(between, within),
                    p=float(fdtrc(between, within, f)),
                )
            )
            break
    return tuple(rows)


def _factor(fit: Fit, group: str) -> Factor:
    return next(factor for factor in fit.factors if factor.grouping.name == group)


def _others_fixed(fit: Fit, term: str, group: str) -> tuple[float, int, int] | None:
    """F and its degrees of freedom with all other effects as fixed; ``None`` where these leave nothing."""
    effects = sum(factor.size for factor in fit.factors)
    if (effects + fit.p) * fit.n > _MOST_NUMBERS:
        return None
    XY, Z, _ = internal_units(fit.design)
    factor = _factor(fit, group)
    tested = next(j for j in factor.columns if fit.random_names[j] == term)
    own = replace(factor, columns=np.array([tested]))
    rest = [
        replace(each, columns=kept) for each in fit.factors if (kept := _without(each, tested)).size
    ]
    before = np.column_stack([XY[:, :-1], *(all_columns(Z, [each]).toarray() for each in rest)])
    return _f_test(XY[:, -1], before, all_columns(Z, [own]).toarray())


def _without(factor: Factor, column: int) -> np.ndarray:
    return factor.columns[factor.columns != column]


def _of_means(fit: Fit, term: str, group: str) -> tuple[float, int, int] | None:
    """F between the groups on the means of inner groups; ``None`` but for two nested factors, inner sizes equal."""
    outer = _factor(fit, group)
    inner = [factor for factor in fit.factors if factor is not outer]
    if len(inner) != 1 or fit.random_names != ("Intercept", "Intercept") or term != "Intercept":
        return None
    grouping = inner[0].grouping
    equal = grouping.sizes.min() == grouping.sizes.max() and fit.design.weights is None
    if not equal or lie(grouping, outer.grouping).relation != "within":
        return None
    XY, _, _ = internal_units(fit.design)
    means = np.column_stack(
        [np.bincount(grouping.codes, weights=column) / grouping.sizes for column in XY.T]
    )
    codes = np.empty(grouping.m, np.intp)
    codes[grouping.codes] = outer.grouping.codes
    return _f_test(means[:, -1], means[:, :-1], np.eye(outer.m)[codes])


def _f_test(y: Array, before: Array, added: Array) -> tuple[float, int, int] | None:
    """F of the ``added`` columns beside those ``before``."""
    first = _basis(before)
    left = added - first @ (first.T @ added)
    size = np.sqrt(np.einsum("nk,nk->k", added, added))
    second = _basis(left[:, size > 0] / size[size > 0])
    second -= first @ (first.T @ second)
    y = y - first @ (first.T @ y)
    part = second.T @ y
    between, within = second.shape[1], len(y) - first.shape[1] - second.shape[1]
    if between == 0 or within <= 0:
        return None
    y = y - second @ part
    squares = float(y @ y)
    return (float(part @ part) / between / (squares / within), between, within) if squares else None


def _basis(columns: Array) -> Array:
    """An orthonormal basis of the columns' span, (n, rank); columns scaled to one size first."""
    size = np.sqrt(np.einsum("nk,nk->k", columns, columns))
    some = columns[:, size > _MADE_UP]
    if some.shape[1] == 0:
        return some
    Q, R, _ = qr(some / np.maximum(size[size > _MADE_UP], 1.0), mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(R))
    return Q[:, diagonal > _MADE_UP * max(1.0, diagonal[0])]
