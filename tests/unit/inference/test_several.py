"""What is said of several grouping factors, against R's packages and formulas written out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from lmm.errors import ModelError
from lmm.inference.fixed_effects.cluster_robust import cluster_robust
from lmm.inference.fixed_effects.kenward_roger import kenward_roger
from lmm.inference.fixed_effects.several_kenward_roger import several_moments
from lmm.inference.fixed_effects.standard_errors import standard_errors
from lmm.inference.groups.nesting import lie, outermost
from lmm.inference.groups.pooling import pooled_levels
from lmm.inference.profiles.intervals import variance_profile
from lmm.inference.variance_tests.boundary_panel import PanelTest
from lmm.inference.variance_tests.several_tests import several_panel
from lmm.inference.variances.variance_shares import point_shares, variance_shares
from lmm.model.fit import Fit, fit_mixed
from lmm.model.groups import group_rows
from lmm.model.ordinary import fit_stratified
from tests import dense

VALUES = json.loads(Path(__file__).with_name("several.json").read_text(encoding="utf-8"))
FORMULAS = {
    "Penicillin": "diameter ~ 1 + (1 | plate) + (1 | sample)",
    "Pastes": "strength ~ 1 + (1 | batch:cask) + (1 | batch)",
    "Oats": "yield ~ nitro + Variety + (1 | Block:Variety) + (1 | Block)",
    "Machines": "score ~ Machine + (1 | Worker:Machine) + (1 | Worker)",
    "cake": "angle ~ recipe + temp + (1 | recipe:replicate) + (1 | replicate)",
}


@pytest.fixture(scope="module")
def fits(read: Callable[[str], pd.DataFrame]) -> dict[str, Fit]:
    return {name: fit_mixed(formula, read(name)) for name, formula in FORMULAS.items()}


@pytest.mark.parametrize("name", sorted(VALUES["kenward_roger"]))
def test_kenward_roger_is_that_of_pbkrtest(fits: dict[str, Fit], name: str) -> None:
    """pbkrtest sits on lme4's optimum: six digits are what its search leaves of the standard errors."""
    fit = fits[name]
    found = kenward_roger(fit)
    for j, term in enumerate(fit.design.names):
        se, dof = VALUES["kenward_roger"][name][term]
        assert np.sqrt(found.vcov[j, j]) == pytest.approx(se, rel=1e-6)
        assert found.dof[j] == pytest.approx(dof, rel=1e-5)


def test_kenward_roger_of_one_factor_by_effects_is_that_by_groups(small_slope: Fit) -> None:
    """The two ways to the same sums, of a correlated random slope in unbalanced data."""
    by_groups = kenward_roger(small_slope)
    from lmm.inference.fixed_effects import kenward_roger as module

    sums = module._moments(small_slope)
    found = several_moments(small_slope)
    np.testing.assert_allclose(found.P, sums.P, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(found.Q, sums.Q, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(found.trace, sums.trace, rtol=1e-9, atol=1e-10)
    assert by_groups.held == found.held


@pytest.mark.parametrize("name", sorted(VALUES["profiles"]))
def test_profile_intervals_are_those_of_lme4(fits: dict[str, Fit], name: str) -> None:
    """lme4 interpolates its profile by splines, which is good to four or five digits."""
    found = variance_profile(fits[name])
    assert [row.kind for row in found] == ["sd", "sd", "residual_sd"]
    for row, (low, high) in zip(found, VALUES["profiles"][name], strict=True):
        assert row.low == pytest.approx(low, rel=2e-4, abs=1e-6)
        assert row.high == pytest.approx(high, rel=2e-4)


def test_profiles_beside_a_factor_without_spread_by_the_dense_density() -> None:
    """At each limit the deviance, minimised over the rest with V written out, has risen by χ²(1)'s quantile."""
    rng = np.random.default_rng(2)
    a, b = np.repeat(np.arange(7), 5), np.tile(np.arange(5), 7)
    y = rng.normal(size=7)[a] + rng.normal(size=35)
    y -= np.array([y[b == k].mean() for k in range(5)])[b]  # no spread of b, less than none
    fit = fit_mixed("y ~ 1 + (1 | a) + (1 | b)", pd.DataFrame({"y": y, "a": a, "b": b}), reml=False)
    sds = np.sqrt([fit.Psi[0, 0], fit.Psi[1, 1], fit.sigma**2])
    assert fit.random_names == ("Intercept", "Intercept")
    assert sds[1] == 0.0
    codes = np.column_stack([factor.grouping.codes for factor in fit.factors])

    def deviance(parts: np.ndarray) -> float:
        V = parts[2] ** 2 * dense.relative_covariance(
            fit.Z, codes, np.diag(parts[:2] ** 2) / parts[2] ** 2
        )
        inverse = np.linalg.inv(V)
        left = y - np.sum(inverse @ y) / np.sum(inverse)
        return float(np.linalg.slogdet(2.0 * np.pi * V)[1] + left @ inverse @ left)

    assert deviance(np.maximum(sds, 1e-9)) == pytest.approx(fit.criterion, abs=1e-8)
    rows = variance_profile(fit)
    assert [row.low_at_bound for row in rows] == [False, True, False]
    for place, row in enumerate(rows):
        for end in {row.low, row.high} - {0.0}:
            best = min(
                minimize(
                    lambda z, at=place, end=end: deviance(np.insert(np.exp(z), at, end)),
                    np.log(np.maximum(np.delete(sds, place), small)),
                    method="Nelder-Mead",
                    options={"xatol": 1e-5, "fatol": 1e-9, "maxiter": 2000},
                ).fun
                for small in (1e-3, 0.3)
            )
            assert best - fit.criterion == pytest.approx(1.959963984540054**2, abs=1e-5)


def test_profiles_of_nine_rows_by_the_dense_density() -> None:
    """So few that sigma could be anything: a search that goes too far meets a V without digits."""
    y = [51.0885, 52.6153, 51.1558, 51.0556, 51.222, 50.7133, 49.2284, 50.4621, 52.0447]
    x, a = np.tile([0.0, 1.0, 2.0], 3), np.repeat([0, 1, 2], 3)
    b = np.array([1, 1, 2, 1, 0, 2, 2, 2, 2])
    table = pd.DataFrame({"y": y, "x": x, "a": a, "b": b})
    fit = fit_mixed("y ~ x + (x | a) + (1 | b)", table, reml=False)
    X, same_a, same_b = np.column_stack([np.ones(9), x]), a[:, None] == a, b[:, None] == b

    def deviance(root: np.ndarray, sd_b: float, sigma: float) -> float:
        L = np.array([[root[0], 0.0], [root[1], root[2]]])
        V = same_a * (X @ L @ L.T @ X.T) + sd_b**2 * same_b + sigma**2 * np.eye(9)
        inverse = np.linalg.inv(V)
        left = y - X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ y)
        return float(np.linalg.slogdet(2.0 * np.pi * V)[1] + left @ inverse @ left)

    *_, of_b, of_sigma = variance_profile(fit)
    cases = [(of_b.low, 0), (of_b.high, 0), (of_sigma.low, 1), (of_sigma.high, 1)]
    for end, place in cases:
        best = min(
            minimize(
                lambda z, at=place, end=end: deviance(z[:3], *np.insert(np.exp(z[3:]), at, end)),
                [*root, rest],
                method="Nelder-Mead",
                options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 4000},
            ).fun
            for root in ((0.5, 0.1, 0.1), (0.5, -0.3, 0.3), (0.1, 0.4, 0.1))
            for rest in (-2.0, 0.3)
        )
        assert best - fit.criterion == pytest.approx(1.959963984540054**2, abs=1e-4)


