"""Own and shrunk estimates against regressions of each group alone, and the shrinkage identity."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.groups.blups import blups
from lmm.inference.groups.pooling import pooled_levels, pooled_lines
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_stratified


def slope_se(fit, slope: str) -> np.ndarray:
    return np.array([row.se for row in blups(fit) if row.term == slope])


def test_levels_are_paired_by_label_not_by_place(small):
    """Shuffled rows, labels out of order: each own level is its group's mean of y less slope times x."""
    names = {0: "z", 1: "b", 2: "a10", 3: "a2", 4: "m", 5: "c", 6: "y", 7: "k", 8: "d"}
    table = small.assign(g=small["g"].map(names)).sample(frac=1.0, random_state=5)
    stratified = fit_stratified("y ~ x", table, group="g")
    intercept = fit_mixed("y ~ x + (1 | g)", table)
    slope = float(stratified.beta[0])
    for row in pooled_levels(stratified, intercept, slope="x"):
        own = table[table["g"] == row.level]
        assert row.measurements == len(own)
        assert row.own == pytest.approx(own["y"].mean() - slope * own["x"].mean())
        place = intercept.grouping.levels.index(row.level)
        assert row.shared == pytest.approx(intercept.beta[0] + intercept.b[place, 0])


def test_the_shrinkage_identity(read):
    """Without covariates: shared = kept · own + (1 − kept) · average (Dyestuff, balanced)."""
    table = read("Dyestuff")
    fit = fit_mixed("Yield ~ 1 + (1 | Batch)", table)
    rows = pooled_levels(fit_stratified("Yield ~ 1", table, group="Batch"), fit, slope=None)
    ratio = fit.sigma**2 / fit.Psi[0, 0]
    for row in rows:
        assert row.kept == pytest.approx(5.0 / (5.0 + ratio))
        assert row.pulled == pytest.approx(1.0 - row.kept)
        mean = float(fit.beta[0])
        assert row.shared == pytest.approx(row.kept * row.own + row.pulled * mean)


def test_own_lines_are_each_groups_regression(small, small_slope):
    rows = pooled_lines(small_slope, slope="x", se=slope_se(small_slope, "x"))
    for row in rows:
        own = small[small["g"] == int(row.level)]
        if len(own) == 1:
            assert (row.own_level, row.own_slope) == (None, None)
            continue
        slope, level = np.polyfit(own["x"], own["y"], 1)
        assert (row.own_level, row.own_slope) == pytest.approx((level, slope), rel=1e-7)


def test_own_lines_hold_a_covariate_at_the_groups_own_mean(small):
    """The group's regression of y, less the model's share of what the covariate strays from its mean there."""
    w = np.random.default_rng(3).normal(5.0, 2.0, len(small))
    table = small.assign(w=w, y=small["y"] + 3.0 * w)
    fit = fit_mixed("y ~ x + w + (x | g)", table)
    share = float(fit.beta[fit.design.names.index("w")])
    assert share == pytest.approx(3.0, abs=1.0)  # far from nothing, so that its sign matters
    for row in pooled_lines(fit, slope="x", se=slope_se(fit, "x")):
        own = table[table["g"] == int(row.level)]
        if row.own_slope is None:
            continue
        held = own["y"] - share * (own["w"] - own["w"].mean())
        slope, level = np.polyfit(own["x"], held, 1)
        assert (row.own_level, row.own_slope) == pytest.approx((level, slope), rel=1e-7)


def test_shared_lines_are_weighted_means_of_own_and_average(small, small_slope):
    """β + b = W own + (I − W) β with W = Ψ(Ψ + σ²(Z'Z)⁻¹)⁻¹ wherever a group has its own line."""
    fit = small_slope
    rows = pooled_lines(fit, slope="x", se=slope_se(fit, "x"))
    for i, row in enumerate(rows):
        if row.own_level is None:
            continue
        Z = fit.Z[fit.grouping.codes == i]
        W = fit.Psi @ np.linalg.inv(fit.Psi + fit.sigma**2 * np.linalg.inv(Z.T @ Z))
        shared = W @ [row.own_level, row.own_slope] + (np.eye(2) - W) @ fit.beta
        assert (row.shared_level, row.shared_slope) == pytest.approx(tuple(shared), rel=1e-6)


def test_nepal_pairs(nepal_slope):
    """Raw and shrunk estimates of the 190 children with a line of their own correlate .716 and .658."""
    rows = pooled_lines(nepal_slope, slope="ageC", se=slope_se(nepal_slope, "ageC"))
    both = [row for row in rows if row.own_slope is not None]
    assert (len(rows), len(both)) == (197, 190)
    levels = np.corrcoef([[r.own_level for r in both], [r.shared_level for r in both]])[0, 1]
    slopes = np.corrcoef([[r.own_slope for r in both], [r.shared_slope for r in both]])[0, 1]
    assert (levels, slopes) == pytest.approx((0.716, 0.658), abs=6e-4)


def test_the_way_to_the_average_depends_on_no_origin(small):
    """(own − shared)/(own − average) is the weight, the slope known; (own − shared)/own moves with the zero of y."""
    ratios = []
    for shift in (0.0, 1000.0):
        table = small.assign(y=small["y"] + shift)
        fit = fit_mixed("y ~ x + (1 | g)", table)
        rows = pooled_levels(fit_stratified("y ~ x", table, group="g"), fit, slope="x")
        for row in rows:
            mine = table[table["g"].astype(str) == row.level]
            own = (mine["y"] - fit.beta[1] * mine["x"]).mean()
            assert (own - row.shared) / (own - row.expected) == pytest.approx(row.pulled, rel=1e-6)
        ratios.append([row.pulled for row in rows])
        ratios.append([(row.own - row.shared) / row.own for row in rows])
    assert ratios[0] == pytest.approx(ratios[2], rel=1e-6)
    assert max(np.abs(ratios[3])) < 0.01 < max(np.abs(ratios[1]))
