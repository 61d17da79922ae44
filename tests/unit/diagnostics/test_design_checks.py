"""Cells, collinearity, convergence, boundary, attrition and bookkeeping, each on data made to fail and to pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmm.diagnostics.attrition import attrition, attrition_check
from lmm.diagnostics.cells import cells, cells_check, groups_check
from lmm.diagnostics.check import judge_below
from lmm.diagnostics.collinearity import collinearity_check, inflations
from lmm.diagnostics.convergence import boundary_check, convergence_check
from lmm.diagnostics.projection import projection
from lmm.diagnostics.repeats import (
    constants_check,
    inconstant,
    repeats,
    repeats_check,
)
from lmm.model.fit import fit_mixed
from tests.reference.course.nepal import GROWTH
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import study

TABLE = study(np.random.default_rng(4))
G, X = TABLE["g"], TABLE["x"]


@pytest.mark.parametrize(
    ("statistic", "verdict"), [(10, "fine"), (9, "note"), (5, "note"), (4, "concern")]
)
def test_small_is_bad_below_the_threshold_only(statistic, verdict):
    assert judge_below(statistic, 10.0, 5.0) == verdict


def test_the_rarer_value_is_counted_in_groups_whichever_it_is():
    few = (G < 4).astype(float)
    table = TABLE | {"few": few, "most": (G >= 7).astype(float), "late": (X > 2.5).astype(float)}
    found = cells(fit_mixed("y ~ x + few + most + late + (1 | g)", table))
    assert [(cell.column, cell.value, cell.groups, cell.rows) for cell in found[:2]] == [
        ("few", 1.0, 4, int(few.sum())),
        ("most", 0.0, 7, int(np.sum(G < 7))),
    ]
    assert found[2].column == "late" and found[2].groups > 20
    check = cells_check(found)
    assert (check.statistic, check.verdict, check.where) == (4.0, "concern", ("few", "most"))
    assert cells_check(()).verdict == "fine"


def test_of_several_factors_the_one_that_holds_a_column_says_how_few():
    """Two of six markers are strict: all nine pupils have strict marks, but only two markers gave them."""
    rng = np.random.default_rng(8)
    pupil, marker = np.repeat(np.arange(9), 6), np.tile(np.arange(6), 9)
    table = {"pupil": pupil, "marker": marker, "strict": (marker < 2).astype(float)}
    y = rng.normal(size=9)[pupil] + rng.normal(size=6)[marker] + rng.normal(size=54)
    fit = fit_mixed("y ~ strict + (1 | pupil) + (1 | marker)", table | {"y": y})
    (found,) = cells(replace(fit, main="pupil"))
    assert (found.column, found.value, found.group) == ("strict", 1.0, "marker")
    assert (found.groups, found.rows) == (2, 18)


def test_few_groups(slopes_fit):
    assert groups_check(slopes_fit).verdict == "fine"
    table = {name: column[G < 8] for name, column in TABLE.items()}
    check = groups_check(fit_mixed("y ~ x + (1 | g)", table))
    assert (check.statistic, check.verdict, check.where) == (8.0, "note", ("g",))


def test_nepals_nine_literate_mothers_are_few(course_data):
    table = CourseTables(course_data).nepal_without_codes
    check = cells_check(cells(fit_mixed(GROWTH, table)))
    assert (check.statistic, check.verdict, check.where) == (9.0, "note", ("lit",))


def test_inflation_of_a_copy_and_of_nothing():
    rng = np.random.default_rng(5)
    copy = X + 0.1 * rng.normal(size=len(X))
    found = inflations(fit_mixed("y ~ x + copy + w + (1 | g)", TABLE | {"copy": copy}))
    check = collinearity_check(found)
    assert (check.verdict, set(check.where)) == ("concern", {"x", "copy"})
    # a product is collinear with its factors by its making, and says nothing
    products = inflations(fit_mixed("y ~ x * w + (1 | g)", TABLE | {"w": TABLE["w"] + 50}))
    assert [each.term for each in products] != [] and products[0].factor < 1.5
    assert collinearity_check(inflations(fit_mixed("y ~ x + (1 | g)", TABLE))).statistic is None


def test_inflations_against_r(course_data):
    """performance 0.10.2, ``check_collinearity(lmer(arm ~ age + wt + lit + alive4 + (1 | id), n))``, codes in wt
    missing, ``alive4 = factor(pmin(alive, 5))``: the factor's is for all its columns together.
    """
    from lmm.ingest.cleaning import clean
    from lmm.ingest.readers import read_table
    from lmm.ingest.roles import Roles

    roles = Roles(outcome="arm", group="id", time="age", others=("lit", "wt", "alive"))
    codes = {"arm": [88.8, 99.9], "wt": [88.8, 99.9]}
    frame = clean(read_table(course_data("Nepal.csv")), roles=roles, missing_codes=codes).frame
    frame = frame.assign(alive4=np.minimum(frame["alive"], 5))
    found = inflations(fit_mixed("arm ~ age + wt + lit + C(alive4) + (1 | id)", frame))
    by_term = {each.term: each for each in found}
    assert by_term["wt"].factor == pytest.approx(4.561103550, rel=1e-6)
    assert by_term["age"].factor == pytest.approx(4.522185541, rel=1e-6)
    assert by_term["lit"].factor == pytest.approx(1.038491664, rel=1e-6)
    factor = by_term["C(alive4)"]
    assert factor.factor**factor.columns == pytest.approx(1.071352263, rel=1e-6)


def test_convergence_and_boundary(slopes_fit):
    assert convergence_check(slopes_fit).verdict == boundary_check(slopes_fit).verdict == "fine"
    lost = replace(slopes_fit, optimum=replace(slopes_fit.optimum, converged=False))
    assert convergence_check(lost).verdict == "concern"
    y = TABLE["y"] - np.array([TABLE["y"][g == G].mean() for g in range(30)])[G]
    check = boundary_check(fit_mixed("y ~ 1 + (1 | g)", TABLE | {"y": y}))
    assert (check.verdict, check.where) == ("note", ("Intercept",))


def leaving(difference, seed):
    """Sixty groups seen 3 to 8 times, and lower the sooner they leave."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 9, 60)
    g = np.repeat(np.arange(60), sizes)
    x = np.concatenate([np.arange(size, dtype=float) for size in sizes])
    level = difference * (sizes - 5.5) / 5 + rng.normal(0, 1, 60)
    y = x + level[g] + rng.normal(0, 0.5, len(g))
    return projection(fit_mixed("y ~ x + (1 | g)", {"y": y, "x": x, "g": g}))


