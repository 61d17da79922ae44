"""Prior weights against lme4 and lm (weights.R, beside this file, made weights.json)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmm
from lmm.inference.groups.blups import blups
from lmm.model.fit import fit_mixed
from tests.engine import criterion_of_engine

HERE = Path(__file__).parent
STORED = json.loads((HERE / "weights.json").read_text())


@pytest.fixture
def table():
    frame = pd.read_csv(HERE / "data" / "sleepstudy.csv")
    return frame.assign(
        w=np.tile([1, 2, 0.5, 4, 1], 36), h=np.tile([f"h{i}" for i in range(6)], 30)
    )


@pytest.mark.parametrize("stored", STORED["mixed"], ids=lambda s: f"{s['formula']} {s['reml']}")
def test_mixed_models(stored, table):
    weights = table["w"] * stored["times"]
    fit = fit_mixed(stored["formula"], table, reml=stored["reml"], weights=weights)
    assert fit.converged
    at_theirs = criterion_of_engine(fit.design, np.array(stored["theta"]), reml=stored["reml"])
    assert at_theirs == pytest.approx(stored["criterion"], rel=1e-12)
    # lme4's optimiser stops where the criterion changes by less than 1e-9: theta has half the digits
    assert fit.criterion == pytest.approx(stored["criterion"], rel=1e-11)
    assert fit.criterion <= stored["criterion"] + 1e-10
    assert fit.theta == pytest.approx(stored["theta"], abs=2e-5 * max(stored["theta"]))
    assert fit.beta == pytest.approx(stored["beta"], rel=1e-5)
    assert np.sqrt(np.diag(fit.vcov)) == pytest.approx(stored["se"], rel=1e-5)
    assert fit.sigma == pytest.approx(stored["sigma"], rel=1e-5)
    assert fit.fitted_values[:5] == pytest.approx(stored["fitted"], rel=1e-5)
    assert fit.pearson_residuals[:5] == pytest.approx(stored["pearson"], rel=1e-4, abs=1e-4)
    assert -2 * fit.log_likelihood + 2 * fit.parameters == pytest.approx(stored["aic"], rel=1e-11)
    of_subject = [row.value for row in blups(fit) if (row.group, row.level) == ("Subject", "308")]
    assert of_subject == pytest.approx(stored["b"], rel=1e-4)


def test_pooled(table):
    ours, theirs = lmm.pooled("Reaction ~ Days", table, weights="w"), STORED["pooled"]
    assert list(ours.params) == pytest.approx(theirs["coefficients"], rel=1e-12)
    assert list(ours.bse) == pytest.approx(theirs["se"], rel=1e-12)
    assert ours.llf == pytest.approx(theirs["log_likelihood"], rel=1e-12)
    assert ours.sigma == pytest.approx(theirs["sigma"], rel=1e-12)
    assert ours.fit.r_squared == pytest.approx(theirs["r_squared"], rel=1e-12)


def test_stratified(table):
    ours = lmm.stratified("Reaction ~ Days", table, group="Subject", weights="w")
    slope, own = STORED["stratified"], STORED["own_intercepts"]
    assert list(ours.params) == pytest.approx(slope["coefficients"], rel=1e-11)
    assert list(ours.bse) == pytest.approx(slope["se"], rel=1e-11)
    assert ours.llf == pytest.approx(slope["log_likelihood"], rel=1e-12)
    assert ours.sigma == pytest.approx(slope["sigma"], rel=1e-12)
    assert ours.fit.r_squared == pytest.approx(slope["r_squared"], rel=1e-11)
    assert ours.fit.intercepts == pytest.approx(own["coefficients"], rel=1e-11)
    assert ours.fit.intercept_se == pytest.approx(own["se"], rel=1e-11)
