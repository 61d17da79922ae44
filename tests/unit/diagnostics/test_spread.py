"""Unequal residual spread: the ratio that was planted is found, and clean data have none."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.projection import projection
from lmm.diagnostics.spread import (
    groups_spread_check,
    spread_along,
    spread_check,
    spread_of_groups,
)
from lmm.model.fit import fit_mixed

M, VISITS = 80, 12
G = np.repeat(np.arange(M), VISITS)
X = np.tile(np.linspace(0.0, 1.0, VISITS), M)


def fitted(sd, seed=3):
    rng = np.random.default_rng(seed)
    y = 1 + X + rng.normal(0, 1, M)[G] + sd * rng.normal(0, 1, len(G))
    return fit_mixed("y ~ x + (1 | g)", {"y": y, "x": X, "g": G})


def test_a_spread_that_grows_along_time_has_the_planted_ratio():
    # SD from 0.5 to 1.5: at the 10% and 90% points of x 0.591 and 1.409. A residual is about the group's
    # own mean, a share of whose error it takes on: of s² it keeps (s²·10/12 + 1.087/12)/(11/12).
    expected = np.sqrt((1.409**2 * 10 + 1.087) / (0.591**2 * 10 + 1.087))
    (found,) = spread_along(projection(fitted(0.5 + X)), {"x": X})
    assert found.ratio == pytest.approx(expected, rel=0.12)
    check = spread_check((found,))
    assert (check.verdict, check.where) == ("note", ("x",))
    (falling,) = spread_along(projection(fitted(1.5 - X)), {"x": X})
    assert falling.ratio == pytest.approx(1 / expected, rel=0.12)
    assert falling.size == pytest.approx(1 / falling.ratio)


def test_a_ratio_of_two_kinds_of_row():
    half = (X > 0.5).astype(float)
    (found,) = spread_along(projection(fitted(np.where(half, 1.6, 0.8))), {"half": half})
    assert found.ratio == pytest.approx(2.0, rel=0.12)


def test_clean_data_are_fine_and_their_p_is_uniform():
    clean = [spread_along(projection(fitted(1.0, seed)), {"x": X})[0] for seed in range(60)]
    assert sum(spread_check((each,)).verdict != "fine" for each in clean) <= 3
    p = np.sort([each.p for each in clean])
    # Kolmogorov's 1% bound for 60 values
    assert np.abs(p - (np.arange(60) + 0.5) / 60).max() < 1.63 / np.sqrt(60)


def test_noisy_groups_are_found_and_named():
    rng = np.random.default_rng(8)
    own = np.exp(0.5 * rng.normal(0, 1, M))  # log SD of spread 0.5: log variance of 1
    fit = fitted(own[G])
    found = spread_of_groups(projection(fit))
    # far residuals count no further than 3, so that the ratio e¹ is approached from below
    assert 1.8 < found.ratio < np.e
    check = groups_spread_check(found, fit.grouping.levels)
    assert check.verdict != "fine"
    assert own[[int(level) for level in check.where]].min() > np.median(own)
    assert found.spreads[own.argmax()] > found.spreads[own.argmin()]


def test_equal_groups_are_fine():
    verdicts = []
    for seed in range(60):
        fit = fitted(1.0, seed)
        found = spread_of_groups(projection(fit))
        verdicts.append(groups_spread_check(found, fit.grouping.levels).verdict)
    assert sum(verdict != "fine" for verdict in verdicts) <= 3


def test_constant_variables_are_left_out():
    assert spread_along(projection(fitted(1.0)), {"c": np.ones(len(G))}) == ()
    assert spread_check(()).statistic is None


def test_two_groups_seen_twice_scatter_alike_whatever_happens():
    """One residual is left, in equal parts in all four rows: no ratio but one is possible."""
    for rise in (0.3, 1.0, 7.1):
        table = {"y": [0.0, 1.0, 5.0, 6.0 + rise], "x": [0.0, 1.0, 0.0, 1.0], "g": [0, 0, 1, 1]}
        fit = fit_mixed("y ~ x + (1 | g)", {name: np.array(c) for name, c in table.items()})
        found = spread_of_groups(projection(fit))
        assert found.ratio == pytest.approx(1.0, abs=1e-6)
        assert np.isfinite(found.threshold) and found.threshold > 1.0
        assert groups_spread_check(found, fit.grouping.levels).verdict == "fine"
