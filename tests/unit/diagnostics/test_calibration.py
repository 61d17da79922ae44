"""Where measurements fall in their predictions, against dense conditional distributions and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from lmm.diagnostics.calibration import calibration
from lmm.diagnostics.projection import projection
from lmm.model.fit import fit_mixed
from tests.unit.diagnostics.conftest import covariance


def test_each_row_given_the_earlier_ones_of_its_group_by_the_dense_conditional_normal(slopes_fit):
    fit, V = slopes_fit, covariance(slopes_fit)
    r, codes = fit.design.y - fit.design.X @ fit.beta, fit.grouping.codes
    pit = np.empty(len(r))
    for j in range(len(r)):
        before = np.flatnonzero((codes == codes[j]) & (np.arange(len(r)) < j))
        weights = np.linalg.solve(V[np.ix_(before, before)], V[before, j])
        mean, variance = weights @ r[before], V[j, j] - weights @ V[before, j]
        pit[j] = norm.cdf(r[j], mean, np.sqrt(variance))
    found = calibration(projection(fit))
    share, _ = np.histogram(pit, bins=10, range=(0, 1))
    assert found.tenths.value == pytest.approx(share / len(r), abs=1e-12)
    assert found.inside == np.mean((pit >= 0.025) & (pit <= 0.975))
    assert found.rows == len(r)


def _draw(rng: np.random.Generator, noise) -> dict[str, np.ndarray]:
    g, x = np.repeat(np.arange(40), 6), np.tile(np.arange(6.0), 40)
    y = 2 + 0.4 * x + rng.normal(0, 1, 40)[g] + noise(rng, len(g))
    return {"y": y, "x": x, "g": g.astype(str)}


def _outside(noise, draws: int) -> int:
    rng = np.random.default_rng(11)
    fits = [fit_mixed("y ~ x + (1 | g)", _draw(rng, noise)) for _ in range(draws)]
    return sum(calibration(projection(fit)).tenths.outside.any() for fit in fits)


def test_the_band_holds_all_tenths_of_clean_data_in_nineteen_of_twenty():
    outside = _outside(lambda rng, n: rng.normal(0, 1, n), 120)
    assert outside <= 14  # 6 expected; more than 14 has probability 0.001


def test_skewed_errors_leave_the_band():
    assert _outside(lambda rng, n: rng.exponential(1.0, n), 20) >= 19