def test_intervals_of_shares_are_where_lme4_s_criterion_has_risen(fits: dict[str, Fit]) -> None:
    rows = variance_shares(fits["Penicillin"])
    for row, (low, high) in zip(rows, VALUES["shares"]["Penicillin"], strict=False):
        assert row.low == pytest.approx(low, rel=1e-4)
        assert row.high == pytest.approx(high, rel=1e-5)
    assert sum(row.share for row in rows) == pytest.approx(1.0, abs=1e-12)


def test_with_random_slopes_a_share_is_averaged_over_the_rows(
    read: Callable[[str], pd.DataFrame],
) -> None:
    fit = fit_mixed("yield ~ nitro + (nitro | Block:Variety) + (1 | Block)", read("Oats"))
    x = np.column_stack([np.ones(fit.n), fit.design.X[:, 1]])
    own = np.mean([z @ fit.Psi[:2, :2] @ z for z in x])
    whole = own + fit.Psi[2, 2] + fit.sigma**2
    assert point_shares(fit) == pytest.approx((own / whole, fit.Psi[2, 2] / whole))
    assert variance_shares(fit)[0].low is None


@pytest.mark.parametrize("key", sorted(VALUES["f_tests"]))
def test_exact_tests_are_those_of_the_analysis_of_variance(fits: dict[str, Fit], key: str) -> None:
    name, group = key.split()
    group = {"cask": "batch:cask"}.get(group, group)
    f, between, within = VALUES["f_tests"][key]
    found = several_panel(fits[name], "Intercept", group)[-1]
    assert found.method == ("means_f" if group in ("batch", "Block") else "wald_f")
    assert found.statistic == pytest.approx(f, rel=1e-5)
    assert found.dof == (between, within)


def test_an_outer_factor_with_unequal_inner_groups_has_likelihood_ratios_only(
    read: Callable[[str], pd.DataFrame],
) -> None:
    table = read("Pastes").iloc[:-1]
    found = several_panel(fit_mixed(FORMULAS["Pastes"], table), "Intercept", "batch")
    assert [row.method for row in found] == ["naive", "mixture"]
    mixture: PanelTest = found[1]
    assert mixture.p == pytest.approx(0.5 * found[0].p)


