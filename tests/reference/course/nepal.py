"""Recipes for the models of the Nepalese children."""

from __future__ import annotations

import numpy as np

import lmm
from lmm.inference.fixed_effects.coefficients import coefficient
from lmm.inference.variance_tests.comparison import information_criteria, random_effect_test
from tests.engine import criterion_of_engine
from tests.reference.course.quantities import (
    NORMAL,
    Quantities,
    coefficients,
    of_mixed,
    of_ordinary,
    of_random_intercept,
)
from tests.reference.course.r_random import normals
from tests.reference.course.tables import CODES, CourseTables

LINE = "arm ~ age"
RANDOM_INTERCEPT_BY_AGE = "arm ~ age + (1 | id)"  # the intercept at birth
RANDOM_INTERCEPT = "arm ~ ageC + (1 | id)"  # at the age of three, as all that follows slide 65
LITERACY = "arm ~ age + lit + (1 | id)"
RANDOM_SLOPE = "arm ~ ageC + (ageC | id)"
GROWTH = "arm ~ C(sex) * ageC + lit * ageC + wt + (ageC | id)"


def cleaning(tables: CourseTables) -> Quantities:
    table = tables.nepal_cleaned
    coded = {recoded.code: recoded.rows for recoded in table.ledger.recoded}
    sizes = table.frame["id"].value_counts()
    return {
        "rows read": table.ledger.rows_read,
        "rows": table.ledger.rows_used,
        "groups": table.ledger.groups_used,
        "arm coded 99.9": coded[99.9],
        "arm coded 88.8": coded[88.8],
        "wt coded, arm known": int(table.frame["wt"].isin(CODES).sum()),
        **{f"children of size {size}": int((sizes == size).sum()) for size in range(1, 6)},
    }


def pooled(tables: CourseTables) -> Quantities:
    return of_ordinary(lmm.pooled(LINE, tables.nepal))


def stratified(tables: CourseTables) -> Quantities:
    """With R's contrasts: the intercept is child 1's, each other child has its difference from it."""
    results = lmm.stratified(LINE, tables.nepal, group="id")
    fit = results.fit
    sizes, x = fit.grouping.sizes, fit.design.X[:, fit.design.names.index("age")]
    mean = np.bincount(fit.grouping.codes, weights=x) / sizes
    first = coefficient(
        "Intercept", fit.intercepts[0], fit.intercept_se[0], fit.dof_residual, method="residual"
    )
    others = []
    for child in ("2", "199", "200"):
        i = fit.grouping.levels.index(child)
        free = fit.sigma**2 * (1.0 / sizes[0] + 1.0 / sizes[i])
        se = np.sqrt(free + (mean[i] - mean[0]) ** 2 * fit.vcov[0, 0])
        difference = fit.intercepts[i] - fit.intercepts[0]
        others.append(
            coefficient(f"child {child}", difference, se, fit.dof_residual, method="residual")
        )
    return of_ordinary(results) | coefficients((first, *others))


def random_intercept(tables: CourseTables) -> Quantities:
    results = lmm.fit(RANDOM_INTERCEPT_BY_AGE, tables.nepal)
    found = of_random_intercept(results)
    reach = NORMAL * found["age se"]
    return found | {
        "ML deviance there": criterion_of_engine(results.fit.design, results.theta, reml=False),
        "age normal interval low": found["age estimate"] - reach,
        "age normal interval high": found["age estimate"] + reach,
    }


def literacy(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(LITERACY, tables.nepal))


def added_noise(tables: CourseTables) -> Quantities:
    """Slide 48: normal errors of variance 2 added to the outcome, drawn as R does after set.seed(123)."""
    noise = np.sqrt(2.0) * normals(len(tables.nepal), seed=123)
    noisy = tables.nepal.assign(arm2=tables.nepal["arm"] + noise)
    return of_random_intercept(lmm.fit("arm2 ~ age + (1 | id)", noisy))


def random_slope(tables: CourseTables) -> Quantities:
    results = lmm.fit(RANDOM_SLOPE, tables.nepal)
    fit, found = results.fit, of_mixed(results)
    slope, spread = found["ageC estimate"], NORMAL * found["ageC sd"]
    return found | {
        "middle 95% of slopes low": slope - spread,
        "middle 95% of slopes high": slope + spread,
        "id of smallest intercept": int(fit.grouping.levels[int(fit.b[:, 0].argmin())]),
        "id of largest slope": int(fit.grouping.levels[int(fit.b[:, 1].argmax())]),
    }


def new_child(tables: CourseTables) -> Quantities:
    """Slide 75: half the width in which the middle 95% of simulated children lie, by age less 36."""
    Psi = lmm.fit(RANDOM_SLOPE, tables.nepal).fit.Psi
    rows = {at: np.array([1.0, at]) for at in (-36, 0, 24)}
    return {f"half width at {at}": NORMAL * np.sqrt(z @ Psi @ z) for at, z in rows.items()}


def random_intercept_ml(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(RANDOM_INTERCEPT, tables.nepal, reml=False))


def random_slope_ml(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(RANDOM_SLOPE, tables.nepal, reml=False))


def comparison(tables: CourseTables) -> Quantities:
    small = lmm.fit(RANDOM_INTERCEPT, tables.nepal, reml=False).fit
    large = lmm.fit(RANDOM_SLOPE, tables.nepal, reml=False).fit
    test = random_effect_test(("intercept", small), ("slope", large))
    by_aic = [information_criteria("", fit).aic for fit in (small, large)]
    return {
        "ratio": test.statistic,
        "ratio dof": test.dof,
        "p naive": test.p_naive,
        "p mixture": test.p_mixture,
        "aic difference": by_aic[0] - by_aic[1],
    }


def independent_slope(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit("arm ~ ageC + (1 | id) + (0 + ageC | id)", tables.nepal))


def restricted_ratio(tables: CourseTables) -> Quantities:
    """Slide 67: restricted likelihood ratios of the random intercept and of an independent slope."""
    small = lmm.fit(RANDOM_INTERCEPT, tables.nepal).fit
    large = lmm.fit("arm ~ ageC + (ageC || id)", tables.nepal).fit
    test = random_effect_test(("intercept", small), ("slope", large))
    without = criterion_of_engine(small.design, [0.0], reml=True)
    return {
        "intercept ratio": without - small.criterion,
        "slope ratio": test.statistic,
        "slope p naive": test.p_naive,
        "slope p mixture": test.p_mixture,
    }


def without_57_and_105(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(RANDOM_SLOPE, tables.nepal_without("57", "105")))


def growth_codes_kept(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(GROWTH, tables.nepal))


def growth_codes_missing(tables: CourseTables) -> Quantities:
    return of_mixed(lmm.fit(GROWTH, tables.nepal_without_codes))


def growth_weight_centred(tables: CourseTables) -> Quantities:
    """Weight less its mean, codes and all: the model that slide 81's first line announces."""
    weight = tables.nepal["wt"]
    return of_mixed(lmm.fit(GROWTH, tables.nepal.assign(wt=weight - weight.mean())))
