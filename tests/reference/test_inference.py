"""Tests and errors of fixed effects against pbkrtest, lmerTest, clubSandwich, nlme and plm (``inference/values.R``).

R's optimum is polished by Newton steps on numerical derivatives, which leaves some 1e-7 in theta and
correspondingly less in what is flat there; lmerTest's own Hessian is numerical too.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmm.inference.fixed_effects.between_within import between_within_dof, varies_within
from lmm.inference.fixed_effects.cluster_robust import cluster_robust
from lmm.inference.fixed_effects.hausman import hausman
from lmm.inference.fixed_effects.kenward_roger import kenward_roger, kenward_roger_test
from lmm.inference.fixed_effects.satterthwaite import satterthwaite_test
from lmm.inference.fixed_effects.within_between import within_between
from lmm.model.fit import fit_mixed

HERE = Path(__file__).parent
VALUES = json.loads((HERE / "inference" / "values.json").read_text())
STORED = [json.loads(path.read_text()) for path in sorted((HERE / "models").glob("*.json"))]
MODELS = [
    pytest.param(stored, model, id=model["id"])
    for stored in STORED
    for model in stored["models"]
    if model.get("kenward_roger_dof") and not model["singular"] and not model.get("without")
]


def cases(part):
    return [pytest.param(case, id=case["id"]) for case in VALUES[part]]


@pytest.fixture
def table(case, course_data):
    """The rows and factors that ``values.R`` used."""
    name = case["id"].partition(".")[0]
    if name == "nepal":
        frame = pd.read_csv(course_data("Nepal.csv"))
        frame = frame[~frame["arm"].isin([88.8, 99.9])].dropna(subset="arm")
        return frame.assign(ageC=frame["age"] - 36)
    if name == "pig":
        return pd.read_csv(course_data("pig.csv"))
    return {
        "sleep": sleep,
        "four": four,
        "orthodont": orthodont,
        "machines": machines,
        "cake": cake,
    }[name]()


def sleep():
    return pd.read_csv(HERE / "data" / "sleepstudy_na.csv").dropna()


def four():
    frame = sleep()
    return frame[frame["Subject"].isin(sorted(frame["Subject"].unique())[:4])]


def orthodont():
    frame = pd.read_csv(HERE / "data" / "Orthodont.csv")
    frame = frame[np.arange(1, len(frame) + 1) % 7 != 3]
    return frame.assign(Sex=pd.Categorical(frame["Sex"], ["Male", "Female"]))


def machines():
    return pd.read_csv(HERE / "data" / "Machines.csv").drop(index=[1, 2, 5, 10, 29, 30, 43])


def cake():
    frame = pd.read_csv(HERE / "data" / "cake.csv", dtype={"temperature": str})
    return frame.assign(group=frame["recipe"] + "." + frame["replicate"].astype(str))


@pytest.mark.parametrize("case", cases("several"))
def test_kenward_rogers_f(case, table):
    wanted = case["kenward_roger"]
    found = kenward_roger_test(fit_mixed(case["formula"], table), np.array(case["L"]))
    assert found.numerator_dof == len(case["L"])
    assert found.denominator_dof == pytest.approx(wanted["dof"], rel=1e-9)
    assert found.scaling == pytest.approx(wanted["scaling"], rel=1e-9)
    assert found.statistic == pytest.approx(wanted["F"], rel=1e-8)
    assert found.p == pytest.approx(wanted["p"], rel=1e-6)


@pytest.mark.parametrize("case", [*cases("several"), *cases("nested")])
def test_satterthwaites_f(case, table):
    wanted = case["satterthwaite"]
    found = satterthwaite_test(fit_mixed(case["formula"], table), np.array(case["L"]))
    assert found.statistic == pytest.approx(wanted["F"], rel=1e-8)
    assert found.denominator_dof == pytest.approx(wanted["dof"], rel=1e-7)
    assert found.p == pytest.approx(wanted["p"], rel=1e-5)


@pytest.mark.parametrize("case", cases("robust"))
def test_cluster_robust(case, table):
    fit = fit_mixed(case["formula"], table, reml=case["reml"])
    found = cluster_robust(fit)
    se = np.sqrt(np.diag(found.vcov))
    assert se == pytest.approx(case["se"], rel=1e-8)
    assert found.vcov == pytest.approx(
        np.array(case["vcov"]), abs=1e-8 * float(np.outer(se, se).max())
    )
    assert found.dof == pytest.approx(case["dof"], rel=1e-8)
    assert np.sqrt(np.diag(fit.vcov)) == pytest.approx(case["model_se"], rel=1e-8)


@pytest.mark.parametrize("case", cases("between_within"))
def test_between_within(case, table):
    """nlme's inner and outer terms; its intercept counts as inner there, as outer with Schluchter and Elashoff."""
    group = {"orthodont": "Subject", "cake": "group", "machines": "Worker", "nepal": "id"}
    fixed = {
        "orthodont": "distance ~ age * Sex",
        "cake": "angle ~ recipe * temperature",
        "machines": "score ~ Machine",
        "nepal": "arm ~ age + lit",
    }
    fit = fit_mixed(f"{fixed[case['id']]} + (1 | {group[case['id']]})", table)
    found = between_within_dof(fit)
    assert sorted(found[1:]) == sorted(case["dof"][1:])
    outer = [dof for dof, inner in zip(found, varies_within(fit), strict=True) if not inner]
    assert outer == [fit.statistics.m - len(outer)] * len(outer)


