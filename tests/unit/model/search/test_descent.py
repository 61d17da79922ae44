"""Where a descent ends: at variances that are next to nothing, and where its steps run out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmm.model.batch import refit_responses
from lmm.model.fit import fit_design, fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import minimise
from tests import dense


def one_way(F, *, groups, rows):
    """A balanced layout whose mean squares are F to 1: D = (F - 1) / rows, sigma² = 1, in closed form."""
    rng = np.random.default_rng(0)
    between, within = rng.normal(size=(groups, 1)), rng.normal(size=(groups, rows))
    between -= between.mean()
    within -= within.mean(axis=1, keepdims=True)
    within /= np.sqrt(np.sum(within**2) / (groups * (rows - 1)))
    between *= np.sqrt(F * (groups - 1) / (rows * np.sum(between**2)))
    return {"y": (between + within).ravel(), "g": np.repeat(np.arange(groups), rows)}


def least_criterion(table, D):
    codes, one = table["g"], np.ones((len(table["g"]), 1))
    return dense.criterion(table["y"], one, one, codes, np.array([[D]]), reml=True)


@pytest.mark.parametrize(
    ("excess", "groups", "rows"), [(5e-5, 20, 40), (2e-5, 20, 30)], ids=["D = 1e-6", "D = 7e-7"]
)
def test_a_tiny_variance_that_the_data_tell_is_no_zero(excess, groups, rows):
    fit = fit_mixed("y ~ 1 + (1 | g)", one_way(1.0 + excess, groups=groups, rows=rows))
    assert fit.converged and not fit.singular
    assert fit.theta[0] ** 2 == pytest.approx(excess / rows, rel=0.05)


@pytest.mark.parametrize("excess", [1e-7, 1e-6])
def test_a_variance_at_which_the_bound_and_the_way_off_it_agree_ends_the_search(excess):
    """At zero the criterion still falls, and gains next to nothing: neither end may send the search to the other."""
    table = one_way(1.0 + excess, groups=20, rows=5)
    fit = fit_mixed("y ~ 1 + (1 | g)", table)
    assert fit.converged
    assert fit.optimum.evaluations < 30
    assert fit.criterion == pytest.approx(least_criterion(table, excess / 5), abs=1e-9)
    assert fit.theta[0] ** 2 == pytest.approx(excess / 5, abs=1e-6)


def test_among_many_responses_such_a_one_ends_as_its_own_fit_does():
    table = one_way(1.0 + 1e-6, groups=20, rows=5)
    fit = fit_mixed("y ~ 1 + (1 | g)", table)
    other = np.random.default_rng(1).normal(size=fit.n) + table["g"]
    refits = refit_responses(fit, np.column_stack([other, table["y"]]))
    assert refits.converged.all()
    fresh = fit_design(replace(fit.design, y=other))
    assert refits.criterion == pytest.approx(
        [fresh.criterion, least_criterion(table, 1e-6 / 5)], abs=1e-9
    )


def test_next_to_a_saddle_the_first_step_is_a_leap():
    """Near zero a Newton step only doubles theta: from 1e-4 that is fourteen steps to the closed form's 1.3."""
    fit = fit_mixed("y ~ 1 + (1 | g)", one_way(10.0, groups=20, rows=5))
    objective = OneFactor(statistics=fit.statistics, reml=True)
    found = minimise(objective, fit.template, start=np.array([1e-4]))
    assert found.converged
    assert found.T[0, 0] == pytest.approx(np.sqrt(9.0 / 5.0), rel=1e-8)
    assert found.evaluations < 12


def test_a_search_that_runs_out_of_steps_says_so():
    """Groups a million times as far apart as the residual: rounding of the criterion hides where it is flat."""
    rng = np.random.default_rng(0)
    g, x, b = np.repeat(np.arange(20), 6), rng.normal(size=120), rng.normal(size=(20, 2))
    y = b[g, 0] + b[g, 1] * x + 1e-6 * rng.normal(size=120)
    fit = fit_mixed("y ~ x + (x | g)", {"y": y, "x": x, "g": g})
    assert not fit.converged
    assert fit.optimum.message == "the search stopped before the criterion was flat"
    assert np.sqrt(np.diag(fit.Psi)) == pytest.approx(b.std(axis=0, ddof=1), rel=0.02)