def test_groups_that_leave_early_and_lie_lower_are_found():
    found = attrition(leaving(2.0, 1))
    assert found is not None and (found.least, found.most) == (3, 8)
    # 2 from fewest to most, over the SD of a row about the line; its standard error is 0.4
    assert found.difference == pytest.approx(2.0 / np.hypot(1.15, 0.5), abs=0.6)
    assert attrition_check(found).verdict != "fine"


def test_leaving_by_chance_is_fine():
    spoken = [
        attrition_check(attrition(leaving(0.0, seed))).verdict != "fine" for seed in range(60)
    ]
    assert sum(spoken) <= 7  # of 60 at 5%


def test_groups_seen_equally_often_have_no_attrition():
    y = np.random.default_rng(1).normal(size=40)
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y, "g": np.repeat(np.arange(10), 4)})
    assert attrition(projection(fit)) is None
    assert attrition_check(None).statistic is None


def test_repeated_visits_are_counted_and_copies_are_a_concern(slopes_fit):
    fit, y = slopes_fit, slopes_fit.design.y
    assert repeats_check(repeats(fit.grouping, X, y)).verdict == "fine"
    again = X.copy()
    again[[3, 51]] = again[[2, 50]]
    assert G[2] == G[3] and G[50] == G[51]
    check = repeats_check(repeats(fit.grouping, again, y))
    assert (check.statistic, check.verdict) == (2.0, "note")
    assert check.where == (str(G[3]), str(G[51]))
    copied = y.copy()
    copied[3] = copied[2]
    assert repeats_check(repeats(fit.grouping, again, copied)).verdict == "concern"


def test_replicates_by_design_are_no_repeats(slopes_fit):
    found = repeats(slopes_fit.grouping, np.zeros_like(X), slopes_fit.design.y)
    assert found.by_design and repeats_check(found).verdict == "fine"


def test_what_should_not_change_within_a_group(slopes_fit):
    sex = (G % 2).astype(float)
    slip = sex.copy()
    row = int(np.flatnonzero(G == 6)[1])
    slip[row] = 1.0
    columns = {"sex": sex, "slip": slip, "x": X}
    found = inconstant(slopes_fit.grouping, columns)
    assert [(each.column, each.groups) for each in found] == [("slip", ("6",))]
    assert constants_check(found).verdict == "note" and constants_check(()).verdict == "fine"
