"""Several grouping factors against lme4's fits: its criterion at its theta, then our own optimum and what follows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.inference.fixed_effects.satterthwaite import satterthwaite_dof
from lmm.inference.groups.blups import blups
from lmm.inference.predictions.bands import predict_rows
from lmm.inference.structures.degrees import hat_trace
from lmm.model.design import build_design
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula
from tests.engine import criterion_of_engine
from tests.reference.agreement import CRITERION, OPTIMUM, at_the_stored_optimum

HERE = Path(__file__).parent
SETS = {
    path.stem: json.loads(path.read_text()) for path in sorted((HERE / "several").glob("*.json"))
}
CASES = pytest.mark.parametrize(
    ("name", "model"),
    [
        pytest.param(name, model, id=model["id"])
        for name, stored in SETS.items()
        for model in stored["models"]
    ],
)

# Seen when this was written: 4e-8.
DOF = 1e-6


@pytest.fixture
def table(name):
    """The data as R saw them: text columns are factors, with R's order of levels."""
    factors = SETS[name]["factors"]
    frame = pd.read_csv(HERE / "data" / SETS[name]["data"], dtype=dict.fromkeys(factors, str))
    for column, levels in factors.items():
        frame[column] = pd.Categorical(frame[column], categories=levels)
    return frame


@CASES
def test_criterion_at_the_reference_theta(name, model, table):
    design = build_design(parse_formula(model["formula"]), table)
    ours = criterion_of_engine(design, model["theta"], reml=model["reml"])
    assert ours == pytest.approx(float(model["criterion"]), rel=CRITERION)


@CASES
def test_optimum(name, model, table):
    fit = fit_mixed(model["formula"], table, reml=model["reml"])
    groups = {factor.grouping.name: factor.m for factor in fit.factors}
    assert (fit.n, groups) == (model["n"], model["groups"])
    assert list(groups) == list(model["groups"]), "lme4's order of factors"
    at = at_the_stored_optimum(fit, model)
    assert satterthwaite_dof(fit)[at] == pytest.approx(model["satterthwaite_dof"], rel=DOF)
    assert hat_trace(fit) == pytest.approx(model["hat_trace"], rel=OPTIMUM)


@CASES
def test_predicted_effects_and_fitted_values(name, model, table):
    fit = fit_mixed(model["formula"], table, reml=model["reml"])
    ours = {(row.group, row.level): (row.value, row.se**2) for row in blups(fit)}
    wanted = {
        (group, level): tuple(pair)
        for group, levels in model["effects"].items()
        for level, pair in levels.items()
    }
    assert ours.keys() == wanted.keys()
    sizes = np.abs(list(wanted.values())).max(axis=0)
    for place, pair in wanted.items():
        assert np.array(ours[place]) / sizes == pytest.approx(np.array(pair) / sizes, abs=OPTIMUM)
    assert fit.fitted_values[:3] == pytest.approx(model["fitted_first_rows"], rel=OPTIMUM)
    assert predict_rows(fit, table, level="group") == pytest.approx(fit.fitted_values, rel=OPTIMUM)
