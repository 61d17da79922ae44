"""``Design`` to ``Fit``: the optimum of a linear mixed model, in the user's units, with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from lmm.model.covariance import covariance_template
from lmm.model.design import Design
from lmm.model.determined import (
    check_outcome_left,
    check_residual,
    check_residual_of_several,
    largest_outcome,
)
from lmm.model.factors import factors_of, in_lme4s_order
from lmm.model.fitted import Fit, in_users_units
from lmm.model.formula import Formula, parse_formula
from lmm.model.outline import Outline
from lmm.model.search.objective import OneFactor, SeveralFactors
from lmm.model.search.one_factor import search_one_factor
from lmm.model.search.optimizer import minimise, stay
from lmm.model.several.blocks import crossed_statistics
from lmm.model.statistics import GroupStatistics, statistics_of_blocks
from lmm.model.units import Units, change_of_units
from lmm.model.weights import Weights, weighted_design
from lmm.numerics import Array

__all__ = ["Fit", "fit_design", "fit_mixed", "fit_statistics", "in_users_units", "refit"]


def fit_mixed(
    formula: str | Formula,
    table: pd.DataFrame | Mapping[str, Any],
    *,
    reml: bool = True,
    start: Array | None = None,
    weights: Weights | None = None,
) -> Fit:
    """Fit a linear mixed model to a table by REML or ML; ``weights`` as in ``weighted_design``.

    Raises ``FormulaError``, ``DataError`` or ``ModelError`` where the request cannot be met.
    """
    if isinstance(formula, str):
        formula = parse_formula(formula)
    return fit_design(weighted_design(formula, table, weights), reml=reml, start=start)


def fit_design(
    design: Design, *, reml: bool = True, start: Array | None = None, search: bool = True
) -> Fit:
    """Fit the model of a design; ``start`` is a theta in internal units, and the optimum where ``search`` is false."""
    factors = factors_of(design)
    if len(factors) != 1:
        return _fit_several(in_lme4s_order(design), reml=reml, start=start, search=search)
    change = change_of_units(design)
    columns = partial(change.columns, design)
    statistics = statistics_of_blocks(columns, factors[0].grouping.codes, factors[0].m)
    check_outcome_left(design.formula, largest_outcome(design), statistics, change.units)
    check_residual(statistics)
    return fit_statistics(design, statistics, change.units, reml=reml, start=start, search=search)


def fit_statistics(
    outline: Outline,
    statistics: GroupStatistics,
    units: Units,
    *,
    reml: bool = True,
    start: Array | None = None,
    search: bool = True,
) -> Fit:
    """Fit the model of one grouping factor from sufficient statistics alone; ``start`` as in ``fit_design``."""
    template = covariance_template(tuple(len(block.names) for block in outline.blocks))
    optimum = (
        search_one_factor(statistics, template, reml=reml, start=start)
        if search or start is None
        else stay(OneFactor(statistics=statistics, reml=reml), template, start)
    )
    return in_users_units(outline, sufficient=statistics, units=units, optimum=optimum, reml=reml)


def _fit_several(design: Design, *, reml: bool, start: Array | None, search: bool) -> Fit:
    change = change_of_units(design)
    template = covariance_template(tuple(len(block.names) for block in design.blocks))
    sufficient = crossed_statistics(*change.columns(design), factors_of(design), template.pairs)
    check_outcome_left(design.formula, largest_outcome(design), sufficient.own, change.units)
    check_residual_of_several(sufficient)
    several = SeveralFactors(statistics=sufficient, reml=reml)
    first = several.start if start is None else template.factor(start)
    optimum = (
        minimise(several, template, start=None if first is None else template.theta(first))
        if search or start is None
        else stay(several, template, start)
    )
    return in_users_units(
        design, sufficient=sufficient, units=change.units, optimum=optimum, reml=reml
    )


def refit(fit: Fit, *, reml: bool) -> Fit:
    """The same model fitted by the other criterion, warm-started where one minimum is to be expected."""
    theta = fit.template.theta(fit.optimum.T)
    if isinstance(fit.sufficient, GroupStatistics):
        start = None if OneFactor(statistics=fit.sufficient, reml=reml).few else theta
        again = fit_statistics(fit.outline, fit.sufficient, fit.units, reml=reml, start=start)
    else:
        start = None if SeveralFactors(statistics=fit.sufficient, reml=reml).few else theta
        again = fit_design(fit.design, reml=reml, start=start)
    return replace(again, main=fit.main)
