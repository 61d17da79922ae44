"""The embedded twins give the course's figures: every one of the pigs', and nearly all tables of the children.

A figure is the printed text of a slide; where the course printed something else than the rounded
optimum (``units_off``), there is nothing for a twin to match.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmm
from tests.reference.course.figures import read_figures
from tests.reference.course.recipes import RECIPES
from tests.reference.course.tables import CourseTables

DATA = Path(__file__).resolve().parents[2] / "data"
TWINS = {"pig.csv": DATA / "pigs.csv", "Nepal.csv": DATA / "nepal.csv"}
MODELS = (
    "pigs.pooled",
    "pigs.stratified",
    "pigs.random_intercept",
    "pigs.random_intercept_ml",
    "nepal.cleaning",
    "nepal.pooled",
    "nepal.stratified",
    "nepal.random_intercept",
    "nepal.literacy",
    "nepal.random_slope",
    "nepal.random_intercept_ml",
    "nepal.random_slope_ml",
    "nepal.comparison",
    "nepal.without_57_and_105",
)
FIGURES = [
    figure
    for figure in read_figures()
    if figure.model in MODELS and figure.printed and not (figure.units_off or figure.not_covered)
]

LITERACY = [figure for figure in read_figures() if figure.model == "nepal.literacy"]


@pytest.fixture(scope="module")
def quantities():
    """A model's quantities on the twins, each model computed once."""
    tables = CourseTables(TWINS.__getitem__)
    return cache(lambda model: RECIPES[model](tables))


@pytest.fixture(scope="module")
def nepal() -> pd.DataFrame:
    return pd.read_csv(TWINS["Nepal.csv"])


@pytest.mark.parametrize("figure", FIGURES, ids=str)
def test_the_twin_prints_what_the_slide_prints(figure, quantities):
    assert figure.would_print(quantities(figure.model)[figure.quantity])


def test_the_children_are_seen_as_unevenly_as_the_courses(nepal):
    seen = nepal[~nepal["arm"].isin([88.8, 99.9])]
    assert (len(nepal), nepal["id"].nunique(), len(seen), seen["id"].nunique()) == (
        1000,
        200,
        882,
        197,
    )
    assert seen.groupby("id").size().value_counts().to_dict() == {5: 140, 4: 30, 3: 15, 1: 7, 2: 5}
    gaps = nepal.groupby("id")["age"].diff().dropna()
    assert gaps.between(2.5, 5.5).all()


def test_codes_stand_where_the_course_has_them(nepal):
    assert nepal["arm"].isin([99.9]).sum() == 108
    assert nepal["arm"].isin([88.8]).sum() == 10
    assert nepal["wt"].isin([88.8, 99.9]).sum() == 123
    assert (nepal["wt"].isin([88.8, 99.9]) & ~nepal["arm"].isin([88.8, 99.9])).sum() == 5
    assert nepal["bf"].isna().sum() == 53
    assert nepal.groupby("id")["lit"].first().sum() == 9


def test_the_measurements_are_those_of_children(nepal):
    seen = nepal[~nepal["arm"].isin([88.8, 99.9])]
    assert seen["arm"].between(7, 19).all()
    assert nepal["age"].between(1, 78).all()
    assert nepal["wt"][nepal["wt"] < 80].between(2, 30).all()


def test_the_children_that_the_slides_single_out_are_seen_as_often_as_there(nepal):
    """Slides 72 and 73: 57 grows fastest, 105 is the thinnest; without them 875 rows are left."""
    seen = nepal[~nepal["arm"].isin([88.8, 99.9])].assign(ageC=lambda rows: rows["age"] - 36)
    often = seen.groupby("id").size()
    assert (often[57], often[105]) == (5, 2)
    fit = lmm.fit("arm ~ ageC + (ageC | id)", seen).fit
    steepest, lowest = np.argmax(fit.b[:, 1]), np.argmin(fit.b[:, 0])
    assert [fit.grouping.levels[int(at)] for at in (steepest, lowest)] == ["57", "105"]


def test_literacy_is_worth_what_slide_22_says(nepal):
    """Printed are 0.930247 and 0.316301, of an optimum that had not been reached; R's is in the table."""
    seen = nepal[~nepal["arm"].isin([88.8, 99.9])]
    fit = lmm.fit("arm ~ age + lit + (1 | id)", seen)
    value = {figure.quantity: float(figure.value) for figure in LITERACY}
    assert fit.params["lit"] == pytest.approx(value["lit estimate"], abs=5e-7)
    model_se = dict(zip(fit.params.index, np.sqrt(np.diag(fit.fit.vcov)), strict=True))
    assert model_se["lit"] == pytest.approx(value["lit se"], abs=5e-6)


def test_errors_echo_the_visit_before(nepal):
    """What a random slope leaves is still alike at neighbouring visits, as in many growth studies."""
    seen = nepal[~nepal["arm"].isin([88.8, 99.9])].assign(ageC=lambda rows: rows["age"] - 36)
    left = pd.Series(lmm.fit("arm ~ ageC + (1 | id)", seen).fit.residuals, index=seen.index)
    before = left.groupby(seen["id"]).shift()
    far = left.groupby(seen["id"]).shift(3)
    assert left.corr(before) > left.corr(far) + 0.2


def test_coded_weights_turn_the_last_table_upside_down_here_too(nepal):
    """As on slide 81: 5 codes among 882 weights hide what weight says, and flip the sign of age."""
    seen = nepal[~nepal["arm"].isin([88.8, 99.9])].assign(ageC=lambda rows: rows["age"] - 36)
    clean = seen[seen["wt"] < 80]
    formula = "arm ~ C(sex) * ageC + lit * ageC + wt + (ageC | id)"
    kept, missing = lmm.fit(formula, seen).params, lmm.fit(formula, clean).params
    assert len(clean) == 877
    assert abs(kept["wt"]) < 0.05 < 0.5 < missing["wt"]
    assert kept["ageC"] > 0 > missing["ageC"]


def test_pigs_differ_in_growth_as_the_courses_do():
    """The random-slope model of S3: its standard error of the slope is 2.36 times the random intercept's."""
    pigs = pd.read_csv(TWINS["pig.csv"])
    fits = [lmm.fit(f"weight ~ weeks + ({term} | id)", pigs) for term in ("1", "weeks")]
    ratio = fits[1].bse["weeks"] / fits[0].bse["weeks"]
    assert ratio == pytest.approx(2.356, abs=0.005)
    assert np.isclose(fits[1].bse["weeks"], 0.0920, atol=5e-5)
