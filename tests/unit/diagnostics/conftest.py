"""Fits that the diagnostics are tested on, and their covariance written out."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.model.fit import fit_mixed


def study(rng, *, m=30, visits=(2, 7), slope_sd=0.3, level_sd=1.0, sigma=0.5):
    """Unequal groups seen at unequal times; a covariate of the group and the outcome of a clean model."""
    sizes = rng.integers(*visits, m)
    g = np.repeat(np.arange(m), sizes)
    x = np.concatenate([np.sort(rng.uniform(0, 5, size)) for size in sizes])
    w = rng.normal(0, 1, m)[g]
    own = rng.normal(0, level_sd, m)[g] + rng.normal(0, slope_sd, m)[g] * x
    return {"y": 2 + 0.5 * x + 0.3 * w + own + rng.normal(0, sigma, len(g)), "x": x, "w": w, "g": g}


def covariance(fit):
    """V (n, n), entry by entry."""
    codes = fit.grouping.codes
    same = codes[:, None] == codes[None, :]
    return same * (fit.Z @ fit.Psi @ fit.Z.T) + fit.sigma**2 * np.eye(fit.n)


def dense_projection(fit):
    """P (n, n)."""
    Vi, X = np.linalg.inv(covariance(fit)), fit.design.X
    return Vi - Vi @ X @ np.linalg.solve(X.T @ Vi @ X, X.T @ Vi)


@pytest.fixture(scope="session")
def slopes_fit():
    return fit_mixed("y ~ x + w + (x | g)", study(np.random.default_rng(4)))
