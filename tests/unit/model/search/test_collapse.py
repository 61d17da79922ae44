"""Merged groups give the criterion and the derivatives of the groups they stand for."""

from dataclasses import replace

import numpy as np
import pytest

from lmm.model.criterion import evaluate, gradient_in_D, hessian_in_D
from lmm.model.fit import fit_mixed
from lmm.model.search import collapse as collapsing
from lmm.model.search.collapse import collapse
from lmm.model.search.one_factor import search_one_factor
from tests.unit.model.many_groups import statistics_of

DESIGNS = {
    "balanced intercepts": ("y ~ x + (1 | g)", "balanced", "real"),
    "unbalanced intercepts": ("y ~ x + (1 | g)", "some left out", "real"),
    "balanced slopes": ("y ~ x + (x | g)", "balanced", "visits"),
    "visits left out": ("y ~ x + (x | g)", "some left out", "visits"),
    "three columns": ("y ~ x + I(x^2) + (x + I(x^2) | g)", "balanced", "visits"),
}


@pytest.mark.parametrize(("formula", "rows", "x"), DESIGNS.values(), ids=DESIGNS)
@pytest.mark.parametrize("reml", [True, False])
def test_nothing_changes_but_the_number_of_groups(formula, rows, x, reml):
    statistics = statistics_of(formula, rows=rows, x=x, groups=2500)
    fewer = collapse(statistics)
    assert fewer.m < statistics.m / 2
    assert fewer.counts.sum() == statistics.m
    dof = statistics.n - statistics.p if reml else statistics.n
    rng = np.random.default_rng(2)
    for scale in (0.0, 0.3, 20.0):
        T = scale * np.tril(rng.normal(size=(statistics.q, statistics.q)))
        one, other = (evaluate(given, T, reml=reml) for given in (statistics, fewer))
        assert other.value == pytest.approx(one.value, rel=1e-13)
        assert other.beta == pytest.approx(one.beta, rel=1e-11, abs=1e-12)
        assert other.r2 == pytest.approx(one.r2, rel=1e-12)
        assert other.trace_K_inverse == pytest.approx(one.trace_K_inverse, rel=1e-12)
        for derivative in (gradient_in_D, hessian_in_D):
            whole, merged = (derivative(at, dof=dof, reml=reml) for at in (one, other))
            size = np.abs(derivative_size(one, whole)).max()
            assert merged / size == pytest.approx(whole / size, abs=1e-11)


def derivative_size(at, derivative):
    """Of the terms that a derivative is the difference of."""
    return derivative if np.abs(derivative).max() > np.abs(at.sums.B).max() else at.sums.B


def test_the_optimum_of_merged_groups_speaks_of_all_groups():
    statistics = statistics_of("y ~ x + (x | g)", rows="balanced", x="visits", groups=2500)
    template = fit_template()
    found = search_one_factor(statistics, template, reml=True)
    assert found.converged
    assert found.at.statistics is statistics
    assert found.at.u.shape == (2, 2500)
    assert found.at.B.shape == (2, 2, 2500)


def fit_template():
    rng = np.random.default_rng(1)
    table = {"y": rng.normal(size=40), "x": np.tile([0, 1, 2, 3], 10), "g": np.arange(40) // 4}
    return fit_mixed("y ~ x + (x | g)", table).template


@pytest.mark.parametrize(
    ("formula", "x", "groups"),
    [("y ~ x + (x | g)", "real", 2500), ("y ~ x + (x | g)", "visits", 300)],
)
def test_groups_that_differ_or_are_few_stay_as_they_are(formula, x, groups):
    statistics = statistics_of(formula, rows="balanced", x=x, groups=groups)
    assert collapse(statistics) is statistics


def test_rare_patterns_stand_alone(monkeypatch):
    """One group in fifty has an x of its own; the others are merged."""
    statistics = statistics_of("y ~ x + (x | g)", rows="a few odd", x="visits", groups=2500)
    fewer = collapse(statistics)
    assert np.sum(fewer.counts == 1.0) >= 50
    T = np.array([[0.5, 0.0], [0.1, 0.4]])
    assert evaluate(fewer, T, reml=True).value == pytest.approx(
        evaluate(statistics, T, reml=True).value, rel=1e-13
    )
    monkeypatch.setattr(collapsing, "_MANY_GROUPS", 10**9)
    assert collapse(statistics) is statistics


def test_patterns_of_few_groups_each_are_left_alone():
    """2520 groups of 60 patterns, 42 groups each: too few of any to be worth a factorisation."""
    statistics = statistics_of("y ~ 1 + (1 | g)", rows="balanced", x="visits", groups=2520)
    R = (1.0 + np.arange(2520) % 60).reshape(1, 1, -1)
    varied = replace(statistics, R=R)
    assert collapse(varied) is varied
