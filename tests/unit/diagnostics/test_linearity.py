"""Added columns and the bend, against dense least squares, R's likelihood ratios and a planted parabola."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f as f_distribution

from lmm.diagnostics.added import added_columns
from lmm.diagnostics.linearity import bends, linearity_check
from lmm.diagnostics.projection import projection
from lmm.model.fit import fit_mixed
from tests.reference.course.nepal import RANDOM_SLOPE as NEPAL
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import covariance, study

TABLE = study(np.random.default_rng(4))


def test_added_columns_are_generalised_least_squares_of_all_together(slopes_fit):
    fit, x = slopes_fit, TABLE["x"]
    A = np.column_stack([x**2, np.sin(x)])
    found = added_columns(projection(fit), A)
    Vi = np.linalg.inv(covariance(fit))
    both = np.column_stack([fit.design.X, A])
    information = both.T @ Vi @ both
    beta = np.linalg.solve(information, both.T @ Vi @ fit.design.y)
    assert found is not None
    assert found.gamma * fit.sigma == pytest.approx(beta[-2:], abs=1e-8)
    vcov = np.linalg.inv(information)[-2:, -2:]
    assert found.vcov * fit.sigma**2 == pytest.approx(vcov, abs=1e-8)
    # the usual F of two nested least squares, both whitened by V
    squares = [
        float((fit.design.y - X @ b) @ Vi @ (fit.design.y - X @ b))
        for X, b in [(fit.design.X, fit.beta), (both, beta)]
    ]
    dof = fit.n - both.shape[1]
    F = (squares[0] - squares[1]) / 2 / (squares[1] / dof)
    assert (found.F, found.dof) == (pytest.approx(F), dof)
    assert found.p == pytest.approx(f_distribution.sf(F, 2, dof))
    assert found.critical(0.05) == pytest.approx(f_distribution.ppf(0.95, 2, dof))


def test_what_the_model_has_already_adds_nothing(slopes_fit):
    P, x = projection(slopes_fit), TABLE["x"]
    assert added_columns(P, (3 * x - 7)[:, None]) is None
    found = added_columns(P, np.column_stack([2 * x, x**2, 5 * x**2 - x]))
    assert found is not None and found.kept.tolist() == [1]


def test_a_column_of_the_groups_is_borne_by_groups(slopes_fit):
    found = added_columns(projection(slopes_fit), (TABLE["w"] ** 2)[:, None])
    assert found is not None
    assert found.dof == 30 - 2 - 1  # groups, the intercept and w, itself


def test_a_planted_parabola_has_the_size_it_was_given():
    rng = np.random.default_rng(6)
    x = np.tile(np.linspace(-1, 1, 41), 50)
    g = np.repeat(np.arange(50), 41)
    y = 1 + x + 2.0 * x**2 + rng.normal(0, 1, 50)[g] + rng.normal(0, 0.8, len(g))
    fit = fit_mixed("y ~ x + (1 | g)", {"y": y, "x": x, "g": g})
    (found,) = bends(projection(fit), {"x": x})
    # over the middle 95% the parabola falls from 0.95² to 0, in units of the residual SD
    assert found.size == pytest.approx(2.0 * 0.95**2 / fit.sigma, rel=0.05)
    assert found.p < 1e-10
    check = linearity_check((found,))
    assert (check.verdict, check.where) == ("concern", ("x",))
    assert found.curve[0] > 0 > found.curve[len(found.curve) // 2]


def test_a_bend_must_be_certain_and_large():
    variables = {name: TABLE[name] for name in ("x", "w")}
    fine = linearity_check(bends(projection(fit_mixed("y ~ x + w + (x | g)", TABLE)), variables))
    assert fine.verdict == "fine"
    rng = np.random.default_rng(1)
    x = np.tile(np.linspace(-1, 1, 41), 200)
    g = np.repeat(np.arange(200), 41)
    y = x + 0.15 * x**2 + rng.normal(0, 1, 200)[g] + rng.normal(0, 1, len(g))
    (found,) = bends(projection(fit_mixed("y ~ x + (1 | g)", {"y": y, "x": x, "g": g})), {"x": x})
    assert found.p < 0.05 and found.size < found.threshold == 0.4


def test_two_values_have_no_bend(slopes_fit):
    P = projection(slopes_fit)
    assert bends(P, {"half": (TABLE["x"] > 2).astype(float)}) == ()
    assert linearity_check(()).statistic is None


@pytest.mark.parametrize(
    ("formula", "table", "time", "statistic"),
    [
        # anova(lmer(arm ~ ageC + (ageC | id), REML = FALSE), lmer(arm ~ poly(age, 3) + (ageC | id), …)):
        # 12.6539 + 0.0202 on 2, p .0018; likewise 21.616, p 2.0e-5, for the pigs (lme4 1.1-31)
        (NEPAL, "nepal", "ageC", 12.6741),
        ("weight ~ weeks + (weeks | id)", "pigs", "weeks", 21.616),
    ],
)
def test_both_courses_lines_bend_as_r_finds(formula, table, time, statistic, course_data):
    data = getattr(CourseTables(course_data), table)
    P = projection(fit_mixed(formula, data))
    x = data[time].to_numpy(float)
    added = added_columns(P, np.column_stack([x**2, x**3]))
    assert added is not None
    # a Wald statistic at held variances and a likelihood ratio agree to some per cent, not exactly
    ratio = 2 * added.F
    assert ratio == pytest.approx(statistic, rel=0.05)
    assert linearity_check(bends(P, {time: x})).verdict == "note"


def test_a_curve_that_the_model_has_is_no_bend():
    x = TABLE["x"]
    fit = fit_mixed("y ~ x + q + c + (1 | g)", TABLE | {"q": x**2, "c": x**3})
    assert bends(projection(fit), {"x": x}) == ()


def test_a_bend_over_three_groups_has_no_degrees_of_freedom_left():
    """The line takes two of the three and the parabola the last."""
    table = {name: column[TABLE["g"] < 3] for name, column in TABLE.items()}
    P = projection(fit_mixed("y ~ w + (1 | g)", table))
    assert added_columns(P, (table["w"] ** 2)[:, None]) is None
    assert bends(P, {"w": table["w"]}) == ()
