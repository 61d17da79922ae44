"""Scaled residuals, against quantiles of residuals computed from the fit's own line."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.residuals import scaled_residuals
from lmm.model.fit import fit_mixed


def test_quantiles_of_what_is_left_of_a_balanced_one_way_layout():
    y = np.array([[1.0, 2.0, 6.0], [11.0, 12.0, 13.0], [4.0, 5.0, 9.0]])
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y.ravel(), "g": np.repeat(["a", "b", "c"], 3)})
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / 6
    between = 3 * y.mean(axis=1).var(ddof=1)
    shrunk = y.mean() + (1 - within / between) * (y.mean(axis=1) - y.mean())
    scaled = ((y - shrunk[:, None]) / np.sqrt(within)).ravel()
    found = scaled_residuals(fit)
    assert [
        found.minimum,
        found.first_quartile,
        found.median,
        found.third_quartile,
        found.maximum,
    ] == (pytest.approx(np.percentile(scaled, [0, 25, 50, 75, 100]), abs=1e-6))
