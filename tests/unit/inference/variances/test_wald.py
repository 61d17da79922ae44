"""Wald's F against R's anova of the group dummies; the interval against its defining equation and its coverage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import fdtri

from lmm.errors import ModelError
from lmm.inference.variances.wald import variance_ratio_interval, wald_test
from lmm.model.design import build_design
from lmm.model.fit import fit_design, fit_mixed
from lmm.model.formula import parse_formula


def test_course_studies(nepal, nepal_intercept, nepal_slope, pig):
    """R: anova(lm(arm ~ ageC), lm(arm ~ ageC + factor(id))), and of the slopes likewise."""
    row = wald_test(nepal_intercept, "Intercept")
    assert (row.f, row.between, row.within) == (pytest.approx(14.131572654, rel=1e-9), 196, 684)
    assert row.p == pytest.approx(3.76341690749e-151, rel=1e-8)
    slope = wald_test(nepal_slope, "ageC")
    assert (slope.f, slope.between, slope.within) == (pytest.approx(1.75876466807), 189, 495)
    assert slope.p == pytest.approx(5.87935955492e-07, rel=1e-8)
    level = wald_test(nepal_slope, "Intercept")
    assert level.f == pytest.approx(5.24179795667, rel=1e-9)
    pigs = wald_test(fit_mixed("weight ~ weeks + (1 | id)", pig), "Intercept")
    assert (pigs.f, pigs.between, pigs.within) == (pytest.approx(32.0092519082), 47, 383)
    weeks = wald_test(fit_mixed("weight ~ weeks + (weeks | id)", pig), "weeks")
    assert (weeks.f, weeks.between, weeks.within) == (pytest.approx(15.278130691), 47, 336)


def test_the_slopes_test_knows_no_origin_and_no_correlation(nepal, nepal_slope):
    first = wald_test(nepal_slope, "ageC")
    for formula in ("arm ~ age + (age | id)", "arm ~ age + (age || id)"):
        again = wald_test(fit_mixed(formula, nepal), "age")
        assert again.f == pytest.approx(first.f, rel=1e-9)
        assert (again.between, again.within) == (first.between, first.within)


def residual_squares(y, X):
    left = y - X @ np.linalg.lstsq(X, y)[0]
    return left @ left, len(y) - np.linalg.matrix_rank(X)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("between", [False, True])
def test_dummies_written_out(small, place, between):
    """Groups of one row, a covariate of the groups: ranks are what a dense regression finds."""
    table = small.assign(w=np.random.default_rng(5).normal(size=9)[small["g"]])
    fit = fit_mixed(f"y ~ x {'+ w' if between else ''} + (x | g)", table)
    dummies = np.eye(9)[fit.grouping.codes]
    own = [dummies * fit.Z[:, [k]] for k in (0, 1)]
    X = fit.design.X
    without, dof = residual_squares(fit.design.y, np.column_stack([X, own[1 - place]]))
    full, within = residual_squares(fit.design.y, np.column_stack([X, *own]))
    row = wald_test(fit, fit.random_names[place])
    assert (row.between, row.within) == (dof - within, within)
    assert row.f == pytest.approx((without - full) / (dof - within) / (full / within), rel=1e-9)


@pytest.mark.parametrize("place", [0, 1])
def test_prior_weights_are_weighted_least_squares(small, place):
    """Every row of the dense regressions times the root of its weight."""
    weights = np.random.default_rng(6).uniform(0.5, 20.0, len(small))
    fit = fit_mixed("y ~ x + (x | g)", small, weights=weights)
    root = np.sqrt(weights)
    own = [np.eye(9)[fit.grouping.codes] * fit.Z[:, [k]] * root[:, None] for k in (0, 1)]
    y, X = root * fit.design.y, root[:, None] * fit.design.X
    without, dof = residual_squares(y, np.column_stack([X, own[1 - place]]))
    full, within = residual_squares(y, np.column_stack([X, *own]))
    row = wald_test(fit, fit.random_names[place])
    assert row.f == pytest.approx((without - full) / (dof - within) / (full / within), rel=1e-9)


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (0 + x | g)"])
def test_the_interval_solves_its_equation(small, formula):
    """F(λ) from generalised least squares on V = I + λZZ' written out."""
    fit = fit_mixed(formula, small)
    y, X = fit.design.y, fit.design.X
    Z = np.eye(9)[fit.grouping.codes] * fit.Z
    full, within = residual_squares(y, np.column_stack([X, Z]))
    between = len(y) - X.shape[1] - within
    found = variance_ratio_interval(fit, confidence=0.9)
    for ratio, quantile in ((found.low, 0.95), (found.high, 0.05)):
        root = np.linalg.inv(np.linalg.cholesky(np.eye(len(y)) + ratio * Z @ Z.T))
        weighted, _ = residual_squares(root @ y, root @ X)
        f = (weighted - full) / between / (full / within)
        assert f == pytest.approx(fdtri(between, within, quantile), rel=1e-8)


def test_a_ratio_of_zero_is_the_low_end_where_the_test_does_not_reject(read):
    fit = fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2"))
    found = variance_ratio_interval(fit)
    assert found.low == 0.0 < found.high
    assert wald_test(fit, "Intercept").p > 0.025


def test_coverage_in_an_unbalanced_layout():
    """8 groups of 1 to 8 rows, λ = 1: exact, so 400 intervals cover within Monte Carlo error."""
    rng = np.random.default_rng(17)
    g = np.repeat(np.arange(8), np.arange(1, 9))
    table = pd.DataFrame({"y": rng.normal(size=len(g)), "x": rng.normal(size=len(g)), "g": g})
    design = build_design(parse_formula("y ~ x + (1 | g)"), table)
    covered, below = 0, 0
    for _ in range(400):
        y = rng.normal(size=8)[g] + rng.normal(size=len(g))
        found = variance_ratio_interval(fit_design(replace(design, y=y)), confidence=0.8)
        covered += found.low <= 1.0 <= found.high
        below += found.low > 1.0
    assert covered / 400 == pytest.approx(0.8, abs=4.0 * np.sqrt(0.16 / 400))
    assert below / 400 == pytest.approx(0.1, abs=4.0 * np.sqrt(0.09 / 400))


def test_what_leaves_nothing_to_test_with(sleep):
    pairs = sleep.groupby("Subject").head(2)
    fit = fit_mixed("Reaction ~ Days + (1 | Subject)", pairs)
    assert wald_test(fit, "Intercept").within == 17
    with pytest.raises(ModelError, match="no random effect"):
        wald_test(fit, "Days")
    with pytest.raises(ModelError, match="one random effect"):
        variance_ratio_interval(fit_mixed("Reaction ~ Days + (Days | Subject)", sleep))
    with pytest.raises(ModelError, match="nothing to test"):
        wald_test(fit_mixed("Reaction ~ Days * C(Subject) + (1 | Subject)", sleep), "Intercept")
