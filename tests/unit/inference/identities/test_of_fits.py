"""Every identity holds on sound fits of every kind, and each one sees a fault that is planted for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.inference.identities import between_fits as identities_between
from lmm.inference.identities import found_again
from lmm.inference.identities import of_fits as identities
from lmm.inference.identities.found_again import found_again as again
from lmm.inference.identities.of_fits import ALLOWED, DENSE, PLAIN, fit_identities, rounding
from lmm.inference.variance_tests.comparison import information_criteria
from lmm.model.fit import Fit, fit_mixed, refit
from lmm.model.ordinary import fit_pooled, fit_stratified


def by_id(rows):
    return {row.id: row for row in rows}


@pytest.fixture(scope="module")
def fits(small, read) -> dict[str, Fit]:
    weighted = small.assign(w=1.0 + small["x"] % 1)
    return {
        "slope": fit_mixed("y ~ x + (x | g)", small),
        "by_likelihood": fit_mixed("y ~ x + (x | g)", small, reml=False),
        "apart": fit_mixed("y ~ x + (x || g)", small),
        "weighted": fit_mixed("y ~ x + (x | g)", weighted, weights="w"),
        "crossed": fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin")),
        "nested": fit_mixed("y ~ x + (x | g) + (1 | g:h)", small.assign(h=small["x"] > 4)),
        "singular": fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")),
        "in_years": fit_mixed("y ~ x + (x | g)", small.assign(x=2000.0 + small["x"])),
        "fixed_too": fit_mixed("Yield ~ Batch + (1 | Batch)", read("Dyestuff")),
        "without_level": fit_mixed("y ~ 0 + x + (x | g)", small),
    }


KINDS = (
    *("slope", "by_likelihood", "apart", "weighted", "crossed", "nested", "singular", "in_years"),
    *("fixed_too", "without_level"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_all_hold_by_a_wide_margin(fits, kind):
    found = [*fit_identities(fits[kind]), *again(fits[kind])]
    assert [row.id for row in found] == [*DENSE, *PLAIN, "neighbours", "other_columns"]
    for row in found:
        assert row.holds, row
        assert row.difference is None or row.difference <= 0.1 * row.allowed, row


def test_what_a_fit_has_no_number_for_is_said_to_be_absent(fits):
    def absent(kind):
        return {row.id for row in fit_identities(fits[kind]) if row.reason == "absent"}

    assert absent("slope") == set()
    assert absent("crossed") == {"own_lines", "intraclass", "kenward_roger"}
    assert absent("weighted") == {"own_lines"}
    assert absent("fixed_too") == {"kenward_roger"}
    assert absent("without_level") == {"sums_of_effects"}


def _effects(fit: Fit, change: Callable[[np.ndarray], np.ndarray]) -> Fit:
    return replace(fit, effects=(change(fit.b.copy()),))


def _out_of_order(b: np.ndarray) -> np.ndarray:
    """Paired by position, as the course's plot was."""
    return b[[1, 0, *range(2, len(b))]]


# A fault of each kind: of 1 in 10⁷ or 10⁸, or the smallest thing that is wrong at all.
PLANTED: dict[str, Callable[[Fit], Fit]] = {
    "criterion": lambda fit: replace(fit, criterion=fit.criterion + 1e-6),
    "both_criteria": lambda fit: replace(fit, criterion=fit.criterion + 1e-6),
    "residual_variance": lambda fit: replace(fit, sigma=fit.sigma * (1 + 1e-8)),
    "normal_equations": lambda fit: replace(fit, beta=fit.beta * (1 + 1e-8)),
    "standard_errors": lambda fit: replace(fit, vcov=fit.vcov * (1 + 1e-8)),
    "effects": lambda fit: _effects(fit, lambda b: b * (1 + 1e-8)),
    "residuals": lambda fit: _effects(fit, lambda b: b * (1 + 1e-8)),
    "hat_trace": lambda fit: replace(fit, T=fit.T * (1 + 1e-7)),
    "mixed_model_equations": lambda fit: _effects(fit, lambda b: b * (1 + 1e-8)),
    "own_lines": lambda fit: _effects(fit, _out_of_order),
    "sums_of_effects": lambda fit: _effects(fit, lambda b: b + 1e-7),
}


