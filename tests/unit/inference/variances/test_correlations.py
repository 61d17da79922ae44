"""Correlations along the covariate against the covariance written out."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.variances.correlations import correlation_between, icc_along
from lmm.inference.variances.icc import intraclass_correlation
from lmm.model.fit import fit_mixed
from tests import dense


def test_a_random_intercept_is_the_same_everywhere(nepal_intercept):
    rows = icc_along(nepal_intercept, "ageC", np.array([-36.0, 0.0, 40.0]))
    constant = intraclass_correlation(nepal_intercept).value
    assert [row.icc for row in rows] == pytest.approx([constant] * 3)
    assert rows[0].between_sd == pytest.approx(np.sqrt(0.7807331889), rel=1e-6)
    shared = correlation_between(nepal_intercept, "ageC", np.array([0.0, 12.0]))
    assert shared == pytest.approx(np.array([[1.0, constant], [constant, 1.0]]))


def test_nepals_slopes(nepal_slope):
    """From lme4's VarCorr, at 0, 36 and 60 months."""
    rows = icc_along(nepal_slope, "ageC", np.array([-36.0, 0.0, 24.0]))
    sds = (1.081461670427, 0.848161557962, 1.023074965812)
    assert [row.between_sd for row in rows] == pytest.approx(sds, rel=1e-6)
    shares = (0.837712824243, 0.760479938601, 0.822051135987)
    assert [row.icc for row in rows] == pytest.approx(shares, rel=1e-6)
    shared = correlation_between(nepal_slope, "ageC", np.array([0.0, 24.0]))
    assert shared[0, 1] == pytest.approx(0.69026488924, rel=1e-6)


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (x || g)"])
def test_the_covariance_of_a_group_written_out(small, formula):
    fit = fit_mixed(formula, small)
    times = np.array([2.0, 3.5, 6.0])
    Z = np.column_stack([np.ones(3), times])
    V = dense.relative_covariance(Z, np.zeros(3, int), fit.Psi / fit.sigma**2)
    sd = np.sqrt(np.diag(V))
    assert correlation_between(fit, "x", times) == pytest.approx(V / np.outer(sd, sd))
    assert [row.icc for row in icc_along(fit, "x", times)] == pytest.approx(1.0 - 1.0 / np.diag(V))


def test_more_than_one_slope_has_no_curve(sleep):
    table = sleep.assign(square=sleep["Days"] ** 2)
    fit = fit_mixed("Reaction ~ Days + square + (Days + square | Subject)", table)
    with pytest.raises(ModelError, match="square"):
        icc_along(fit, "Days", np.array([0.0]))
