"""Every BLUP as a weighted mean of the group's own estimate and the average: the identity, group by group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.groups.own_weights import largest_gap, own_weights
from lmm.model.fit import fit_mixed
from tests import dense


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)"])
def test_weights_times_own_deviations_are_the_dense_blups(small, formula):
    """b̂ = ΨZ'V⁻¹(y − Xβ) with V written out, for every group: the one seen once too."""
    fit = fit_mixed(formula, small)
    *_, b, _ = dense.estimates(
        fit.design.y, fit.design.X, fit.Z, fit.grouping.codes, fit.Psi / fit.sigma**2, reml=True
    )
    found = own_weights(fit)
    assert np.einsum("mab,mb->ma", found.weights, found.own) == pytest.approx(b, rel=1e-6, abs=1e-7)


def test_shared_lines_from_each_childs_own_line(nepal_slope):
    """β + b̂ = W β̃ + (I − W)β, W = Ψ(Ψ + σ²(Z'Z)⁻¹)⁻¹, β̃ least squares of the child's visits: all 190 that have one."""
    fit, lines = nepal_slope, 0
    found = own_weights(fit)
    for i in range(len(fit.b)):
        mine = fit.grouping.codes == i
        Z = fit.Z[mine]
        if np.linalg.matrix_rank(Z) < 2:
            continue
        lines += 1
        own, *_ = np.linalg.lstsq(Z, fit.design.y[mine], rcond=None)
        W = fit.Psi @ np.linalg.inv(fit.Psi + fit.sigma**2 * np.linalg.inv(Z.T @ Z))
        shared = W @ own + (np.eye(2) - W) @ fit.beta
        assert fit.beta + fit.b[i] == pytest.approx(shared, rel=1e-8)
        assert found.weights[i] == pytest.approx(W, rel=1e-8, abs=1e-10)
        assert fit.beta + found.own[i] == pytest.approx(own, rel=1e-8)
    assert lines == 190


def test_the_weight_of_an_own_level_is_r_over_r_plus_lambda(small):
    fit = fit_mixed("y ~ x + (1 | g)", small)
    ratio, r = fit.sigma**2 / fit.Psi[0, 0], np.bincount(small["g"])
    assert own_weights(fit).weights.ravel() == pytest.approx(r / (r + ratio), rel=1e-12)


@pytest.mark.parametrize("formula", ["arm ~ ageC + (1 | id)", "arm ~ ageC + (ageC | id)"])
def test_the_identity_holds_to_rounding(nepal, formula):
    assert largest_gap(fit_mixed(formula, nepal)) < 1e-12


def test_the_identity_holds_with_time_as_a_calendar_year(nepal):
    """Levels then lie 2000 years off; only digits are lost."""
    table = nepal.assign(year=2000.0 + nepal["age"] / 12.0)
    assert largest_gap(fit_mixed("arm ~ year + (year | id)", table)) < 1e-10


def test_a_blup_that_is_not_the_weighted_mean_is_seen(small_slope):
    sd = float(np.sqrt(small_slope.Psi[1, 1]))
    wrong = small_slope.b.copy()
    wrong[4, 1] += 1e-6 * sd
    assert largest_gap(replace(small_slope, effects=(wrong,))) == pytest.approx(1e-6, rel=1e-4)


def test_where_groups_do_not_differ_nothing_of_their_own_is_kept(read):
    fit = fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2"))
    assert not own_weights(fit).weights.any()
    assert largest_gap(fit) == 0.0


def test_not_for_several_factors_nor_for_prior_weights(read, small):
    several = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    with pytest.raises(ModelError, match="one grouping factor"):
        own_weights(several)
    weighted = fit_mixed("y ~ x + (1 | g)", small.assign(w=2.0), weights="w")
    with pytest.raises(ModelError, match="weights"):
        own_weights(weighted)
