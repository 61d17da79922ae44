"""Shrinkage under other amounts of noise: BLUPs with V written out at each of them."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.groups.closed_forms import pull
from lmm.inference.groups.noise import vary_noise
from lmm.inference.groups.pooling import PooledLevel, pooled_levels
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_stratified


def levels_of(sizes: list[int], ratio: float) -> list[PooledLevel]:
    """Made-up levels of groups of those sizes, group i off the average by i."""
    rows = []
    for i, size in enumerate(sizes):
        pulled = pull(size, ratio)
        rows.append(
            PooledLevel(
                level=f"g{i}",
                measurements=size,
                own=float(i),
                own_se=1.0,
                expected=0.0,
                shared=i * (1.0 - pulled),
                kept=1.0 - pulled,
                pulled=pulled,
            )
        )
    return rows


def test_levels_under_other_noise_are_the_dense_blups(small):
    """The same average line and τ², σ² times as much: b̂ = τ²1'V⁻¹(y − Xβ), V inverted whole."""
    table = small.assign(dose=np.sin(small["g"]))
    fit = fit_mixed("y ~ x + dose + (1 | g)", table)
    stratified = fit_stratified("y ~ x", table, group="g")
    found = vary_noise(
        pooled_levels(stratified, fit, slope="x"), float(fit.sigma**2 / fit.Psi[0, 0])
    )
    left, codes = fit.design.y - fit.design.X @ fit.beta, fit.grouping.codes
    same = codes[:, None] == codes[None, :]
    assert len(found.groups) >= 3
    for k, setting in enumerate(found.settings):
        V = fit.Psi[0, 0] * same + setting.times * fit.sigma**2 * np.eye(len(codes))
        solved = np.linalg.solve(V, left)
        for group in found.groups:
            i = fit.grouping.levels.index(group.level)
            b = fit.Psi[0, 0] * solved[codes == i].sum()
            assert group.shared[k] == pytest.approx(group.expected + b, rel=1e-9)
            assert group.own == pytest.approx(group.expected + left[codes == i].mean(), rel=1e-9)


def test_the_estimated_noise_is_one_of_the_settings(small):
    fit = fit_mixed("y ~ x + (1 | g)", small)
    levels = pooled_levels(fit_stratified("y ~ x", small, group="g"), fit, slope="x")
    found = vary_noise(levels, float(fit.sigma**2 / fit.Psi[0, 0]))
    (at,) = [k for k, setting in enumerate(found.settings) if setting.times == 1.0]
    rows = {row.level: row for row in levels}
    for group in found.groups:
        assert group.shared[at] == pytest.approx(rows[group.level].shared)
    assert found.settings[at].pulled_least == pytest.approx(max(row.pulled for row in levels))
    assert found.settings[at].pulled_most == pytest.approx(min(row.pulled for row in levels))


@pytest.mark.parametrize("ratio", [1e-3, 0.05, 0.3, 2.0, 40.0])
def test_from_hardly_pulled_to_pulled_most_of_the_way(ratio):
    found = vary_noise(levels_of([2, 9, 9, 5], ratio), ratio)
    assert pull(9, ratio * 2.0**found.low) <= 0.1
    assert pull(9, ratio * 2.0**found.high) >= 0.5 or found.high == 12
    assert found.low <= -4
    assert found.high >= 4
    times = [setting.times for setting in found.settings]
    assert times == sorted(times)
    assert 1.0 in times
    assert all(2.0**found.low <= each <= 2.0**found.high for each in times)


@pytest.mark.parametrize("ratio", [1e-12, 1e12])
def test_the_reach_has_an_end(ratio):
    found = vary_noise(levels_of([3, 4], ratio), ratio)
    assert -12 <= found.low < 0 < found.high <= 12


def test_groups_told_are_the_farthest_of_those_seen_least_and_most():
    found = vary_noise(levels_of([1, 1, 1, 4, 6, 6, 6], 0.5), 0.5)
    assert [group.level for group in found.groups] == ["g0", "g2", "g4", "g6"]
    balanced = vary_noise(levels_of([6] * 5, 0.5), 0.5)
    assert [group.level for group in balanced.groups] == ["g0", "g4"]
