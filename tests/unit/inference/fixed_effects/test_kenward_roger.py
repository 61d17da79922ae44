"""Kenward–Roger against the paper's formulas with every matrix written out, and where it must be exact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.inference.fixed_effects.kenward_roger import (
    kenward_roger,
    kenward_roger_of,
    kenward_roger_test,
)
from lmm.model.fit import fit_mixed
from tests import dense


def written_out(fit, ways):
    """Phi, Phi_A, the P_a and W from N by N matrices; V changes by Z E Z' in the given ways, then by 1."""
    X, Z, codes = fit.design.X, fit.Z, fit.grouping.codes
    together = codes[:, None] == codes[None, :]
    V = fit.sigma**2 * np.eye(fit.n) + together * (Z @ fit.Psi @ Z.T)
    G = [together * (Z @ E @ Z.T) for E in ways] + [np.eye(fit.n)]
    inverse = np.linalg.inv(V)
    Phi = np.linalg.inv(X.T @ inverse @ X)
    P = [-X.T @ inverse @ g @ inverse @ X for g in G]
    Q = [[X.T @ inverse @ g @ inverse @ h @ inverse @ X for h in G] for g in G]
    information = np.array([
        [
            0.5 * np.trace(inverse @ g @ inverse @ h) - np.trace(Phi @ Q[a][b])
            + 0.5 * np.trace(Phi @ P[a] @ Phi @ P[b])
            for b, h in enumerate(G)
        ]
        for a, g in enumerate(G)
    ])  # fmt: skip
    W = np.linalg.inv(information)
    inner = sum(
        W[a, b] * (Q[a][b] - P[a] @ Phi @ P[b]) for a in range(len(G)) for b in range(len(G))
    )
    return Phi, Phi + 2.0 * Phi @ inner @ Phi, P, W


def entries(q, pairs):
    """The symmetric (q, q) matrices with ones at (i, j) and (j, i)."""
    ways = []
    for i, j in pairs:
        E = np.zeros((q, q))
        E[i, j] = E[j, i] = 1.0
        ways.append(E)
    return ways


@pytest.mark.parametrize(
    ("formula", "q", "pairs"),
    [
        ("y ~ x + (x | g)", 2, [(0, 0), (0, 1), (1, 1)]),
        ("y ~ x + (x || g)", 2, [(0, 0), (1, 1)]),
        ("y ~ x + I(x**2) + (1 | g)", 1, [(0, 0)]),
    ],
)
def test_against_the_paper(small, formula, q, pairs):
    fit = fit_mixed(formula, small)
    Phi, adjusted, P, W = written_out(fit, entries(q, pairs))
    found = kenward_roger(fit)
    se = np.sqrt(np.diag(adjusted))
    assert found.held == 0
    assert found.vcov / np.outer(se, se) == pytest.approx(adjusted / np.outer(se, se), abs=1e-9)
    for j in range(fit.p):
        w = np.array([(Phi @ part @ Phi)[j, j] for part in P])
        assert found.dof[j] == pytest.approx(2.0 * Phi[j, j] ** 2 / (w @ W @ w), rel=1e-8)


def test_a_correlation_of_one_leaves_only_changes_to_both_sides(small):
    """D of rank one in the direction d: changes d d' and d n' + n d', n at right angles, are left."""
    noise = np.random.default_rng(0).normal(size=len(small))
    line = small.assign(y=small["g"] % 4 * (small["x"] - 1.0) + noise)
    fit = fit_mixed("y ~ x + (x | g)", line)
    assert fit.singular
    assert fit.T[0].any() and fit.T[1].any()
    d = fit.T[:, 0]
    n = np.array([-d[1], d[0]])
    _, adjusted, *_ = written_out(fit, [np.outer(d, d), np.outer(d, n) + np.outer(n, d)])
    found = kenward_roger(fit)
    assert found.held == 1
    assert found.vcov == pytest.approx(adjusted, rel=1e-7)


