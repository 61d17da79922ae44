"""Ordinary regressions: a certified one that is hard on rounding, and what one intercept a group cannot do."""

from functools import partial

import numpy as np
import pytest
from statsmodels.datasets import longley

from lmm.errors import ModelError
from lmm.model.ordinary import fit_pooled, fit_stratified

# NIST's certified values of the Longley data: coefficients, their standard errors, the residual's.
CERTIFIED = [-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683]
CERTIFIED += [-1.03322686717359, -0.0511041056535807, 1829.15146461355]
ERRORS = [890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699]
ERRORS += [0.214274163161675, 0.226073200069370, 455.478499142212]
SIGMA = 304.854073561965


def test_the_certified_values_of_columns_that_are_nearly_dependent():
    table = longley.load_pandas().data
    fit = fit_pooled("TOTEMP ~ GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR", table)
    assert fit.beta == pytest.approx(CERTIFIED, rel=1e-9)
    assert np.sqrt(np.diag(fit.vcov)) == pytest.approx(ERRORS, rel=1e-9)
    assert fit.sigma == pytest.approx(SIGMA, rel=1e-11)


def test_as_many_intercepts_and_slopes_as_rows_leave_no_residual():
    table = {"y": [1.0, 2, 4, 3], "x": [0.0, 1, 0, 2], "w": [0.0, 1, 5, 2], "g": [0, 0, 1, 1]}
    with pytest.raises(ModelError, match="4 rows cannot carry 2 intercepts and 2 slopes"):
        fit_stratified("y ~ x + w", table, group="g")
    assert fit_stratified("y ~ x", table, group="g").beta == pytest.approx([-0.2])


@pytest.mark.parametrize("fit", [fit_pooled, partial(fit_stratified, group="g")])
def test_an_outcome_that_its_terms_reproduce_is_refused(fit):
    """Thirds of x, so that what is left is rounding and not exactly zero."""
    x = np.array([0.1, 0.7, 0.2, 0.4, 0.9, 0.5])
    table = {"x": x, "y": x / 3.0 + 0.3, "g": [0, 0, 0, 1, 1, 1]}
    with pytest.raises(ModelError, match="reproduce the outcome 'y' exactly") as refused:
        fit("y ~ x", table)
    assert "a copy of it, among the terms?" in str(refused.value)


def test_what_was_made_of_the_table_is_told_without_its_rows():
    table = {"y": [1.0, 2, 4, 3, np.nan], "x": [0.0, 1, 0, 2, 5], "w": [0.0, 2, 0, 4, 1]}
    outline = fit_pooled("y ~ x + w", table).outline
    assert outline.names == ("Intercept", "x")
    assert outline.columns_dropped == ("w",)
    assert outline.rows_dropped == 1
