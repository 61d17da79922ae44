"""Each replicate of a batch is the fresh fit to its response, or to its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.errors import DataError, ModelError
from lmm.model.batch import refit_responses, refit_without
from lmm.model.fit import fit_design, fit_mixed
from lmm.model.simulate import simulate_responses
from tests.engine import criterion_of_engine


def study(groups, *, seed=0, spread=1.0, slopes=0.5, rows=6):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, rows + 1, size=groups)
    g = np.repeat(np.arange(groups), sizes)
    x, z = rng.normal(size=(2, len(g)))
    y = 5 + x + rng.normal(size=len(g)) + spread * rng.normal(size=groups)[g]
    y += slopes * rng.normal(size=groups)[g] * x
    return pd.DataFrame({"y": y, "x": x, "z": z, "f": np.where(g % 3 == 0, "a", "b"), "g": g})


CASES = {
    "many groups": ("y ~ x + (x | g)", study(30)),
    "one variance": ("y ~ x * f + (1 | g)", study(20)),
    "a variance of zero": ("y ~ x + (1 | g)", study(20, spread=0.0, slopes=0.0)),
    "slopes of no variance": ("y ~ x + (x | g)", study(25, slopes=0.0)),
    "uncorrelated": ("y ~ x + (x || g)", study(25, slopes=0.0)),
    "three columns": ("y ~ x + z + (x + z | g)", study(40)),
    "few groups, several minima": ("y ~ x + (x | g)", study(9, seed=2)),
    "no fixed effect": ("y ~ 0 + (1 | g)", study(15)),
    "awkward units": ("y ~ x + (x | g)", study(30).assign(x=lambda t: 2000 + 1e-3 * t["x"])),
}
reml_or_ml = pytest.mark.parametrize("reml", [True, False])


def assert_same(refits, b, fresh):
    assert refits.converged[b] and fresh.converged
    assert refits.singular[b] == fresh.singular
    assert refits.criterion[b] == pytest.approx(fresh.criterion, rel=1e-11, abs=1e-8)
    size = np.maximum(np.abs(fresh.T).max(), 1.0)
    assert refits.theta[b] == pytest.approx(fresh.theta, rel=1e-6, abs=1e-6 * size)
    se = np.sqrt(np.diag(fresh.vcov))
    assert refits.beta[b] / se == pytest.approx(fresh.beta / se, rel=1e-9, abs=1e-6)
    assert refits.sigma[b] == pytest.approx(fresh.sigma, rel=1e-7)
    assert refits.vcov[b] / np.outer(se, se) == pytest.approx(
        fresh.vcov / np.outer(se, se), abs=1e-6
    )
    root = np.sqrt(np.maximum(np.diag(fresh.Psi), fresh.sigma**2 * 1e-6))
    assert refits.Psi[b] / np.outer(root, root) == pytest.approx(
        fresh.Psi / np.outer(root, root), abs=1e-5
    )


@reml_or_ml
@pytest.mark.parametrize(("formula", "table"), CASES.values(), ids=CASES)
def test_new_responses(formula, table, reml):
    fit = fit_mixed(formula, table, reml=reml)
    Y = simulate_responses(fit, 25, seed=3)
    refits = refit_responses(fit, Y)
    for b in range(25):
        assert_same(refits, b, fit_design(replace(fit.design, y=Y[:, b]), reml=reml))


@reml_or_ml
@pytest.mark.parametrize(("formula", "table"), CASES.values(), ids=CASES)
def test_each_group_left_out(formula, table, reml):
    fit = fit_mixed(formula, table, reml=reml)
    refits = refit_without(fit)
    assert len(refits.criterion) == len(fit.grouping.levels)
    for b, level in enumerate(fit.grouping.levels):
        assert_same(refits, b, fit_mixed(formula, table[table["g"] != int(level)], reml=reml))


def test_columns_that_are_nearly_the_same_end_as_low():
    """Uncorrelated slopes on calendar years: of two variances only the sum is known, and a search creeps."""
    table = study(30, seed=3, rows=8).assign(x=lambda t: 2000 + t["x"])
    formula = "y ~ x + (x || g)"
    refits = refit_without(fit_mixed(formula, table), range(12))
    assert refits.converged.all()
    for b in range(12):
        fresh = fit_mixed(formula, table[table["g"] != b])
        assert refits.criterion[b] == pytest.approx(fresh.criterion, rel=1e-11, abs=1e-8)


def test_the_boundary_is_met_in_these_cases():
    fit = fit_mixed(*CASES["a variance of zero"])
    refits = refit_responses(fit, simulate_responses(fit, 200, seed=1))
    assert 0.3 < refits.singular.mean() < 0.8  # at a true variance of zero about half are
    assert (refits.theta[refits.singular] == 0.0).all()


def test_the_order_asked_for_is_the_order_given():
    fit = fit_mixed(*CASES["many groups"])
    whole, some = refit_without(fit), refit_without(fit, [7, 2, 7])
    assert some.criterion == pytest.approx(whole.criterion[[7, 2, 7]], rel=1e-13)
    assert refit_without(fit, []).beta.shape == (0, 2)
    assert refit_responses(fit, np.empty((fit.n, 0))).Psi.shape == (0, 2, 2)


def test_a_response_far_from_zero_loses_no_digit():
    fit = fit_mixed(*CASES["many groups"])
    Y = np.round(simulate_responses(fit, 5, seed=1) * 1024) / 1024
    near, far = refit_responses(fit, Y), refit_responses(fit, Y + 2.0**30)
    assert far.criterion == pytest.approx(near.criterion, rel=1e-11)
    assert far.beta[:, 1] == pytest.approx(near.beta[:, 1], rel=1e-9)


def test_a_fixed_effect_that_only_the_deleted_group_tells_is_not_a_number_and_named():
    table = study(20).assign(f=lambda t: np.where(t["g"] == 4, "rare", "usual"))
    fit = fit_mixed("y ~ x + f + (1 | g)", table)
    refits = refit_without(fit)
    fresh = fit_mixed("y ~ x + (1 | g)", table[table["g"] != 4])
    at = fit.design.names.index("f[T.usual]")
    assert np.flatnonzero(np.isnan(refits.beta[:, at])).tolist() == [4]
    assert refits.messages[4] == "without 4 of g, the other columns make up f[T.usual]"
    assert [b for b, message in enumerate(refits.messages) if message] == [4]
    kept = [j for j in range(fit.p) if j != at]
    assert refits.criterion[4] == pytest.approx(fresh.criterion, rel=1e-11)
    assert refits.beta[4, kept] == pytest.approx(fresh.beta, rel=1e-8)
    assert np.isnan(refits.vcov[4, at]).all()
    assert np.sqrt(np.diag(refits.vcov[4]))[kept] == pytest.approx(
        np.sqrt(np.diag(fresh.vcov)), rel=1e-8
    )


def test_rows_that_cannot_carry_the_model_are_said_to():
    table = pd.DataFrame({"g": [*"aaaaaaabcde"], "y": np.random.default_rng(1).normal(size=11)})
    refits = refit_without(fit_mixed("y ~ 1 + (1 | g)", table))
    assert np.isnan(refits.criterion).tolist() == [True, *[False] * 4]
    assert not refits.converged[0]
    assert "without a of g: every level of 'g' has one observation per group" in refits.messages[0]


def test_an_outlying_group_takes_no_digit_from_the_others():
    """What is left is summed anew: the full sum less a group 10¹² times larger would be rounding."""
    table = study(20)
    table["y"] = np.where(table["g"] == 3, 1e6 * table["y"], table["y"])
    refits = refit_without(fit_mixed("y ~ x + (1 | g)", table), [3])
    fresh = fit_mixed("y ~ x + (1 | g)", table[table["g"] != 3])
    assert refits.criterion[0] == pytest.approx(fresh.criterion, rel=1e-11)
    assert refits.beta[0] == pytest.approx(fresh.beta, rel=1e-8)


def test_what_cannot_be_a_response_is_refused():
    fit = fit_mixed(*CASES["many groups"])
    good = simulate_responses(fit, 2, seed=1)
    for bad, words in [
        (good[:-1], "rows by any number of columns"),
        (good[:, 0], "rows by any number of columns"),
        (np.where(good > 5, np.nan, good), "not finite"),
        (np.column_stack([good, np.full(fit.n, 0.1)]), "reproduce response 2 exactly"),
    ]:
        with pytest.raises(DataError, match=words):
            refit_responses(fit, bad)


def test_what_cannot_be_left_out_is_refused():
    fit = fit_mixed(*CASES["many groups"])
    with pytest.raises(ModelError, match="numbered from 0 to 29"):
        refit_without(fit, [30])
    table = study(20).assign(h=lambda t: np.arange(len(t)) % 3)
    with pytest.raises(ModelError, match="one grouping factor only"):
        refit_without(fit_mixed("y ~ x + (1 | g) + (1 | h)", table))
    with pytest.raises(ModelError, match="At least 3 groups"):
        refit_without(fit_mixed("y ~ x + (1 | f)", table))


@pytest.mark.parametrize("groups", [6, 20])
def test_a_group_without_which_no_residual_is_left_is_said_to_be_one(groups):
    table = pd.DataFrame(
        {"g": np.repeat(np.arange(groups), 4), "x": np.tile([0.0, 1, 2, 3], groups)}
    )
    noise = np.where(table["g"] == 2, np.tile([0.3, -0.1, 0.2, -0.4], groups), 0.0)
    table["y"] = table["g"] ** 2 + (1 + table["g"] % 3) * table["x"] + noise
    refits = refit_without(fit_mixed("y ~ x + (x | g)", table))
    assert np.flatnonzero(np.isnan(refits.criterion)).tolist() == [2]
    assert refits.messages[2].startswith(
        "without 2 of g: the groups and the fixed effects reproduce"
    )
    assert refits.converged.tolist() == [g != 2 for g in range(groups)]


def test_of_two_minima_the_lower_one():
    """Five groups: the criterion of the 14th response has a minimum at theta = 0 and another at 1.15."""
    fit = fit_mixed(
        "y ~ 1 + (1 | g)", study(5, seed=56, spread=0.4, slopes=0.0, rows=9), reml=False
    )
    Y = simulate_responses(fit, 20, seed=56)
    refits = refit_responses(fit, Y)
    grid = np.linspace(0, 4, 401)
    for b in range(20):
        design = replace(fit.design, y=Y[:, b])
        values = [criterion_of_engine(design, np.array([theta]), reml=False) for theta in grid]
        assert refits.criterion[b] <= min(values) + 1e-9
        assert refits.theta[b] == pytest.approx(grid[np.argmin(values)], abs=0.011)
