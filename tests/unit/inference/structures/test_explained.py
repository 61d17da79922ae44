"""Explained variance against performance, a dense trace, and ratios by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.structures.explained import explained_variance, null_model, variance_changes
from lmm.inference.variance_tests.bootstrap import bootstrap_intervals
from lmm.inference.variances.icc import intraclass_correlation
from lmm.model.fit import fit_mixed


def test_course_models(nepal, nepal_slope, pig):
    """performance::r2_nakagawa 0.10.2; of Nepal's independent slopes by Johnson's formula (it errs there)."""
    for fit, marginal, conditional in (
        (nepal_slope, 0.24628, 0.84508),
        (fit_mixed("arm ~ ageC + (ageC || id)", nepal), 0.24574, 0.84182),
        (fit_mixed("weight ~ weeks + (weeks | id)", pig), 0.92937, 0.99424),
    ):
        row = explained_variance(fit)
        assert (row.marginal, row.conditional) == pytest.approx((marginal, conditional), abs=6e-6)


def test_nested_factors(read):
    """performance::r2_nakagawa 0.10.2 of cake, angle ~ recipe + temp + (1 | replicate/recipe)."""
    fit = fit_mixed("angle ~ recipe + temp + (1 | replicate/recipe)", read("cake"))
    row = explained_variance(fit)
    assert row.marginal == pytest.approx(0.1111140322660309, rel=1e-6)
    assert row.conditional == pytest.approx(0.7055191941465527, rel=1e-6)


def test_the_definition_written_out(small):
    """The mean diagonal of ZΨZ' over the rows; for independent effects its cross terms are nil."""
    for formula in ("y ~ x + (x | g)", "y ~ x + (x || g)"):
        fit = fit_mixed(formula, small)
        row = explained_variance(fit)
        Z = np.concatenate([np.eye(9)[fit.grouping.codes] * fit.Z[:, [k]] for k in (0, 1)], axis=1)
        assert row.random == pytest.approx(np.trace(Z @ np.kron(fit.Psi, np.eye(9)) @ Z.T) / fit.n)
        line = fit.design.X @ fit.beta
        assert row.fixed == pytest.approx(np.sum((line - line.mean()) ** 2) / (fit.n - 1))
        assert row.marginal + (row.random + row.residual) / (
            row.fixed + row.random + row.residual
        ) == pytest.approx(1.0)


def test_prior_weights(small):
    """The residual's part is the mean of σ²/w over the rows, in R² as in the bootstrap's share of it."""
    weights = np.random.default_rng(6).uniform(0.5, 20.0, len(small))
    fit = fit_mixed("y ~ x + (x | g)", small, weights=weights)
    row = explained_variance(fit)
    assert row.residual == pytest.approx(np.mean(fit.sigma**2 / weights))
    rows = {each.kind: each for each in bootstrap_intervals(fit, draws=20).intervals}
    assert rows["marginal_r2"].estimate == pytest.approx(row.marginal)
    assert rows["conditional_r2"].estimate == pytest.approx(row.conditional)
    assert rows["icc"].estimate == pytest.approx(intraclass_correlation(fit).value)


def test_the_null_model_is_the_one_a_user_would_fit(sleep, read):
    fit = null_model(fit_mixed("Reaction ~ Days + (Days | Subject)", sleep))
    asked = fit_mixed("Reaction ~ 1 + (1 | Subject)", sleep)
    assert fit.criterion == pytest.approx(asked.criterion, abs=1e-8)
    assert str(fit.design.formula) == str(asked.design.formula)
    nested = null_model(fit_mixed("angle ~ recipe + temp + (1 | replicate/recipe)", read("cake")))
    asked = fit_mixed("angle ~ 1 + (1 | replicate/recipe)", read("cake"))
    assert nested.criterion == pytest.approx(asked.criterion, abs=1e-7)


def test_changes_of_sleepstudy(sleep):
    """lme4's VarCorr of both models."""
    fit = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep)
    between, residual = variance_changes(fit, null_model(fit))
    assert (between.group, between.term, residual.term) == ("Subject", "Intercept", "")
    assert (between.null, residual.null) == pytest.approx((1278.33769646, 1958.86518529), rel=1e-6)
    assert (between.model, residual.model) == pytest.approx(
        (1378.17854064, 960.456576728), rel=1e-6
    )
    assert residual.change == pytest.approx(1.0 - 960.456576728 / 1958.86518529, rel=1e-6)
    # a covariate that varies within groups only takes from the residual, and so gives to the intercept
    assert between.change == pytest.approx(1.0 - 1378.17854064 / 1278.33769646, rel=1e-5)
    assert between.change < 0.0


def test_no_share_of_nothing(read):
    fit = fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2"))
    between, residual = variance_changes(fit, null_model(fit))
    assert (between.null, between.change) == (0.0, None)
    assert residual.change == pytest.approx(0.0, abs=1e-9)


def test_other_rows_do_not_compare(sleep):
    fit = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep)
    with pytest.raises(ModelError, match="different rows"):
        variance_changes(fit, fit_mixed("Reaction ~ 1 + (1 | Subject)", sleep.iloc[1:]))
