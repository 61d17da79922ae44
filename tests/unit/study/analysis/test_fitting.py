"""All fits of a study: which are made, which compare, which answer."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import group_intercepts
from lmm.model.ordinary import fit_stratified
from lmm.study.analysis.analyse import analyse
from lmm.study.analysis.candidates import candidates
from lmm.study.analysis.fitting import fit_study
from tests.unit.study.simulated import rows, study


def fits_of(table, tmp_path, **settings):
    made = study(table, tmp_path, **settings)
    return fit_study(candidates(made), pd.DataFrame(table), group="id")


def test_criteria_are_the_formulas_on_maximum_likelihood_fits(tmp_path):
    table = rows(slope_sd=0.6)
    found = fits_of(table, tmp_path)
    free = {
        "pooled": 3,
        "stratified": 22,
        "random_intercept": 4,
        "random_slope": 6,
        "random_slope_independent": 5,
    }
    assert {row.model: row.parameters for row in found.criteria} == free
    for row in found.criteria:
        assert row.deviance == pytest.approx(-2 * row.log_likelihood)
        assert row.aic == pytest.approx(row.deviance + 2 * free[row.model])
        assert row.bic == pytest.approx(row.deviance + np.log(len(table)) * free[row.model])
    by_name = {row.model: row.deviance for row in found.criteria}
    assert by_name["pooled"] >= by_name["random_intercept"] >= by_name["random_slope_independent"]
    assert by_name["random_slope_independent"] >= by_name["random_slope"]
    assert {test.larger: test.statistic for test in found.tests} == pytest.approx(
        {
            name: by_name["random_intercept"] - by_name[name]
            for name in ("random_slope", "random_slope_independent")
        }
    )


def test_the_maximum_likelihood_of_statsmodels(tmp_path):
    import statsmodels.formula.api as smf

    table = pd.DataFrame(rows(slope_sd=0.6))
    found = fits_of(table.to_dict("records"), tmp_path)
    theirs = smf.mixedlm("y ~ t", table, groups="id", re_formula="~t").fit(reml=False)
    ours = next(row for row in found.criteria if row.model == "random_slope")
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-4)


@pytest.mark.parametrize(("slope_sd", "used"), [(0.8, "random_slope"), (0.0, "random_intercept")])
def test_the_rule_chooses(slope_sd, used, tmp_path):
    found = fits_of(rows(slope_sd=slope_sd), tmp_path)
    assert found.used == found.verdict.used == used
    by_name = {row.model: row for row in found.criteria}
    gain = by_name["random_intercept"].aic - by_name["random_slope"].aic
    assert found.verdict.aic_difference == pytest.approx(gain)
    assert (gain > 2 and not found.verdict.larger_on_boundary) == (used == "random_slope")


def test_a_random_slope_that_the_data_cannot_carry_is_absent_with_its_reason(tmp_path):
    found = fits_of([row for row in rows() if row["t"] < 2], tmp_path)
    assert "random_slope" not in found.fits
    assert (
        "40 rows cannot carry 2 random effects for each of 20 levels"
        in found.absent["random_slope"]
    )
    assert (found.used, found.verdict) == ("random_intercept", None)
    assert "random_slope" not in {test.larger for test in found.tests}


def test_slopes_of_one_group_only_are_absent_with_their_reason(tmp_path):
    """Every pupil is seen thrice at one time, but for one: what is its own slope, and what everybody's?"""
    table = rows(slope_sd=0.6)
    last = table[-1]["id"]
    flat = [row if row["id"] == last else {**row, "t": 0} for row in table]
    found = fits_of(flat, tmp_path)
    assert {"random_slope", "random_slope_independent"} <= set(found.absent)
    for name in ("random_slope", "random_slope_independent"):
        assert "depends on a variance that the data say nothing about" in found.absent[name]
    assert found.used == "random_intercept"


def test_without_a_time_there_is_no_slope_and_nothing_is_absent(tmp_path):
    found = fits_of(rows(), tmp_path, time=None)
    assert set(found.fits) == {"pooled", "stratified", "random_intercept"}
    assert found.absent == {}


def test_a_further_model_on_fewer_rows_or_of_another_outcome_stays_out_of_the_criteria(tmp_path):
    table = [
        {**row, "iq": "" if i % 7 == 0 else 90 + i % 20, "log_y": np.log(row["y"] + 20)}
        for i, row in enumerate(rows())
    ]
    models = {
        "with_iq": "y ~ t + iq + (1 | id)",
        "of_log": "log_y ~ t + (1 | id)",
        "of_dose": "y ~ t + dose + (1 | id)",
        "ordinary": "y ~ t + dose",
    }
    numbers, _ = analyse(study(table, tmp_path, models=models))
    fitted = numbers["models"]
    assert (fitted["with_iq"]["n_obs"], fitted["with_iq"]["rows_dropped"]) == (85, 15)
    assert fitted["pooled"]["n_obs"] == 100
    assert fitted["ordinary"]["method"] == "OLS"
    compared = {row["model"] for row in numbers["criteria"]}
    assert "of_dose" in compared
    assert not {"with_iq", "of_log"} & compared


def test_a_further_model_that_cannot_be_fitted_is_named(tmp_path):
    with pytest.raises(ModelError, match="is none of them") as refused:
        fits_of(rows(), tmp_path, models={"crossed": "y ~ t + (1 | t) + (1 | dose)"})
    (problem,) = refused.value.problems
    assert problem.where == "models.crossed"
    assert "several grouping factors (dose, t)" in problem.message


def test_stratified_is_least_squares_with_dummies_with_three_covariates():
    rng = np.random.default_rng(8)
    sizes = rng.integers(2, 9, 30)
    codes = np.repeat(np.arange(30), sizes)
    X = rng.normal(size=(len(codes), 3)) * [1.0, 10.0, 0.1] + [5.0, -20.0, 3.0]
    y = rng.normal(size=30)[codes] + X @ [0.5, -0.2, 4.0] + rng.normal(size=len(codes))
    table = {"y": y, "a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "g": [f"g{c:02d}" for c in codes]}
    fit = fit_stratified("y ~ a + b + c", table, group="g")
    full = np.column_stack([np.eye(30)[codes], X])
    beta, squares, *_ = np.linalg.lstsq(full, y, rcond=None)
    dof = len(y) - 33
    se = np.sqrt(squares[0] / dof * np.diag(np.linalg.inv(full.T @ full)))
    np.testing.assert_allclose(fit.beta, beta[30:], rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov)), se[30:], rtol=1e-9)
    rows_ = group_intercepts(fit)
    assert [row.term for row in rows_] == [f"g{c:02d}" for c in range(30)]
    np.testing.assert_allclose([row.estimate for row in rows_], beta[:30], rtol=1e-8)
    np.testing.assert_allclose([row.se for row in rows_], se[:30], rtol=1e-8)
    assert {row.dof for row in rows_} == {dof}


def test_a_hundred_thousand_groups_need_no_columns():
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(100_000), 3)
    x = rng.normal(size=len(codes))
    y = rng.normal(size=100_000)[codes] + 0.7 * x + rng.normal(size=len(codes))
    tracemalloc.start()
    fit = fit_stratified("y ~ x", {"y": y, "x": x, "g": codes}, group="g")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert abs(fit.beta[0] - 0.7) < 5 * np.sqrt(fit.vcov[0, 0])
    assert fit.dof_residual == 200_000 - 1
    assert peak < 500e6  # dummies would take 240 GB
