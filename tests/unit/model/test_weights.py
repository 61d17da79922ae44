"""Weights: what they are taken from, what is refused, and that they are what copies of rows would be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmm
from lmm.diagnostics.residuals import scaled_residuals
from lmm.errors import DataError, LmmError, ModelError
from lmm.inference.groups.pooling import pooled_lines
from lmm.inference.variance_tests.comparison import random_effect_test
from lmm.inference.variances.icc import intraclass_correlation, profiled_correlation
from lmm.model.batch import refit_responses, refit_without
from lmm.model.fit import fit_design, fit_mixed, refit
from lmm.model.formula import parse_formula
from lmm.model.simulate import simulate_responses
from lmm.model.weights import weighted_design
from tests import dense
from tests.engine import criterion_of_engine
from tests.unit.model.batch.test_refits import assert_same, study

FORMULA = "y ~ x + (x | g)"


@pytest.fixture
def table():
    frame = study(25, seed=8)
    return frame.assign(w=np.exp(np.random.default_rng(3).normal(size=len(frame))))


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("size", [1.0, 1e-9, 1e12])
@pytest.mark.parametrize("formula", [FORMULA, "y ~ x + (1 | g) + (x | f)", "y ~ x + (1 | g)"])
def test_criterion_and_estimates_are_those_of_the_dense_density(formula, size, reml, table):
    weights = table["w"].to_numpy() * size
    fit = fit_mixed(formula, table, weights=weights, reml=reml)
    assert fit.converged
    y, X, D = fit.design.y, fit.design.X, fit.T @ fit.T.T
    codes = np.column_stack(
        [factor.grouping.codes for factor in fit.factors for _ in range(factor.q)]
    )
    truth = dense.criterion(y, X, fit.Z, codes, D, reml=reml, weights=weights)
    assert fit.criterion == pytest.approx(truth, rel=1e-11)
    if len(fit.factors) == 1:
        beta, vcov, sigma, b, _ = dense.estimates(
            y, X, fit.Z, codes[:, 0], D, reml=reml, weights=weights
        )
        assert fit.beta == pytest.approx(beta, rel=1e-9)
        assert fit.vcov == pytest.approx(vcov, rel=1e-8)
        assert fit.sigma == pytest.approx(sigma, rel=1e-10)
        assert fit.b == pytest.approx(b, rel=1e-7, abs=1e-9)
    elsewhere = fit.theta * 1.3 + 0.1 / np.sqrt(size)
    T = fit.template.factor(elsewhere)
    assert criterion_of_engine(fit.design, elsewhere, reml=reml) == pytest.approx(
        dense.criterion(y, X, fit.Z, codes, T @ T.T, reml=reml, weights=weights), rel=1e-11
    )


def test_one_factor_of_all_weights_scales_sigma_and_nothing_else(table):
    plain, scaled = fit_mixed(FORMULA, table), fit_mixed(FORMULA, table, weights=[9.0] * len(table))
    assert scaled.criterion == pytest.approx(plain.criterion, rel=1e-12)
    assert scaled.sigma == pytest.approx(3 * plain.sigma, rel=1e-9)
    assert scaled.Psi == pytest.approx(plain.Psi, rel=1e-7)
    assert scaled.beta == pytest.approx(plain.beta, rel=1e-9)
    ones = fit_mixed(FORMULA, table, weights=np.ones(len(table)))
    assert ones.criterion == pytest.approx(plain.criterion, rel=1e-13)


def test_a_column_an_array_and_a_series_are_the_same(table):
    fits = [
        fit_mixed(FORMULA, table, weights=weights).criterion
        for weights in ("w", table["w"], table["w"].to_numpy(), table["w"].tolist())
    ]
    assert len(set(fits)) == 1
    assert lmm.fit(FORMULA, table, weights="w").criterion == fits[0]
    assert fit_mixed(FORMULA, table.to_dict("list"), weights="w").criterion == fits[0]


def test_rows_without_a_weight_are_dropped_and_counted(table):
    holes = table.assign(w=table["w"].where(table.index % 7 != 3))
    holes.loc[0, "y"] = np.nan
    design = weighted_design(parse_formula(FORMULA), holes, "w")
    kept = [i for i in range(1, len(table)) if i % 7 != 3]
    assert design.rows.tolist() == kept
    assert design.rows_dropped == len(table) - len(kept)
    assert design.weights.tolist() == table["w"][kept].tolist()
    fit = fit_design(design)
    assert fit.criterion == fit_mixed(FORMULA, table.iloc[kept], weights="w").criterion


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("v", "'v' is not in the table"),
        ([1.0, 2.0], "there are 2 weights for"),
        ("f", "must hold numbers, and not 'a'"),
    ],
)
def test_weights_that_cannot_be_read_are_refused(weights, words, table):
    with pytest.raises(DataError, match=words):
        fit_mixed(FORMULA, table.assign(f="a"), weights=weights)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, 1e-320])
def test_a_weight_that_is_not_positive_and_finite_is_refused_and_found(bad, table):
    table.loc[4, "w"] = bad
    with pytest.raises(LmmError, match=r"row 5 of the table; 1 in all\) is not a positive, finite"):
        lmm.fit(FORMULA, table, weights="w")


def test_a_bad_weight_of_a_row_that_is_not_used_is_no_fault(table):
    table.loc[4, ["w", "y"]] = [-1.0, np.nan]
    assert fit_mixed(FORMULA, table, weights="w").design.rows_dropped == 1


def test_refit_by_the_other_criterion_keeps_the_weights(table):
    there = refit(fit_mixed(FORMULA, table, weights="w"), reml=False)
    assert there.criterion == pytest.approx(
        fit_mixed(FORMULA, table, weights="w", reml=False).criterion, rel=1e-12
    )


def test_batches_keep_the_weights(table):
    fit = fit_mixed(FORMULA, table, weights=table["w"] * 1e4)
    Y = simulate_responses(fit, 6, seed=1)
    refits = refit_responses(fit, Y)
    for b in range(6):
        again = fit_mixed(FORMULA, table.assign(y=Y[:, b]), weights=table["w"] * 1e4)
        assert_same(refits, b, again)
    without = refit_without(fit)
    for b, level in enumerate(fit.grouping.levels):
        rest = table[table["g"] != int(level)]
        assert_same(without, b, fit_mixed(FORMULA, rest, weights=rest["w"] * 1e4))


def test_simulated_residuals_have_the_variance_of_their_weight(table):
    fit = fit_mixed("y ~ x + (1 | g)", table, weights="w")
    Y = simulate_responses(fit, 20_000, seed=2)
    variance = fit.Psi[0, 0] + fit.sigma**2 / table["w"].to_numpy()
    assert Y.var(axis=1) / variance == pytest.approx(1.0, abs=6 * np.sqrt(2 / 20_000))


def test_intraclass_correlation_takes_the_mean_residual_variance(table):
    fit = fit_mixed("y ~ x + (1 | g)", table, weights=table["w"] * 1e6)
    found = profiled_correlation(fit)
    within = fit.sigma**2 * np.mean(1 / fit.design.weights)
    assert found.value == pytest.approx(fit.Psi[0, 0] / (fit.Psi[0, 0] + within), rel=1e-12)
    # the same model in the unit of the mean weight has the same interval
    mean = np.mean(1 / fit.design.weights)
    rise = 3.841458820694124
    for end in (found.low, found.high):
        theta = np.array([np.sqrt(end / (1 - end) * mean)])
        excess = criterion_of_engine(fit.design, theta, reml=True) - fit.criterion
        assert excess == pytest.approx(rise, rel=1e-7)
    assert found.low < found.value < found.high


def test_the_exact_interval_takes_it_too(table):
    """Equal weights change the unit of sigma alone; uneven ones move the interval where the profile's is."""
    plain = intraclass_correlation(fit_mixed("y ~ x + (1 | g)", table))
    equal = intraclass_correlation(
        fit_mixed("y ~ x + (1 | g)", table, weights=table["w"] * 0 + 7.0)
    )
    assert plain.method == equal.method == "exact, by Wald’s F"
    assert (equal.low, equal.high) == pytest.approx((plain.low, plain.high), rel=1e-9)
    fit = fit_mixed("y ~ x + (1 | g)", table, weights="w")
    exact, profile = intraclass_correlation(fit), profiled_correlation(fit)
    assert exact.value == pytest.approx(profile.value, rel=1e-9)
    assert (exact.low, exact.high) == pytest.approx((profile.low, profile.high), abs=0.05)