def test_a_variance_of_zero_is_held(read):
    """Then the answers are those of the model without it; pbkrtest keeps it, and has 5 for 29 here."""
    found = kenward_roger(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert found.held == 1
    assert found.dof == pytest.approx([29.0])


def test_a_held_slope_gives_the_model_without_it(small):
    noise = np.random.default_rng(0).normal(size=len(small))
    flat = small.assign(y=3.0 * (small["g"] % 3) + noise)
    both = fit_mixed("y ~ x + (1 | g) + (0 + x | g)", flat)
    assert both.T[0, 0] > 0 and both.T[1, 1] == 0.0
    without = kenward_roger(fit_mixed("y ~ x + (1 | g)", flat))
    found = kenward_roger(both)
    assert found.held == 1
    assert found.dof == pytest.approx(without.dof, rel=1e-9)
    assert found.vcov == pytest.approx(without.vcov, rel=1e-9)


def test_course_fits(nepal_intercept, nepal_slope, pig):
    """pbkrtest 0.5.2 through lmerTest: ``coef(summary(m, ddf = "Kenward-Roger"))``."""
    found = kenward_roger(nepal_slope)
    assert np.sqrt(np.diag(found.vcov)) == pytest.approx([0.066935537229, 0.002766903721], rel=1e-7)
    assert found.dof == pytest.approx([192.820007614, 179.243907811], rel=1e-8)
    found = kenward_roger(nepal_intercept)
    assert np.sqrt(np.diag(found.vcov)) == pytest.approx([0.065464577864, 0.002364510209], rel=1e-8)
    assert found.dof == pytest.approx([195.763240283, 727.545127211], rel=1e-8)
    found = kenward_roger(fit_mixed("weight ~ weeks + (weeks || id)", pig))
    assert found.dof == pytest.approx([47.535531846, 47.535531846], rel=1e-8)


def test_a_balanced_design_is_exact(sleep_slope):
    """Nothing to correct, and whole degrees of freedom: one less than the 18 subjects."""
    found = kenward_roger(sleep_slope)
    assert found.vcov == pytest.approx(sleep_slope.vcov, rel=1e-10)
    assert found.dof == pytest.approx([17.0, 17.0], rel=1e-10)


@pytest.mark.parametrize("groups", [2, 3, 4, 5, 6, 9])
def test_the_mean_of_a_balanced_layout_is_tested_between_groups(groups):
    """F of the grand mean over the groups' mean square has 1 and m − 1; with 2 F has no mean, with 4 no variance."""
    rng = np.random.default_rng(groups)
    g = np.repeat(np.arange(groups), 4)
    for _ in range(20):  # that the formulas divide by zero takes luck with the rounding
        y = 5.0 * rng.normal(size=groups)[g] + rng.normal(size=len(g))
        fit = fit_mixed("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": g}))
        if fit.singular:
            continue
        found, means = kenward_roger_test(fit, np.eye(1)), y.reshape(groups, 4).mean(axis=1)
        assert found.denominator_dof == pytest.approx(groups - 1, rel=1e-6)
        assert found.scaling == pytest.approx(1.0, rel=1e-6)
        assert found.statistic == pytest.approx(groups * means.mean() ** 2 / means.var(ddof=1))


def test_both_coefficients_of_a_balanced_design_at_once(sleep_slope):
    """Hotelling's T²: with 18 pairs of coefficients F is on 2 and 16, T² = 2 · 17/16 F."""
    found = kenward_roger_test(sleep_slope, np.eye(2))
    assert found.denominator_dof == pytest.approx(16.0, rel=1e-9)
    assert found.scaling == pytest.approx(16.0 / 17.0, rel=1e-9)


def lines(m, seed):
    """m groups of ten rows, each on a line of its own."""
    rng = np.random.default_rng(seed)
    group, x = np.repeat(np.arange(m), 10), np.tile(np.arange(10.0), m)
    own = rng.normal(size=(m, 2)) * [5.0, 2.0]
    y = own[group, 0] + own[group, 1] * x + rng.normal(size=10 * m)
    return pd.DataFrame({"y": y, "x": x, "g": group})


@pytest.mark.parametrize(("m", "seed"), [(3, 1), (4, 0), (4, 1), (4, 2), (5, 0), (9, 0)])
def test_hotelling_with_hardly_any_groups(m, seed):
    """F is on 2 and m − 2; at m = 4 its mean does not exist and the formulas are 0/0."""
    fit = fit_mixed("y ~ x + (x | g)", lines(m, seed))
    assert not fit.singular
    found = kenward_roger_test(fit, np.eye(2))
    assert found.denominator_dof == pytest.approx(m - 2.0, rel=1e-7)
    assert found.scaling == pytest.approx((m - 2) / (m - 1), rel=1e-7)
    own = np.array(
        [np.polyfit(part["x"], part["y"], 1)[::-1] for _, part in lines(m, seed).groupby("g")]
    )
    mean = own.mean(axis=0)
    T2 = m * mean @ np.linalg.solve(np.cov(own.T), mean)
    assert found.statistic == pytest.approx((m - 2) / (2 * (m - 1)) * T2, rel=1e-5)


def test_too_little_for_a_joint_test_is_said():
    """Three groups on the boundary: lambda would be negative."""
    rng = np.random.default_rng(0)
    group, x = np.repeat(np.arange(3), 10), np.tile(np.arange(10.0), 3)
    y = rng.normal(size=3)[group] * 5 + rng.normal(size=3)[group] * x * 2 + rng.normal(size=30)
    fit = fit_mixed("y ~ x + (x | g)", pd.DataFrame({"y": y, "x": x, "g": group}))
    assert fit.singular
    with pytest.raises(ModelError, match="too little"):
        kenward_roger_test(fit, np.eye(2))


