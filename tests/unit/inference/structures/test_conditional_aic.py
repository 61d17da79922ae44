"""Conditional AIC against refits to moved outcomes, row by row, and against cAIC4 (R)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.inference.structures.conditional_aic import conditional_aic
from lmm.inference.structures.degrees import hat_trace
from lmm.model.fit import fit_design, fit_mixed


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)"])
def test_the_definition_by_refits(small, formula, reml):
    """ρ = Σ ∂ŷ_j/∂y_j, each row moved a little up and down and the whole model fitted again."""
    design = fit_mixed(formula, small).design
    row = conditional_aic(fit_design(design, reml=reml))
    step, degrees = 1e-3, 0.0
    for j in range(len(design.y)):
        ends = []
        for sign in (1.0, -1.0):
            moved = design.y + sign * step * (np.arange(len(design.y)) == j)
            ends.append(fit_design(replace(design, y=moved), reml=reml).fitted_values[j])
        degrees += (ends[0] - ends[1]) / (2.0 * step)
    assert row.degrees == pytest.approx(degrees, abs=2e-5)
    assert row.degrees > row.fixed_degrees
    assert row.caic - row.fixed_caic == pytest.approx(2.0 * (row.degrees - row.fixed_degrees))


def test_prior_weights(small):
    """Again by refits; the density of a row has the variance σ²/w."""
    weights = np.random.default_rng(6).uniform(0.5, 20.0, len(small))
    fit = fit_mixed("y ~ x + (x | g)", small, weights=weights)
    row, design = conditional_aic(fit), fit.design
    step, degrees = 1e-3, 0.0
    for j in range(fit.n):
        unit = step * (np.arange(fit.n) == j)
        up, down = (
            fit_design(replace(design, y=design.y + move)).fitted_values[j]
            for move in (unit, -unit)
        )
        degrees += (up - down) / (2.0 * step)
    assert row.degrees == pytest.approx(degrees, abs=2e-4)
    variance = fit.sigma**2 / weights
    density = -0.5 * np.sum(np.log(2.0 * np.pi * variance) + fit.residuals**2 / variance)
    assert row.log_likelihood == pytest.approx(density, rel=1e-9)


@pytest.mark.parametrize("reml", [True, False])
def test_the_likelihood_given_the_groups(small_slope, reml):
    fit = fit_design(small_slope.design, reml=reml)
    row = conditional_aic(fit)
    squares = float(fit.residuals @ fit.residuals)
    density = -0.5 * (fit.n * np.log(2.0 * np.pi * fit.sigma**2) + squares / fit.sigma**2)
    assert row.log_likelihood == pytest.approx(density, rel=1e-10)
    assert row.fixed_degrees == hat_trace(fit)


def test_course_models(nepal_intercept, nepal_slope, pig):
    """ρ by refits on their own: 47.59416 and 183.46985, where cAIC4 1.0 prints 47.598 and 183.494.

    cAIC4 differentiates at its own, looser optimum; the log-likelihoods agree, the degrees to 0.3.
    """
    pigs = fit_mixed("weight ~ weeks + (1 | id)", pig)
    for fit, degrees in ((pigs, 47.59416), (nepal_intercept, 183.46985)):
        assert conditional_aic(fit).degrees == pytest.approx(degrees, abs=2e-5)
    assert conditional_aic(nepal_intercept).caic == pytest.approx(1459.08, abs=5e-3)
    for fit, likelihood, one_more, caic in (
        (pigs, -908.9822908666, 48.5979901539, 1915.1605620409),
        (nepal_intercept, -545.071960491, 184.494477039, 1459.132875060),
        (fit_mixed("weight ~ weeks + (weeks | id)", pig), -669.7414812419, 90.1546711591, 1519.792304),
        (nepal_slope, -487.017085121, 222.417367087, 1418.868904417),
    ):  # fmt: skip
        row = conditional_aic(fit)
        assert row.log_likelihood == pytest.approx(likelihood, abs=5e-6)
        assert row.degrees + 1.0 == pytest.approx(one_more, abs=0.3)
        assert row.caic == pytest.approx(caic, abs=0.6)


def test_a_variance_at_its_bound_costs_nothing(read):
    """A model with a vanished variance is the model without it."""
    none = conditional_aic(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert none.degrees == pytest.approx(1.0, abs=1e-9)
    rng = np.random.default_rng(6)
    g, x = np.repeat(np.arange(10), 4), np.tile(np.arange(4.0), 10)
    table = pd.DataFrame({"y": 1.0 + 0.5 * x + rng.normal(size=40), "x": x, "g": g})
    both = fit_mixed("y ~ x + (x || g)", table)
    assert [value > 0.0 for value in both.theta] == [True, False]
    one = conditional_aic(fit_mixed("y ~ x + (1 | g)", table))
    assert conditional_aic(both).degrees == pytest.approx(one.degrees, abs=1e-6)
    assert conditional_aic(both).caic == pytest.approx(one.caic, abs=1e-6)
