"""BLUPs and their conditional spread against V written out, and lme4's ranef(condVar = TRUE)."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.groups.blups import blups, conditional_covariance
from lmm.model.fit import fit_mixed
from tests import dense


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)"])
@pytest.mark.parametrize("reml", [True, False])
def test_against_the_dense_formulas(small, formula, reml):
    fit = fit_mixed(formula, small, reml=reml)
    *_, b, conditional = dense.estimates(
        fit.design.y, fit.design.X, fit.Z, fit.grouping.codes, fit.Psi / fit.sigma**2, reml=reml
    )
    assert conditional_covariance(fit) == pytest.approx(conditional, rel=1e-7, abs=1e-9)
    rows = blups(fit)
    assert np.array([row.value for row in rows]) == pytest.approx(b.ravel(), rel=1e-6, abs=1e-7)
    expected = np.sqrt(np.einsum("maa->ma", conditional)).ravel()
    assert np.array([row.se for row in rows]) == pytest.approx(expected, rel=1e-6)


def test_sleepstudy(sleep_slope):
    rows = {(row.level, row.term): row.value for row in blups(sleep_slope)}
    assert rows["308", "Intercept"] == pytest.approx(2.25856555, rel=1e-6)
    assert rows["308", "Days"] == pytest.approx(9.19897188, rel=1e-6)
    assert rows["335", "Days"] == pytest.approx(-10.75215909, rel=1e-6)
    assert len(rows) == 36


def test_child_57(nepal_slope):
    found = {row.term: row.se for row in blups(nepal_slope) if row.level == "57"}
    assert found == {
        "Intercept": pytest.approx(0.303775, abs=1e-6),
        "ageC": pytest.approx(0.017913, abs=1e-6),
    }


def test_no_spread_no_deviations(read):
    rows = blups(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert {(row.value, row.se) for row in rows} == {(0.0, 0.0)}
