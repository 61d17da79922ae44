"""Shapes: of known distributions, of clean data, and of effects that are not normal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, kurtosis, skew

from lmm.diagnostics.normality import (
    effect_shapes,
    residual_shape,
    skewness_check,
    tails_check,
)
from lmm.diagnostics.projection import projection
from lmm.diagnostics.residuals import level_two, residuals
from lmm.model.fit import fit_mixed

M, VISITS = 80, 8
G = np.repeat(np.arange(M), VISITS)
X = np.tile(np.linspace(-1.0, 1.0, VISITS), M)


def fitted(level, slope, error):
    y = 1 + X + 2 * level[G] + 2 * slope[G] * X + error
    return fit_mixed("y ~ x + (x | g)", {"y": y, "x": X, "g": G})


def normal(rng, size):
    return rng.normal(0, 1, size)


def exponential(rng, size):
    return rng.exponential(1, size) - 1


def heavy(rng, size):
    return rng.standard_t(4, size) / np.sqrt(2)


def drawn(seed, *, level=normal, error=normal):
    rng = np.random.default_rng(seed)
    return fitted(level(rng, M), normal(rng, M), error(rng, len(G)))


def test_sizes_and_points_are_those_of_the_residuals():
    fit = drawn(1)
    found, values = residual_shape(projection(fit)), residuals(fit).studentised
    assert found.skewness == pytest.approx(skew(values))
    assert found.kurtosis == pytest.approx(kurtosis(values))
    assert found.n == 640 and found.points == len(found.plot.value) <= 200
    assert set(found.plot.value) <= set(values)
    assert found.beyond_three == np.sum(np.abs(values) > 3)
    assert found.plot.value[[0, -1]].tolist() == [values.min(), values.max()]


def test_effects_are_their_level_two_residuals():
    fit = drawn(2)
    P = projection(fit)
    for k, found in enumerate(effect_shapes(fit, P)):
        values = level_two(fit, P)[:, k]
        assert (found.name, found.n) == (fit.random_names[k], M)
        assert found.skewness == pytest.approx(skew(values))
        assert found.plot.value == pytest.approx(np.sort(values))


def test_the_band_is_made_of_beta_quantiles_of_one_level():
    plot = effect_shapes(drawn(2), projection(drawn(2)))[0].plot
    i = np.arange(1, M + 1)
    from scipy.special import ndtr

    low = beta.cdf(ndtr(plot.low), i, M + 1 - i)
    high = beta.sf(ndtr(plot.high), i, M + 1 - i)
    assert low == pytest.approx(low[0], rel=1e-6) and high == pytest.approx(low[0], rel=1e-6)
    # far below 5% each, that all 80 together may hold 95%; not so far as Bonferroni's
    assert 0.025 / M < low[0] < 0.01


def test_clean_data_have_normal_shapes_and_stay_in_their_bands():
    spoken, outside = np.zeros(4), 0
    for seed in range(40):
        fit = drawn(seed)
        P = projection(fit)
        shapes, effects = (residual_shape(P),), effect_shapes(fit, P)
        checks = [
            make("id", group)
            for group in (shapes, effects)
            for make in (skewness_check, tails_check)
        ]
        spoken += [check.verdict != "fine" for check in checks]
        outside += shapes[0].outside > 0
    assert spoken.max() <= 5 and outside <= 5  # of 40 at 5%: more than 5 once in 70 times


def test_skewed_effects_are_found_and_named():
    fit = drawn(3, level=exponential)
    found = effect_shapes(fit, projection(fit))
    check = skewness_check("effect-skewness", found)
    assert (check.id, check.verdict) == ("effect-skewness", "concern")
    assert check.where == ("Intercept",)
    assert found[0].outside > 0
    assert skewness_check("s", (residual_shape(projection(fit)),)).verdict == "fine"


def test_heavy_tails_are_found():
    shape = residual_shape(projection(drawn(4, error=heavy)))
    assert tails_check("residual-tails", (shape,)).verdict != "fine"
    assert shape.outside > 0


def test_effects_without_variance_have_no_shape():
    rng = np.random.default_rng(2)
    y = rng.normal(size=(12, 5))
    y -= y.mean(axis=1, keepdims=True)
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": y.ravel(), "g": np.repeat(np.arange(12), 5)})
    assert effect_shapes(fit, projection(fit)) == ()
    assert skewness_check("effect-skewness", ()).statistic is None
