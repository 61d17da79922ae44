"""New responses from a fitted model, y* = X beta + Z b* + e*."""

from __future__ import annotations

import numpy as np

from lmm.model.fit import Fit
from lmm.numerics import Array


def simulate_responses(fit: Fit, draws: int, *, seed: int) -> Array:
    """Responses (n, draws) of new levels of every grouping factor, the parameters as estimated.

    ``numpy.random.default_rng(seed)``; each draw takes its standard normals in the order b (factor by
    factor, level by level, its columns in T's order), then e by rows, so that more draws leave the
    first ones as they were.
    """
    n, T = fit.n, fit.T
    effects = sum(factor.size for factor in fit.factors)
    normals = np.random.default_rng(seed).standard_normal((draws, effects + n))
    Y = normals[:, effects:] * fit.sigma
    if fit.design.weights is not None:
        Y /= np.sqrt(fit.design.weights)
    at, Z = 0, fit.Z
    for factor in fit.factors:
        u = normals[:, at : at + factor.size].reshape(draws, factor.m, factor.q)
        b = fit.sigma * u @ factor.own(T).T
        for k, column in enumerate(factor.columns):
            Y += Z[:, column] * b[:, factor.grouping.codes, k]
        at += factor.size
    return np.ascontiguousarray((Y + fit.design.X @ fit.beta).T)