@pytest.mark.parametrize(("stored", "model"), MODELS)
def test_kenward_roger_of_each_coefficient(stored, model):
    """pbkrtest's values at an optimum refined in high precision: they agree to rounding."""
    frame = pd.read_csv(HERE / "data" / stored["data"], dtype=dict.fromkeys(stored["factors"], str))
    for column, levels in stored["factors"].items():
        frame[column] = pd.Categorical(frame[column], categories=levels)
    fit = fit_mixed(model["formula"], frame)
    found = kenward_roger(fit)
    at = [fit.design.names.index(term) for term in model["beta"]]
    assert found.held == 0
    assert found.dof[at] == pytest.approx(model["kenward_roger_dof"], rel=1e-11)
    assert np.sqrt(np.diag(found.vcov))[at] == pytest.approx(model["kenward_roger_se"], rel=1e-11)


@pytest.fixture
def children(course_data):
    frame = pd.read_csv(course_data("Nepal.csv"))
    frame = frame[~frame["arm"].isin([88.8, 99.9])].dropna(subset="arm")
    return frame.assign(ageC=frame["age"] - 36)


def test_age_within_and_between_children(children):
    """plm's two regressions and its test; lmerTest for the mean age beside age."""
    wanted = VALUES["hausman"]
    fit = fit_mixed("arm ~ ageC + (1 | id)", children)
    (row,) = within_between(fit, method="satterthwaite")
    assert row.within and row.between and row.contextual
    assert row.within.estimate == pytest.approx(wanted["within"], rel=1e-10)
    assert row.within.se == pytest.approx(wanted["within_se"], rel=1e-10)
    assert row.between.estimate == pytest.approx(wanted["between"][1], rel=1e-10)
    assert row.between.se == pytest.approx(wanted["between_se"][1], rel=1e-10)
    found = row.contextual
    assert (found.estimate, found.se, found.dof, found.t, found.p) == pytest.approx(
        tuple(wanted["mundlak"]), rel=1e-6
    )
    test = hausman(fit)
    assert test is not None
    assert not test.common_variance
    assert test.random == pytest.approx((wanted["random"][1],), rel=1e-10)
    assert test.statistic == pytest.approx(wanted["chi2"], rel=1e-9)
    assert test.p == pytest.approx(wanted["p"], rel=1e-9)


def test_several_covariates_within_and_between_children(children):
    """Weight varies within, literacy does not: the test compares age and weight."""
    wanted = VALUES["hausman"]["two"]
    weighed = children[~children["wt"].isin([88.8, 99.9])]
    fit = fit_mixed("arm ~ ageC + wt + lit + (1 | id)", weighed)
    rows = within_between(fit)
    assert [row.within and row.within.estimate for row in rows] == pytest.approx(wanted["within"])
    assert [row.within and row.within.se for row in rows] == pytest.approx(wanted["within_se"])
    assert [row.between and row.between.estimate for row in rows] == pytest.approx(
        wanted["between"][1:3]
    )
    assert [row.between and row.between.se for row in rows] == pytest.approx(
        wanted["between_se"][1:3]
    )
    test = hausman(fit)
    assert test is not None
    assert test.terms == ("ageC", "wt")
    assert test.random == pytest.approx(tuple(wanted["random"][1:3]), rel=1e-9)
    assert test.statistic == pytest.approx(wanted["chi2"], rel=1e-9)
    assert test.p == pytest.approx(wanted["p"], rel=1e-9)
