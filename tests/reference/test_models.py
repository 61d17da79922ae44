"""The engine against lme4's fits: first its criterion at lme4's theta, then its own optimum.

The two questions fail apart: a wrong formula fails the first, a lazy search only the second.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.model.design import build_design
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_formula
from tests.engine import criterion_of_engine
from tests.reference.agreement import CRITERION, OPTIMUM, at_the_stored_optimum

HERE = Path(__file__).parent
SETS = {
    path.stem: json.loads(path.read_text()) for path in sorted((HERE / "models").glob("*.json"))
}
CASES = [
    pytest.param(name, model, id=model["id"])
    for name, stored in SETS.items()
    for model in stored["models"]
]


@pytest.fixture
def table(name, model, course_data):
    """The data as R saw them: text columns are factors, with R's order of levels."""
    stored = SETS[name]
    factors = stored["factors"]
    source = stored["data"]
    course = source.startswith("course:")
    path = course_data(source.removeprefix("course:")) if course else HERE / "data" / source
    frame = pd.read_csv(path, dtype=dict.fromkeys(factors, str))
    if name == "nepal":
        frame = _nepal(frame)
    for column, levels in factors.items():
        frame[column] = pd.Categorical(frame[column], categories=levels)
    return frame[~frame.iloc[:, 0].astype(str).isin(model.get("without", []))]


def _nepal(frame):
    """88.8 and 99.9 stand for a missing value; one of lme4's models took those of ``wt`` at face value."""
    codes = [88.8, 99.9]
    frame = frame[~frame["arm"].isin(codes)]
    return frame.assign(
        ageC=frame["age"] - 36, wt_clean=frame["wt"].where(~frame["wt"].isin(codes))
    )


@pytest.mark.parametrize(("name", "model"), CASES)
def test_criterion_at_the_reference_theta(name, model, table):
    design = build_design(parse_formula(model["formula"]), table)
    ours = criterion_of_engine(design, model["theta"], reml=model["reml"])
    assert ours == pytest.approx(float(model["criterion"]), rel=CRITERION)


@pytest.mark.parametrize(("name", "model"), CASES)
def test_optimum(name, model, table):
    fit = fit_mixed(model["formula"], table, reml=model["reml"])
    assert (fit.n, len(fit.grouping.levels)) == (model["n"], model["groups"])
    at_the_stored_optimum(fit, model)


@pytest.mark.parametrize(("name", "model"), CASES)
def test_predicted_effects_and_fitted_values(name, model, table):
    fit = fit_mixed(model["formula"], table, reml=model["reml"])
    wanted = np.array(list(model["b"].values()))
    ours = fit.b[[fit.grouping.levels.index(level) for level in model["b"]]]
    sizes = np.maximum(np.abs(wanted).max(axis=0), np.finfo(float).tiny)
    assert ours / sizes == pytest.approx(wanted / sizes, abs=OPTIMUM)
    assert fit.fitted_values[:3] == pytest.approx(model["fitted_first_rows"], rel=OPTIMUM)