@pytest.mark.parametrize("id", PLANTED)
def test_a_planted_fault_is_seen(fits, id):
    found = by_id(fit_identities(PLANTED[id](fits["slope"])))
    assert not found[id].holds
    assert found[id].allowed < 1e-9


@pytest.mark.parametrize(
    ("id", "name", "change"),
    [
        (
            "intraclass",
            "intraclass_correlation",
            lambda row: replace(row, value=row.value + 1e-8),
        ),
        ("kenward_roger", "kenward_roger_test", lambda row: replace(row, scaling=1 + 1e-8)),
        ("hat_trace", "hat_trace", lambda trace: trace + 1e-6),
        ("own_lines", "largest_gap", lambda gap: gap + 1e-8),
    ],
)
def test_a_fault_in_what_computes_the_number_is_seen(fits, monkeypatch, id, name, change):
    sound = getattr(identities, name)
    monkeypatch.setattr(identities, name, lambda *given, **more: change(sound(*given, **more)))
    assert [row.id for row in fit_identities(fits["slope"]) if not row.holds] == [id]


def test_two_degrees_of_freedom_are_not_compared():
    """Three equal groups: the mean of F with 2 does not exist, and both formulas lose their digits there."""
    rng = np.random.default_rng(2)
    for groups, absent in ((3, True), (5, False)):
        g = np.repeat(np.arange(groups), 4)
        y = 5.0 * rng.normal(size=groups)[g] + rng.normal(size=len(g))
        fit = fit_mixed("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": g}))
        row = by_id(fit_identities(fit))["kenward_roger"]
        assert row.holds
        assert (row.reason == "absent") == absent


def test_a_theta_that_is_no_optimum_is_seen(fits):
    for T in (1.05 * fits["slope"].T, 0.95 * fits["slope"].T):
        found = by_id(again(replace(fits["slope"], T=T)))
        assert not found["neighbours"].holds
    higher = replace(fits["slope"], criterion=fits["slope"].criterion + 2e-6)
    assert not by_id(again(higher))["other_columns"].holds


def test_an_optimum_is_not_asked_of_a_fit_that_did_not_converge(fits):
    fit = fits["slope"]
    stopped = replace(fit, optimum=replace(fit.optimum, converged=False, message="stopped"))
    assert {row.reason for row in again(stopped)} == {"unconverged"}
    assert all(row.holds for row in fit_identities(stopped))


def test_not_a_number_is_no_agreement(fits):
    found = by_id(fit_identities(_effects(fits["slope"], lambda b: b * np.nan)))
    assert not found["mixed_model_equations"].holds


def test_large_groups_are_not_written_out_and_that_is_said(monkeypatch, fits):
    monkeypatch.setattr(identities, "COST", 10.0)
    monkeypatch.setattr(found_again, "COST", 10.0)
    found = by_id([*fit_identities(fits["slope"]), *again(fits["slope"])])
    assert {id for id, row in found.items() if row.reason == "size"} == {*DENSE, "neighbours"}
    assert all(found[id].difference is not None for id in PLAIN)


def test_seconds_of_an_epoch_are_too_far_from_zero_to_compare(small):
    fit = fit_mixed("y ~ x + (x | g)", small.assign(x=1.7e9 + small["x"]))
    assert {row.reason for row in fit_identities(fit)} == {"rounding"}
    assert rounding(fit) > 1e-4
    assert rounding(fit_mixed("y ~ x + (1 | g)", small)) == pytest.approx(ALLOWED, rel=1.0)


# ---- between the fits of one table


@pytest.fixture(scope="module")
def balanced(read) -> pd.DataFrame:
    return read("sleepstudy")


def triple(table):
    line, group = "Reaction ~ Days", "Subject"
    return (
        fit_pooled(line, table),
        fit_stratified(line, table, group=group),
        fit_mixed(f"{line} + (1 | {group})", table),
    )


