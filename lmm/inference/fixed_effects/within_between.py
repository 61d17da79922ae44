"""Within or between: what a covariate does inside groups, what its group means do, and whether these differ.

Mundlak 1978, Econometrica 46:69; Bell, Fairbrother and Jones 2019, Qual. Quant. 53:1051.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lmm.inference.fixed_effects.between_within import varies_within
from lmm.inference.fixed_effects.coefficients import FixedEffect, coefficient, fixed_effects
from lmm.inference.fixed_effects.group_regressions import (
    GroupRegression,
    between_regression,
    group_means,
    means_vary,
    within_regression,
)
from lmm.model.columns import independent_columns
from lmm.model.fit import Fit, fit_design


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """An estimate with its standard error, degrees of freedom, t, p of zero, and t interval."""

    estimate: float
    se: float
    dof: float
    t: float
    p: float
    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinBetween:
    """One covariate that varies within groups.

    ``between_share`` is how much of its variation lies between groups. ``model`` is the fit's own estimate,
    which mixes ``within`` (groups with intercepts of their own) and ``between`` (of groups' means);
    ``contextual`` is the coefficient of the group's mean beside the covariate, zero where the two agree.
    ``None`` where the data have no such estimate: equal means in all groups, say, or too few groups.
    """

    term: str
    between_share: float
    model: Slope
    within: Slope | None
    between: Slope | None
    contextual: Slope | None


def within_between(
    fit: Fit, *, method: str = "auto", confidence: float = 0.95
) -> tuple[WithinBetween, ...]:
    """A row for each column of X that varies within groups; ``method`` as in ``fixed_effects``.

    The contextual coefficients come from one more fit, with the means of all these columns added.
    Raises ``ModelError`` for several grouping factors.
    """
    inner = np.flatnonzero(varies_within(fit))
    own = fixed_effects(fit, method=method, confidence=confidence)
    within, between = within_regression(fit), between_regression(fit)
    context = _contextual(fit, inner, method, confidence)
    means = group_means(fit, fit.design.X)
    vary = means_vary(means)
    rows = []
    for j in map(int, inner):
        x = fit.design.X[:, j]
        about = x - x.mean()
        left = x - means[fit.grouping.codes, j]
        rows.append(
            WithinBetween(
                term=fit.design.names[j],
                between_share=1.0 - float(left @ left) / float(about @ about) if vary[j] else 0.0,
                model=_of(own[j]),
                within=_slope(within, j, "within groups", confidence),
                between=_slope(between, j, "between groups", confidence) if vary[j] else None,
                contextual=context.get(j),
            )
        )
    return tuple(rows)


def mundlak_fit(fit: Fit) -> tuple[Fit, dict[int, int]]:
    """The fit with the group means of its varying columns beside them, and where these stand: {column: place}.

    Means that the other columns make up, in balanced data those of all groups' common times, are left out.
    """
    design, p = fit.design, fit.p
    means = group_means(fit, design.X)
    inner = np.flatnonzero(varies_within(fit) & means_vary(means))
    X = np.column_stack([design.X, means[fit.grouping.codes][:, inner]])
    added = [j for j in independent_columns(X) if j >= p]
    if not added:
        return fit, {}
    names = tuple(f"mean of {design.names[inner[j - p]]}" for j in added)
    kept = tuple(range(p + len(added)))
    # the encoding only lends its names: the added columns belong to these rows
    encoding = replace(design.encoding, names=design.names + names, kept=kept, specification=None)
    wider = replace(design, X=X[:, [*range(p), *added]], encoding=encoding)
    places = {int(inner[j - p]): p + k for k, j in enumerate(added)}
    return fit_design(wider, reml=fit.reml), places


def _contextual(fit: Fit, inner: np.ndarray, method: str, confidence: float) -> dict[int, Slope]:
    if not inner.size:
        return {}
    wider, places = mundlak_fit(fit)
    if not places:
        return {}
    rows = fixed_effects(wider, method=method, confidence=confidence)
    # as many means as groups: what lies between is not told from the coefficient
    return {j: _of(rows[k]) for j, k in places.items() if np.isfinite(rows[k].se)}


def _of(row: FixedEffect) -> Slope:
    return Slope(
        estimate=row.estimate,
        se=row.se,
        dof=row.dof,
        t=row.t,
        p=row.p,
        low=row.low,
        high=row.high,
        method=row.dof_method,
    )


def _slope(
    regression: GroupRegression | None, column: int, method: str, confidence: float
) -> Slope | None:
    if regression is None or column not in regression.columns:
        return None
    k = regression.columns.index(column)
    estimate, se = float(regression.beta[k]), float(np.sqrt(regression.vcov[k, k]))
    return _of(coefficient("", estimate, se, regression.dof, method=method, confidence=confidence))
