"""Deletion of groups, against fits of the table without them, dense formulas and R."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.deletion import refit_rows
from lmm.diagnostics.influence import (
    conclusions_check,
    influence,
    influence_check,
)
from lmm.diagnostics.one_step import one_step_distances
from lmm.diagnostics.projection import projection
from lmm.model.batch import refit_without
from lmm.model.fit import fit_mixed
from tests.reference.course.nepal import RANDOM_SLOPE
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import covariance, study

FORMULA = "y ~ x + w + (x | g)"
TABLE = study(np.random.default_rng(4))


def rows_of(table, keep):
    return {name: column[keep] for name, column in table.items()}


@pytest.mark.parametrize("group", [0, 11, 29])
def test_a_refit_is_the_fit_of_the_table_without_the_group(slopes_fit, group):
    found = refit_without(slopes_fit, [group])
    expected = fit_mixed(FORMULA, rows_of(TABLE, TABLE["g"] != group))
    assert found.converged[0]
    assert found.criterion[0] == pytest.approx(expected.criterion, abs=1e-8)
    assert found.beta[0] == pytest.approx(expected.beta, abs=1e-7)
    assert found.sigma[0] == pytest.approx(expected.sigma, rel=1e-6)
    assert found.Psi[0] == pytest.approx(expected.Psi, abs=1e-5)
    assert found.vcov[0] == pytest.approx(expected.vcov, abs=1e-6)


def test_what_only_the_group_carried_is_not_estimated_without_it():
    table = TABLE | {"own": (TABLE["g"] == 3) * TABLE["x"]}
    fit = fit_mixed("y ~ x + own + (1 | g)", table)
    found = refit_without(fit, [3])
    assert np.isnan(found.beta[0]).tolist() == [False, False, True]
    assert np.isnan(found.vcov[0]).sum() == 5
    # and such a group is not among those that can be compared
    assert "3" not in {each.level for each in influence(fit).groups}


def test_rows_that_cannot_carry_the_model_give_no_fit(slopes_fit):
    assert refit_rows(slopes_fit, slopes_fit.grouping.codes == 1) is None
    few = np.isin(np.arange(slopes_fit.n), [*np.flatnonzero(slopes_fit.grouping.codes == 1)[:2], 0])
    assert refit_rows(slopes_fit, few) is None


def test_of_two_groups_neither_can_be_left_out():
    found = influence(fit_mixed("y ~ x + (1 | g)", rows_of(TABLE, TABLE["g"] < 2)))
    assert found.groups == ()
    check = influence_check(found)
    assert (check.statistic, check.verdict, check.where) == (None, "fine", ())
    assert conclusions_check(found).verdict == "fine"


def test_one_step_distances_by_the_dense_formula(slopes_fit):
    fit, V = slopes_fit, covariance(slopes_fit)
    r, found = fit.design.y - fit.design.X @ fit.beta, one_step_distances(projection(slopes_fit))
    for i in (0, 7, 19):
        rows = np.flatnonzero(fit.grouping.codes != i)
        X, Vi = fit.design.X[rows], np.linalg.inv(V[np.ix_(rows, rows)])
        change = np.linalg.solve(X.T @ Vi @ X, X.T @ Vi @ r[rows])
        assert found[i] == pytest.approx(change @ np.linalg.solve(fit.vcov, change) / fit.p)


def test_the_largest_changes_of_clean_data_by_drawing_them(slopes_fit):
    P = projection(slopes_fit)
    drawn = np.concatenate(list(P.draws(4000, seed=9)), axis=1)
    information = np.linalg.inv(P.Phi)
    largest, furthest = np.zeros(4000), np.zeros((3, 4000))
    out = slopes_fit.units.W_x / np.sqrt(np.diag(slopes_fit.vcov))[:, None] * slopes_fit.sigma
    for i in range(P.m):
        X, W = P.X[P.codes == i], P.W[P.codes == i]
        change = np.linalg.solve(information - X.T @ W, X.T @ drawn[P.codes == i])
        distance = np.einsum("pk,pr,rk->k", change, information, change) / P.X.shape[1]
        largest = np.maximum(largest, distance)
        furthest = np.maximum(furthest, np.abs(out @ change))
    # two simulations of a 99% point; each knows the share beyond it to a third
    found = influence(slopes_fit, exact=1)
    beyond = [largest > found.largest_expected, *(furthest > found.furthest_expected[:, None])]
    assert all(0.004 < share < 0.02 for share in np.mean(beyond, axis=1))


def test_a_wild_group_is_found_and_a_clean_study_is_not_accused(slopes_fit):
    found = influence(slopes_fit)
    assert influence_check(found).verdict == "fine"
    assert [each.cook for each in found.groups] == sorted(
        (e.cook for e in found.groups), reverse=True
    )
    wild = TABLE["y"] + np.where(TABLE["g"] == 12, 8.0 + 3.0 * TABLE["x"], 0.0)
    check = influence_check(influence(fit_mixed("y ~ x + (x | g)", TABLE | {"y": wild})))
    assert check.verdict != "fine" and check.where[0] == "12"


def test_a_conclusion_that_hangs_on_one_group_is_named():
    # w is constant but in one group, whose level alone makes its effect
    w = np.where(TABLE["g"] == 5, 3.0, 0.1 * np.sin(TABLE["g"]))
    y = TABLE["y"] + np.where(TABLE["g"] == 5, 6.0, 0.0)
    found = influence(fit_mixed("y ~ x + w + (1 | g)", TABLE | {"y": y, "w": w}))
    check = conclusions_check(found)
    assert (check.verdict, check.where[0]) == ("note", "5")
    assert found.hanging(next(each for each in found.groups if each.level == "5")) == ("w",)


def test_an_interval_that_ends_at_zero_hangs_on_no_one():
    # the slope is moved to 1.97 standard errors: many a deletion takes it below 1.96, none by much
    formula = "y ~ x + w + (1 | g)"
    fit = fit_mixed(formula, TABLE)
    wanted = 1.97 * np.sqrt(fit.vcov[1, 1])
    y = TABLE["y"] - (fit.beta[1] - wanted) * TABLE["x"]
    found = influence(fit_mixed(formula, TABLE | {"y": y}))
    assert sum("x" in each.flips for each in found.groups) > 5
    assert conclusions_check(found).verdict == "fine"


# lme4 1.1-31, each refit by bobyqa with rhoend = 1e-11, for k in c(57, 14, 103, 105):
# s <- lmer(arm ~ ageC + (ageC | id), n[n$id != k, ]); d <- fixef(s) - fixef(RS)
# d %*% solve(vcov(RS), d) / 2 * 195 / 197; d / sqrt(diag(vcov(s))); sigma(s)^2 / sigma(RS)^2 - 1
# influence() itself refits more loosely: 0.118910668 for child 57.
NEPAL = {
    "57": (0.11891502, -0.2437001, -0.4590279, -0.01240878, 0.02240493, -0.35653092),
    "14": (0.075738086, -0.2473872, -0.3229216, -0.01139048, -0.02794861, -0.15793399),
    "103": (0.061435966, -0.1953932, -0.3082672, 0.004015489, 0.001341029, -0.198566704),
    "105": (0.053596931, 0.33384302, -0.05942597, -0.01150406, -0.09053003, 0.04606115),
}


def test_nepal_against_r(course_data):
    """lme4's ``cooks.distance(influence(RS, "id"))`` is ours times (m − p)/m, m the groups."""
    found = influence(fit_mixed(RANDOM_SLOPE, CourseTables(course_data).nepal))
    assert [each.level for each in found.groups[:4]] == list(NEPAL)
    for each, expected in zip(found.groups, NEPAL.values(), strict=False):
        cook, level, slope, sigma, *variances = expected
        assert each.cook * 195 / 197 == pytest.approx(cook, rel=2e-6)
        assert each.dfbetas == pytest.approx([level, slope], abs=1e-6)
        assert each.sigma_change == pytest.approx(sigma, abs=1e-6)
        assert each.variance_changes == pytest.approx(variances, abs=1e-6)
    assert found.groups[0].one_step == pytest.approx(0.0512, abs=5e-5)
    assert conclusions_check(found).verdict == "fine"
