"""Made-up groups: their moments are the bands', their order of drawing is kept."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.predictions.bands import forecast
from lmm.inference.predictions.population import simulate_population

ROWS = np.array([[1.0, 0.0], [1.0, 4.0], [1.0, 9.0]])


def test_lines_and_measurements_have_the_bands_spread(sleep_slope):
    """40 000 groups: means, SDs and the correlation of a line's ends, by the model's own formula."""
    fit = sleep_slope
    made = simulate_population(fit, ROWS, ROWS, draws=40_000, seed=9)
    bands = forecast(fit, at=ROWS[:, 1], X=ROWS, Z=ROWS)
    own = [band.group_sd for band in bands]
    single = [band.observation_sd for band in bands]
    assert made.lines.mean(axis=0) == pytest.approx(ROWS @ fit.beta, abs=3 * max(own) / 200)
    assert made.lines.std(axis=0) == pytest.approx(own, rel=0.011)
    assert made.measurements.std(axis=0) == pytest.approx(single, rel=0.011)
    covariance = ROWS @ (fit.vcov + fit.Psi) @ ROWS.T
    expected = covariance[0, 2] / np.sqrt(covariance[0, 0] * covariance[2, 2])
    assert np.corrcoef(made.lines.T)[0, 2] == pytest.approx(expected, abs=0.015)
    errors = made.measurements - made.lines
    assert np.corrcoef(errors.T)[0, 1] == pytest.approx(0.0, abs=0.015)
    assert np.corrcoef(errors[:, 0], made.lines[:, 0])[0, 1] == pytest.approx(0.0, abs=0.015)


def test_more_draws_leave_the_first(sleep_slope):
    few = simulate_population(sleep_slope, ROWS, ROWS, draws=3, seed=1)
    many = simulate_population(sleep_slope, ROWS, ROWS, draws=7, seed=1)
    assert np.array_equal(many.lines[:3], few.lines)
    assert np.array_equal(many.measurements[:3], few.measurements)
    other = simulate_population(sleep_slope, ROWS, ROWS, draws=3, seed=2)
    assert not np.allclose(other.lines, few.lines)