def test_the_outermost_of_three_nested_factors_has_likelihood_ratios_only() -> None:
    rng = np.random.default_rng(4)
    a, b, c = (np.repeat(np.arange(size), 24 // size * 3) for size in (4, 8, 24))
    y = rng.normal(size=4)[a] + rng.normal(size=8)[b] + rng.normal(size=24)[c]
    table = pd.DataFrame({"y": y + rng.normal(size=72), "a": a, "b": b, "c": c})
    fit = fit_mixed("y ~ 1 + (1 | a) + (1 | b) + (1 | c)", table)
    assert [row.method for row in several_panel(fit, "Intercept", "a")] == ["naive", "mixture"]
    assert several_panel(fit, "Intercept", "c")[-1].method == "wald_f"


def test_many_effects_have_no_dense_matrices() -> None:
    """Two markers each for 1500 pupils: Kenward–Roger says so, and the exact F is not among the tests."""
    rng = np.random.default_rng(4)
    pupil, marker = np.repeat(np.arange(1500), 2), np.arange(3000) % 7
    y = rng.normal(size=1500)[pupil] + rng.normal(size=7)[marker] + rng.normal(size=3000)
    fit = fit_mixed(
        "y ~ 1 + (1 | pupil) + (1 | marker)",
        pd.DataFrame({"y": y, "pupil": pupil, "marker": marker}),
    )
    with pytest.raises(ModelError, match="up to 1500 random effects"):
        kenward_roger(fit)
    assert [row.method for row in several_panel(fit, "Intercept", "pupil")] == ["naive", "mixture"]


def test_a_group_too_large_to_look_at_is_named() -> None:
    rng = np.random.default_rng(4)
    school, pupil = np.repeat(np.arange(3), [2001, 40, 40]), np.arange(2081) // 20
    y = rng.normal(size=3)[school] + rng.normal(size=105)[pupil] + rng.normal(size=2081)
    table = pd.DataFrame({"y": y, "school": school, "pupil": school * 1000 + pupil})
    with pytest.raises(ModelError, match="a group of school has 2001 rows"):
        cluster_robust(fit_mixed("y ~ 1 + (1 | school) + (1 | pupil)", table))


def test_robust_errors_of_nested_data_are_those_of_clubsandwich(fits: dict[str, Fit]) -> None:
    """The clusters are the blocks, or the workers: the outermost groups."""
    for name, expected in VALUES["cluster_robust"].items():
        found = cluster_robust(fits[name])
        errors = np.column_stack([np.sqrt(np.diag(found.vcov)), found.dof])
        np.testing.assert_allclose(errors, expected, rtol=1e-7)


def test_crossed_data_have_no_robust_errors(fits: dict[str, Fit]) -> None:
    with pytest.raises(ModelError, match="plate and sample are crossed"):
        cluster_robust(fits["Penicillin"])
    (row,) = standard_errors(fits["Penicillin"])
    assert row.se_robust is None
    assert row.dof_between_within is None
    assert row.se_kenward_roger is not None


def test_how_factors_lie_is_seen_from_the_rows(read: Callable[[str], pd.DataFrame]) -> None:
    pastes, penicillin = read("Pastes"), read("Penicillin")
    batch, cask = group_rows(("batch",), pastes), group_rows(("batch", "cask"), pastes)
    assert lie(cask, batch).relation == "within"
    assert lie(batch, cask).relation == "around"
    labels = lie(group_rows(("cask",), pastes), batch)
    assert (labels.relation, labels.cells, labels.fewest, labels.most) == ("crossed", 30, 2, 2)
    plate, sample = (group_rows((name,), penicillin.iloc[1:]) for name in ("plate", "sample"))
    assert lie(plate, sample).relation == "partly crossed"


def test_the_outermost_factor_holds_all_others(fits: dict[str, Fit]) -> None:
    found = outermost(fits["Oats"].factors)
    assert found is not None
    assert found.grouping.name == "Block"
    assert outermost(fits["Penicillin"].factors) is None


def test_a_group_is_pulled_to_what_the_other_factors_say_of_it(
    read: Callable[[str], pd.DataFrame],
) -> None:
    """The mixed-model equations: b̂_i (r_i + σ²/τ²) is the sum of what the average and the other effects leave."""
    table = read("Penicillin").drop(index=[3, 40, 41])
    fit = replace(fit_mixed(FORMULAS["Penicillin"], table), main="plate")
    rows = pooled_levels(fit_stratified("diameter ~ 1", table, group="plate"), fit, slope=None)
    rest = fit.fitted_values - fit.b[fit.grouping.codes, 0]
    for i, row in enumerate(rows):
        own = fit.grouping.codes == i
        assert row.expected == pytest.approx(rest[own].mean())
        left = fit.design.y[own].mean() - row.expected
        assert row.shared - row.expected == pytest.approx(row.kept * left, abs=1e-9)


def test_several_factors_need_one_that_is_spoken_of(fits: dict[str, Fit]) -> None:
    with pytest.raises(ModelError, match="one grouping factor only"):
        _ = fits["Penicillin"].grouping
    spoken = replace(fits["Penicillin"], main="sample")
    assert spoken.grouping.m == 6
    assert spoken.b.shape == (6, 1)
    with pytest.raises(ModelError, match="one grouping factor only"):
        _ = spoken.only
