"""What must hold of fits made from fits: batches, predictions, records, weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmm.errors import LmmError
from lmm.inference.outcomes import fit_outcomes
from lmm.inference.predictions.bands import predict_rows
from lmm.model.batch import refit_responses, refit_without
from lmm.model.fit import fit_design, fit_mixed
from lmm.model.record import read_record, write_record
from lmm.model.simulate import simulate_responses
from tests import dense
from tests.engine import criterion_of_engine
from tests.laws.random_designs import studies, studies_with_theta
from tests.laws.several_designs import several_studies

reml_or_ml = pytest.mark.parametrize("reml", [True, False])
# An eighth of a second an example: a quarter of what other laws get.
few = settings(max_examples=settings.default.max_examples // 4)


def assert_same_fit(refits, b, fresh):
    """To 1e-8 in the criterion, and in the parameters as far as the minimum is sharp.

    With so few groups there may be several minima: the batch, with one start more, may find a lower one.
    """
    assert refits.converged[b] and fresh.converged
    if refits.criterion[b] < fresh.criterion - 1e-6:
        return
    assert refits.criterion[b] == pytest.approx(fresh.criterion, rel=1e-11, abs=1e-8)
    se = np.sqrt(np.diag(fresh.vcov))
    assert refits.beta[b] / se == pytest.approx(fresh.beta / se, rel=1e-6, abs=1e-4)
    assert refits.sigma[b] == pytest.approx(fresh.sigma, rel=1e-4)


@reml_or_ml
@few
@given(studies(), st.integers(0, 2**32 - 1))
def test_a_response_in_a_batch_is_fitted_as_on_its_own(reml, study, seed):
    fit = fit_mixed(study.formula, study.table, reml=reml)
    Y = simulate_responses(fit, 3, seed=seed)
    refits = refit_responses(fit, Y)
    for b in range(3):
        assert_same_fit(refits, b, fit_design(replace(fit.design, y=Y[:, b]), reml=reml))


@reml_or_ml
@few
@given(studies(), st.integers(0, 2**32 - 1))
def test_one_of_many_outcomes_is_fitted_as_if_alone(reml, study, seed):
    """Some of them without some rows; those that cannot be fitted alone cannot be here, for the same reason."""
    rng = np.random.default_rng(seed)
    fit = fit_mixed(study.formula, study.table, reml=reml)
    Y = simulate_responses(fit, 4, seed=seed)
    Y[rng.integers(0, fit.n, size=1 + fit.n // 8), 2:] = np.nan
    table = study.table.iloc[fit.design.rows].assign(**{f"y{k}": Y[:, k] for k in range(4)})
    formula = replace(fit.design.formula, text="")
    try:
        found = fit_outcomes(formula, table, [f"y{k}" for k in range(4)], reml=reml, dof="wald")
    except LmmError:
        found = ()
    for k in range(4):
        alone = replace(formula, response=f"y{k}")
        try:
            fresh = fit_mixed(alone, table, reml=reml)
        except LmmError as error:
            assert not found or found[k].message == error.problems[0].message
            continue
        row = found[k]
        assert (row.message, row.n) == ("", fresh.n)
        assert row.converged and fresh.converged
        if row.criterion < fresh.criterion - 1e-6:  # another minimum, and a lower one
            continue
        assert row.criterion == pytest.approx(fresh.criterion, rel=1e-11, abs=1e-8)
        se = np.sqrt(np.diag(fresh.vcov))
        beta = np.array([each.estimate for each in row.coefficients])
        assert beta / se == pytest.approx(fresh.beta / se, rel=1e-6, abs=1e-4)


@reml_or_ml
@few
@given(studies())
def test_a_group_left_out_in_a_batch_is_as_if_never_there(reml, study):
    fit = fit_mixed(study.formula, study.table, reml=reml)
    refits = refit_without(fit)
    for b, level in enumerate(fit.grouping.levels):
        rest = study.table[study.table["g"] != int(level)]
        try:
            fresh = fit_mixed(study.formula, rest, reml=reml)
        except LmmError as error:
            assert np.isnan(refits.criterion[b])
            assert error.problems[0].message in refits.messages[b]
            continue
        if fresh.p < fit.p:
            assert np.isnan(refits.beta[b]).sum() == fit.p - fresh.p
            assert refits.messages[b]
            # which of several columns is dropped differs with a factor's reference level
            if not reml:
                assert refits.criterion[b] == pytest.approx(fresh.criterion, rel=1e-10, abs=1e-7)
            continue
        assert_same_fit(refits, b, fresh)


@few
@given(studies())
def test_predictions_for_the_rows_fitted_are_the_fitted_values(study):
    fit = fit_mixed(study.formula, study.table)
    size = np.abs(fit.design.y).max()
    own = predict_rows(fit, study.table, level="group")
    assert own == pytest.approx(fit.fitted_values, rel=1e-12, abs=1e-12 * size)
    mean = predict_rows(fit, study.table, level="population")
    assert mean == pytest.approx(fit.design.X @ fit.beta, rel=1e-12, abs=1e-12 * size)


@few
@given(several_studies())
def test_predictions_with_several_factors_too(study):
    fit = fit_mixed(study.formula, study.table)
    own = predict_rows(fit, study.table, level="group")
    assert own == pytest.approx(fit.fitted_values, rel=1e-12, abs=1e-12)


@reml_or_ml
@few
@given(studies())
def test_a_record_gives_its_fit_back_bit_for_bit(reml, study):
    fit = fit_mixed(study.formula, study.table, reml=reml)
    text = write_record(fit)
    again = read_record(text, study.table)
    assert write_record(again) == text
    assert np.array_equal(again.theta, fit.theta) and np.array_equal(again.beta, fit.beta)
    assert again.criterion == fit.criterion


@reml_or_ml
@given(studies_with_theta(), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1e-6, 1e9]))
def test_criterion_with_weights_is_the_dense_density(reml, drawn, seed, size):
    study, theta = drawn
    weights = size * np.exp(np.random.default_rng(seed).normal(size=len(study.table)))
    design = replace(study.design, weights=weights)
    Z = np.column_stack([block.Z for block in design.blocks])
    T = fit_mixed(study.formula, study.table).template.factor(theta / np.sqrt(size))
    codes = design.blocks[0].grouping.codes
    truth = dense.criterion(design.y, design.X, Z, codes, T @ T.T, reml=reml, weights=weights)
    ours = criterion_of_engine(design, theta / np.sqrt(size), reml=reml)
    assert ours == pytest.approx(truth, rel=1e-10, abs=1e-8)


@few
@given(studies(), st.sampled_from([4.0, 2.0**-20, 3e7]))
def test_one_weight_for_all_rows_changes_sigma_alone(study, weight):
    plain = fit_mixed(study.formula, study.table)
    fit = fit_mixed(study.formula, study.table, weights=np.full(len(study.table), weight))
    assert fit.criterion == pytest.approx(plain.criterion, rel=1e-10, abs=1e-8)
    assert fit.sigma / np.sqrt(weight) == pytest.approx(plain.sigma, rel=1e-5)
    se = np.sqrt(np.diag(plain.vcov))
    assert fit.beta / se == pytest.approx(plain.beta / se, rel=1e-6, abs=1e-4)