def test_scaled_residuals_are_weighted(table):
    fit = fit_mixed(FORMULA, table, weights="w")
    by_hand = (fit.design.y - fit.fitted_values) * np.sqrt(table["w"].to_numpy()) / fit.sigma
    assert scaled_residuals(fit).maximum == pytest.approx(by_hand.max(), rel=1e-12)


def test_what_would_ignore_weights_is_refused(table):
    fit = fit_mixed(FORMULA, table, weights="w")
    with pytest.raises(ModelError, match="raw and shrunk lines is not offered"):
        pooled_lines(fit, slope="x", se=np.zeros(len(fit.b)))
    with pytest.raises(ModelError, match="different weights"):
        random_effect_test(("a", fit_mixed("y ~ x + (1 | g)", table)), ("b", fit))


def test_pooled_and_stratified_are_what_copies_of_the_rows_give(table):
    """A whole-number weight counts as so many copies for beta; dof, and so sigma, differ."""
    copies = 1 + np.arange(len(table)) % 3
    repeated = table.loc[table.index.repeat(copies)]
    for fit, kwargs in ((lmm.pooled, {}), (lmm.stratified, {"group": "g"})):
        weighted = fit("y ~ x", table, weights=copies, **kwargs)
        copied = fit("y ~ x", repeated, **kwargs)
        assert weighted.params.to_numpy() == pytest.approx(copied.params.to_numpy(), rel=1e-10)
        assert weighted.fit.residual_squares == pytest.approx(
            copied.fit.residual_squares, rel=1e-10
        )
    same = pd.Series(weighted.fit.intercepts) - pd.Series(copied.fit.intercepts)
    assert np.abs(same).max() < 1e-10
