"""Sizes of effects against correlations, R's power.t.test and the normal limit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.inference.fixed_effects.effect_sizes import detectable, effect_sizes
from lmm.model.fit import fit_mixed


def fitted(formula, frame):
    fit = fit_mixed(formula, frame)
    return {row.term: row for row in effect_sizes(fit, fixed_effects(fit))}, fit


@pytest.mark.parametrize(
    ("n", "sd", "delta", "power"),
    [
        (20, 1.0, 1.0, 0.8689528),  # R: power.t.test(n = 20, delta = 1)
        (22.02110, 1.0, 1.0, 0.90),  # R: power.t.test(power = .90, delta = 1)
    ],
)
def test_the_detectable_difference_is_that_of_a_t_test(n, sd, delta, power):
    se = sd * math.sqrt(2.0 / n)
    assert detectable(se, 2.0 * n - 2.0, power=power) == pytest.approx(delta, rel=2e-6)


def test_with_many_degrees_of_freedom_it_is_the_two_normal_quantiles():
    """1.959964 + 0.841621 standard errors."""
    assert detectable(0.5, 1e7) == pytest.approx(0.5 * (1.959964 + 0.841621), rel=1e-6)


def test_a_test_of_that_effect_has_the_power():
    """A hundred thousand t statistics with the effect: 80% are beyond the critical value."""
    rng = np.random.default_rng(4)
    dof, effect = 9.0, detectable(1.0, 9.0)
    t = (rng.standard_normal(100_000) + effect) / np.sqrt(rng.chisquare(dof, 100_000) / dof)
    assert np.mean(t > 2.262157) == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 100_000))


def test_without_groups_the_standardised_slope_is_the_correlation():
    """A mixed model whose groups do not differ has the ordinary line."""
    rng = np.random.default_rng(2)
    x, e = rng.normal(size=120), rng.normal(size=120)
    frame = pd.DataFrame({"x": x, "g": np.tile(np.arange(12), 10).astype(str)})
    frame["y"] = 3 + 0.5 * x + e
    frame["y"] -= frame.groupby("g")["y"].transform("mean") - frame["y"].mean()
    found, fit = fitted("y ~ x + (1 | g)", frame)
    assert fit.singular
    assert found["x"].standardised == pytest.approx(np.corrcoef(frame.x, frame.y)[0, 1], abs=1e-10)


def test_units_change_what_is_detectable_but_not_the_standardised_size():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": np.tile(np.arange(6.0), 15), "g": np.repeat(np.arange(15), 6)})
    frame["y"] = frame.x + rng.normal(size=15)[frame.g] + rng.normal(size=90)
    frame["g"] = frame["g"].astype(str)
    first, _ = fitted("y ~ x + (1 | g)", frame)
    second, _ = fitted("y ~ x + (1 | g)", frame.assign(x=frame.x * 12, y=frame.y * 100))
    assert second["x"].standardised == pytest.approx(first["x"].standardised, rel=1e-8)
    assert second["x"].low == pytest.approx(first["x"].low, rel=1e-7)
    assert second["x"].detectable == pytest.approx(first["x"].detectable * 100 / 12, rel=1e-7)
    assert "Intercept" not in first
