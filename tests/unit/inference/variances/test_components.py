"""Variances and correlations against lme4's VarCorr."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.variances.components import variance_components
from lmm.model.fit import fit_mixed


def test_sleepstudy(sleep_slope):
    rows = variance_components(sleep_slope)
    assert [(row.group, row.term, row.other) for row in rows] == [
        ("Subject", "Intercept", None),
        ("Subject", "Days", None),
        ("Subject", "Intercept", "Days"),
    ]
    variances = [row.variance_or_covariance for row in rows]
    assert variances == pytest.approx([612.08993866, 35.071660498, 9.6043333167], rel=1e-7)
    spreads = [row.sd_or_correlation for row in rows]
    assert spreads == pytest.approx([24.740451464, 5.9221331038, 0.06555131965], rel=1e-7)


def test_independent_columns_have_no_covariance_row(pig):
    rows = variance_components(fit_mixed("weight ~ weeks + (weeks || id)", pig))
    assert [(row.term, row.other) for row in rows] == [("Intercept", None), ("weeks", None)]
    found = [row.variance_or_covariance for row in rows]
    assert found == pytest.approx([6.917595773, 0.376440015], rel=1e-6)


def test_three_columns_have_three_correlations(read):
    table = read("Machines")
    table = table.assign(B=1.0 * (table["Machine"] == "B"), C=1.0 * (table["Machine"] == "C"))
    fit = fit_mixed("score ~ B + C + (B + C | Worker)", table)
    rows = variance_components(fit)
    pairs = [(row.term, row.other) for row in rows if row.other]
    assert pairs == [("Intercept", "B"), ("Intercept", "C"), ("B", "C")]
    sd = np.sqrt(np.diag(fit.Psi))
    expected = fit.Psi / np.outer(sd, sd)
    found = [row.sd_or_correlation for row in rows if row.other]
    assert found == pytest.approx([expected[1, 0], expected[2, 0], expected[2, 1]])


def test_no_spread_no_correlation(read):
    rows = variance_components(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert (rows[0].variance_or_covariance, rows[0].sd_or_correlation) == (0.0, 0.0)
