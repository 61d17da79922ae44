"""Recipes for the figures of the growing pigs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import lmm
from lmm.inference.fixed_effects.coefficients import group_intercepts
from lmm.inference.groups.pooling import pooled_levels
from lmm.inference.variance_tests.comparison import random_effect_test
from lmm.inference.variances.icc import intraclass_correlation
from tests.engine import criterion_of_engine
from tests.reference.course.quantities import (
    Quantities,
    coefficients,
    of_mixed,
    of_ordinary,
    of_random_intercept,
)
from tests.reference.course.tables import CourseTables

LINE = "weight ~ weeks"
RANDOM_INTERCEPT = "weight ~ weeks + (1 | id)"


def pooled(tables: CourseTables) -> Quantities:
    return of_ordinary(lmm.pooled(LINE, tables.pigs))


def stratified(tables: CourseTables) -> Quantities:
    """Per pig, its own intercept; R squared about zero is what R gives for a call without intercept."""
    results = lmm.stratified(LINE, tables.pigs, group="id")
    fit = results.fit
    squares = float(fit.design.y @ fit.design.y)
    explained = squares - fit.residual_squares
    intercepts = coefficients(group_intercepts(fit))
    return of_ordinary(results) | {
        **{f"pig {name}": value for name, value in intercepts.items()},
        "R squared about zero": explained / squares,
        "F about zero": explained / (fit.n - fit.dof_residual) / fit.sigma**2,
    }


def random_intercept(tables: CourseTables) -> Quantities:
    results = lmm.fit(RANDOM_INTERCEPT, tables.pigs)
    own = lmm.stratified(LINE, tables.pigs, group="id")
    kept = {row.kept for row in pooled_levels(own.fit, results.fit, slope="weeks")}
    assert len(kept) == 1, "nine weighings each: one weight for all"
    return of_random_intercept(results) | {"kept share": kept.pop()}


def random_intercept_ml(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(RANDOM_INTERCEPT, tables.pigs, reml=False))


def icc_of_chosen_spread(tables: CourseTables) -> Quantities:
    """The titles of slides 29 and 30: our ICC where the two spreads are set, not estimated."""
    fit = lmm.fit(RANDOM_INTERCEPT, tables.pigs).fit

    def icc(tau: float, sigma: float) -> float:
        return intraclass_correlation(replace(fit, T=np.array([[tau / sigma]]), sigma=sigma)).value

    return {f"tau {tau:g}": icc(tau, 2.0) for tau in (0.5, 4.0, 16.0)} | {
        f"sigma2 {variance:g}": icc(4.0, np.sqrt(variance)) for variance in (0.5, 4.0, 16.0)
    }


def restricted_ratio(tables: CourseTables) -> Quantities:
    """Restricted likelihood ratios: of the random intercept, and of an independent slope beside it."""
    small = lmm.fit(RANDOM_INTERCEPT, tables.pigs).fit
    large = lmm.fit("weight ~ weeks + (weeks || id)", tables.pigs).fit
    without = criterion_of_engine(small.design, [0.0], reml=True)
    return {
        "intercept ratio": without - small.criterion,
        "slope ratio": random_effect_test(("intercept", small), ("slope", large)).statistic,
    }