def test_one_contrast_is_the_square_of_t(nepal_slope):
    """The general route, against the shorter one of a single coefficient."""
    found = kenward_roger(nepal_slope)
    for j in range(2):
        test = kenward_roger_test(nepal_slope, np.eye(2)[j])
        assert test.numerator_dof == 1
        assert test.scaling == pytest.approx(1.0, abs=1e-12)
        assert test.denominator_dof == pytest.approx(found.dof[j], rel=1e-10)
        t2 = nepal_slope.beta[j] ** 2 / found.vcov[j, j]
        assert test.statistic == pytest.approx(t2, rel=1e-12)


def test_units_of_the_columns_do_not_matter(small):
    fit = fit_mixed("y ~ x + (x | g)", small)
    moved = fit_mixed("y ~ x + (x | g)", small.assign(y=1e4 * small["y"], x=small["x"] / 50 + 2000))
    assert kenward_roger(moved).dof[1] == pytest.approx(kenward_roger(fit).dof[1], rel=1e-6)
    se, se_moved = (np.sqrt(kenward_roger(f).vcov[1, 1]) for f in (fit, moved))
    assert se_moved == pytest.approx(1e4 * 50 * se, rel=1e-6)


def test_it_is_for_reml(small):
    with pytest.raises(ModelError, match="REML"):
        kenward_roger(fit_mixed("y ~ x + (1 | g)", small, reml=False))


@pytest.mark.parametrize(
    "L", [np.eye(3), np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros((1, 2)), [[np.nan, 1.0]]]
)
def test_a_contrast_that_asks_nothing_is_refused(small_slope, L):
    with pytest.raises(ModelError, match="contrast"):
        kenward_roger_test(small_slope, L)


def test_the_dense_engine_agrees_on_phi(small_slope):
    """The oracle above and the oracle of the engine are two pieces of code."""
    fit = small_slope
    D = fit.Psi / fit.sigma**2
    _, vcov, *_ = dense.estimates(
        fit.design.y, fit.design.X, fit.Z, fit.grouping.codes, D, reml=True
    )
    Phi, *_ = written_out(fit, entries(2, [(0, 0)]))
    assert Phi == pytest.approx(vcov, rel=1e-7)


# 19 groups seen once at t = 0, one seen five times: only that one could tell of a slope of its own
SEEN = "2.2 4.1 3.7 1.9 5.3 2.8 3.3 4.6 2.5 3.9 1.4 4.4 3.1 2 5 3.6 2.9 4.2 3.4 3 4.5 3.8 5.9 6.1"
ONCE = {
    "y": np.array(SEEN.split(), float),
    "t": [0.0] * 19 + [0.0, 1.0, 2.0, 3.0, 4.0],
    "id": [*range(19), *[19] * 5],
}


def test_a_variance_that_the_data_do_not_tell_leaves_the_others_exact():
    """The fixed slope takes up the only group with slopes, so the intercept is that of (1 | id).

    pbkrtest 0.5.2 has 0.235110641589 and 18.95448948761 for it; for the slope it has 3245 or 156 degrees of
    freedom, depending on where lme4 sets out, and the standard error is anything.
    """
    fit = fit_mixed("y ~ t + (t || id)", ONCE)
    found = kenward_roger(fit)
    assert np.sqrt(found.vcov[0, 0]) == pytest.approx(0.235110641589, rel=1e-9)
    assert found.dof[0] == pytest.approx(18.95448948761, rel=1e-9)
    assert np.isnan(found.dof[1]) and np.isnan(found.vcov[1]).all()
    variances, dofs = kenward_roger_of(fit, np.array([[1.0, 0.0], [1.0, 2.0]]))
    assert variances[0] == pytest.approx(found.vcov[0, 0]) and dofs[0] == pytest.approx(
        found.dof[0]
    )
    assert np.isnan([variances[1], dofs[1]]).all()
    assert kenward_roger_test(fit, np.array([[1.0, 0.0]])).denominator_dof == pytest.approx(
        found.dof[0]
    )
    for L in ([[0.0, 1.0]], np.eye(2)):
        with pytest.raises(ModelError, match="say nothing about a variance"):
            kenward_roger_test(fit, np.array(L))


def test_two_variances_that_only_their_sum_tells_are_one(small):
    once, twice = (fit_mixed(f"y ~ x + {'(1 | g) +' * k} (1 | g)", small) for k in (0, 1))
    assert kenward_roger(twice).dof == pytest.approx(kenward_roger(once).dof, rel=1e-7)
    assert kenward_roger(twice).vcov == pytest.approx(kenward_roger(once).vcov, rel=1e-7)