def test_between_fits_all_hold(balanced):
    pooled, stratified, mixed = triple(balanced)
    assert identities_between.least_squares([pooled, stratified]).difference < 1e-12
    assert identities_between.balanced_slopes(pooled, stratified, mixed, "Days").difference < 1e-11
    assert identities_between.anova_f(pooled, stratified, mixed).difference < 1e-12


def test_weighted_least_squares_are_uncorrelated_in_their_own_metric(balanced):
    weighted = balanced.assign(w=1.0 + balanced["Days"] % 3)
    pooled = fit_pooled("Reaction ~ Days", weighted, weights="w")
    stratified = fit_stratified("Reaction ~ Days", weighted, group="Subject", weights="w")
    for fit in (pooled, stratified):
        assert identities_between.least_squares([fit]).difference < 1e-12
    plain = fit_pooled("Reaction ~ Days", balanced).residuals
    assert not identities_between.least_squares([replace(pooled, residuals=plain)]).holds


def test_slopes_that_are_one_by_design_and_differ_are_seen(balanced):
    pooled, stratified, mixed = triple(balanced)
    moved = replace(mixed, beta=mixed.beta * (1 + 1e-8))
    assert not identities_between.balanced_slopes(pooled, stratified, moved, "Days").holds


def test_slopes_of_unbalanced_data_need_not_be_one(balanced):
    found = identities_between.balanced_slopes(*triple(balanced.iloc[1:]), "Days")
    assert found.reason == "absent"


def test_without_a_line_of_time_alone_or_a_random_intercept_alone_there_is_no_one_slope(balanced):
    pooled, stratified, mixed = triple(balanced)
    slopes = fit_mixed("Reaction ~ Days + (Days | Subject)", balanced)
    for mixed_fit, slope in ((mixed, None), (mixed, "Intercept"), (slopes, "Days")):
        found = identities_between.balanced_slopes(pooled, stratified, mixed_fit, slope)
        assert (found.difference, found.reason) == (None, "absent")
    assert identities_between.anova_f(pooled, stratified, slopes).reason == "absent"


def test_groups_that_are_fixed_effects_too_have_no_f(read):
    table = read("Dyestuff")
    fits = (
        fit_pooled("Yield ~ Batch", table),
        fit_stratified("Yield ~ Batch", table, group="Batch"),
        fit_mixed("Yield ~ Batch + (1 | Batch)", table),
    )
    assert identities_between.anova_f(*fits).reason == "absent"


def test_residuals_that_are_not_of_least_squares_are_seen(balanced):
    pooled, stratified, _ = triple(balanced)
    tilted = replace(pooled, residuals=pooled.residuals + 1e-6 * pooled.design.X[:, 1])
    lifted = stratified.residuals.copy()
    lifted[stratified.grouping.codes == 3] += 1e-6
    for wrong in ([tilted, stratified], [pooled, replace(stratified, residuals=lifted)]):
        assert not identities_between.least_squares(wrong).holds


def test_an_f_that_is_not_the_usual_one_is_seen(balanced, monkeypatch):
    sound = identities_between.wald_test
    monkeypatch.setattr(
        identities_between,
        "wald_test",
        lambda *given: replace(sound(*given), f=sound(*given).f * (1 + 1e-8)),
    )
    assert not identities_between.anova_f(*triple(balanced)).holds


def test_a_larger_model_that_fits_worse_is_seen(balanced):
    pooled = fit_pooled("Reaction ~ Days", balanced)
    fits = {
        name: refit(fit_mixed(f"Reaction ~ Days + ({bar} | Subject)", balanced), reml=False)
        for name, bar in (("random_intercept", "1"), ("random_slope", "Days"))
    }
    rows = [information_criteria(name, fit) for name, fit in {"pooled": pooled, **fits}.items()]
    names = ["pooled", *fits]
    assert identities_between.nested_order(rows, names).difference == 0.0
    high = replace(rows[2], deviance=rows[1].deviance + 2e-6)
    assert not identities_between.nested_order([*rows[:2], high], names).holds
    # a search that did not converge says nothing of an order
    assert identities_between.nested_order([*rows[:2], high], names[:2]).holds
    assert identities_between.nested_order(rows[:1], names).reason == "absent"
