"""Groups' scatter in order beside clean data: against a plain loop, simulated truth and a planted wild group."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.group_scatter import spreads_in_order
from lmm.diagnostics.projection import projection
from lmm.diagnostics.residuals import residuals
from lmm.model.fit import fit_mixed

M = 30


def _fit(rng: np.random.Generator, sd: np.ndarray):
    sizes = rng.integers(3, 9, M)
    g = np.repeat(np.arange(M), sizes)
    x = rng.uniform(0, 1, len(g))
    y = x + rng.normal(0, 1, M)[g] + sd[g] * rng.normal(0, 1, len(g))
    return fit_mixed("y ~ x + (1 | g)", {"y": y, "x": x, "g": g.astype(str)})


def test_root_mean_squares_of_studentised_residuals_in_order():
    fit = _fit(np.random.default_rng(1), np.ones(M))
    studentised, codes = residuals(fit).studentised, fit.grouping.codes
    expected = sorted(np.sqrt(np.mean(studentised[codes == i] ** 2)) for i in range(M))
    assert spreads_in_order(projection(fit)).value == pytest.approx(expected, abs=1e-12)


def test_the_band_holds_all_groups_of_clean_data_in_nineteen_of_twenty():
    rng = np.random.default_rng(2)
    outside = [
        spreads_in_order(projection(_fit(rng, np.ones(M)))).outside.any() for _ in range(120)
    ]
    assert sum(outside) <= 14  # 6 expected; more than 14 has probability 0.001


def test_wild_groups_leave_the_band_at_its_top():
    sd = np.where(np.arange(M) < 4, 4.0, 1.0)
    found = spreads_in_order(projection(_fit(np.random.default_rng(3), sd)))
    assert found.outside[-1] and found.value[-1] > found.high[-1]
