"""The exact derivatives along a profile, against differences."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.profiles.paths import correlation_path, sd_path, sigma_path
from lmm.inference.profiles.surfaces import evaluate_surface
from lmm.model.fit import refit

PATHS = {
    "sd of the intercept": lambda fit: sd_path(fit, 0, 0),
    "sd of the slope": lambda fit: sd_path(fit, 0, 1),
    "correlation": lambda fit: correlation_path(fit, 0, (0, 1)),
    "sigma": sigma_path,
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_derivatives(small_slope, path):
    way = path(refit(small_slope, reml=False))
    surface = way.surface(0.8 * way.start + 0.1)
    x = way.x + 0.1 * np.arange(1, len(way.x) + 1)
    here, steps = evaluate_surface(surface, x), 1e-5 * np.eye(len(x))
    there = [(evaluate_surface(surface, x + d), evaluate_surface(surface, x - d)) for d in steps]
    slopes = [(a.value - b.value) / 2e-5 for a, b in there]
    bends = np.array([(a.gradient - b.gradient) / 2e-5 for a, b in there])
    assert here.gradient == pytest.approx(np.array(slopes), rel=1e-6, abs=1e-6)
    assert here.hessian == pytest.approx(bends, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_every_path_starts_at_the_optimum(small_slope, path):
    fit = refit(small_slope, reml=False)
    way = path(fit)
    start = evaluate_surface(way.surface(way.start), way.x)
    assert start.value == pytest.approx(fit.optimum.at.value, abs=1e-9)
    assert np.abs(start.gradient).max() < 1e-4
