"""What is said to be a minimum is one; what is not is said not to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmm.diagnostics.optimality import optimality, optimality_messages
from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import hessian_in_theta
from tests.engine import criterion_of_engine
from tests.unit.model.batch.test_refits import study

CASES = {
    "inside": ("y ~ x + (x | g)", study(30)),
    "a variance of zero": ("y ~ x + (1 | g)", study(20, spread=0.0, slopes=0.0)),
    "several factors": ("y ~ x + (1 | g) + (1 | h)", study(30).assign(h=lambda t: t.index % 5)),
}


@pytest.mark.parametrize(("formula", "table"), CASES.values(), ids=CASES)
def test_a_converged_fit_is_proven(formula, table):
    fit = fit_mixed(formula, table)
    found = optimality(fit)
    assert fit.converged and found.proven
    assert found.decrement < 1e-12
    assert found.curvature > 1e-3
    assert (found.slope is None) == (not fit.singular)
    assert found.undetermined == ()
    assert optimality_messages(fit) == ()


def test_the_slope_off_the_bound_is_the_derivative_in_the_variance():
    fit = fit_mixed(*CASES["a variance of zero"])
    assert fit.singular
    step = 1e-5  # of D
    rise = criterion_of_engine(fit.design, np.sqrt([step]), reml=True) - fit.criterion
    assert optimality(fit).slope == pytest.approx(rise / step, rel=1e-2)


def moved(fit, theta):
    """A fit that claims to be at another theta than its own."""
    T = fit.template.factor(theta)
    objective = OneFactor(statistics=fit.statistics, reml=fit.reml)
    found = objective.derivatives(T)
    gradient = np.array([2 * (found.gradient @ T)[i, j] for i, j in fit.template.entries])
    optimum = replace(
        fit.optimum,
        T=T,
        at=found.at,
        gradient=gradient,
        hessian=hessian_in_theta(objective, fit.template, T),
        gradient_D=found.gradient,
        converged=False,
    )
    return replace(fit, optimum=optimum)


def test_a_fit_that_stopped_early_is_not_and_the_distance_is_predicted():
    fit = fit_mixed(*CASES["inside"])
    away = moved(fit, fit.template.theta(fit.optimum.T) + 0.01)
    found = optimality(away)
    assert not found.proven
    assert found.decrement == pytest.approx(away.optimum.at.value - fit.optimum.at.value, rel=0.1)
    (message,) = optimality_messages(away)
    assert "did not converge" in message and "should not be used" in message


def test_a_zero_variance_that_should_not_be_zero_is_not_proven():
    fit = fit_mixed("y ~ x + (1 | g)", study(20, spread=2.0))
    found = optimality(moved(fit, np.zeros(1)))
    assert found.slope < -1.0
    assert not found.proven


def test_variances_that_have_only_a_sum_are_named():
    """Every level of f has its own effect, so a common one over the same groups adds nothing of its own."""
    rng = np.random.default_rng(2)
    g, f = np.repeat(np.arange(40), 9), np.tile(["a", "b", "c"], 120)
    own = rng.normal(size=(40, 3)) + 2 * rng.normal(size=(40, 1))
    y = own[g, np.tile([0, 1, 2], 120)] + rng.normal(size=360)
    table = {"y": y, "f": f, "g": g}
    fit = fit_mixed("y ~ f + (f || g)", table)
    assert fit.criterion == pytest.approx(fit_mixed("y ~ f + (f | g)", table).criterion, rel=1e-11)
    found = optimality(fit)
    assert found.proven
    assert ("g", "Intercept") in found.undetermined
    (message,) = optimality_messages(fit)
    assert "not determined one by one: the variances of Intercept over g" in message


@pytest.mark.parametrize("bars", ["(1 | g) + (1 | g)", "(x | g) + (1 | g)"])
def test_a_column_that_varies_twice_over_a_group_is_named(bars):
    fit = fit_mixed(f"y ~ x + {bars}", study(30))
    assert set(optimality(fit).undetermined) >= {("g", "Intercept")}
    assert "the variances of Intercept over g" in optimality_messages(fit)[0]
