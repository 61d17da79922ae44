"""The formulas that a study's roles call for."""

from __future__ import annotations

import pytest

from lmm.errors import FormulaError
from lmm.study.analysis.candidates import candidates
from lmm.study.configuration.settings import Covariate, GroupNoun, Source, Study, Time, Variable


def study(**settings):
    usual = {
        "name": "s",
        "title": "s",
        "source": Source(),
        "outcome": Variable(column="y"),
        "group": GroupNoun(column="g"),
        "time": Time(column="t"),
    }
    return Study(**{**usual, **settings})


def test_the_four_models():
    found = candidates(study(covariates=(Covariate(column="sex"), Covariate(column="dose"))))
    assert found.pooled == "y ~ t + sex + dose"
    assert found.random_intercept == "y ~ t + sex + dose + (1 | g)"
    assert found.random_slope == "y ~ t + sex + dose + (t | g)"
    assert found.random_slope_independent == "y ~ t + sex + dose + (t || g)"


def test_without_a_time_there_are_no_slopes():
    found = candidates(study(time=None))
    assert (found.pooled, found.random_intercept) == ("y ~ 1", "y ~ 1 + (1 | g)")
    assert found.random_slope is found.random_slope_independent is None


def test_odd_names_are_quoted():
    found = candidates(study(outcome=Variable(column="y (cm)"), time=Time(column="time 1")))
    assert found.random_slope == "`y (cm)` ~ `time 1` + (`time 1` | g)"


def test_columns_of_further_models_are_asked_for_once():
    models = {"a": "y ~ t + iq + (1 | g)", "b": "log_y ~ t * iq + wealth + (1 | school)"}
    assert candidates(study(models=models)).further_columns == ("iq", "log_y", "wealth", "school")


def test_a_further_model_that_cannot_be_read():
    with pytest.raises(FormulaError):
        _ = candidates(study(models={"a": "y ~ (1 | g"})).further_columns
