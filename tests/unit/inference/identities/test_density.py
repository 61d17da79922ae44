"""The density with V written out by group, against the slower oracle that writes it entry by entry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmm.inference.identities.density import density, density_cost
from lmm.model.fit import fit_mixed
from tests import dense


def several(fit):
    """Codes of every random column, for the oracle."""
    codes = np.empty((fit.n, fit.Z.shape[1]), int)
    for factor in fit.factors:
        codes[:, factor.columns] = factor.grouping.codes[:, None]
    return codes


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)"])
def test_criterion_and_estimates_are_the_oracles(small, formula, reml):
    """At a theta that is not the optimum, too."""
    fit = fit_mixed(formula, small, reml=reml)
    for T in (fit.T, 0.7 * fit.T + 0.1 * np.eye(len(fit.T))):
        data = (fit.design.y, fit.design.X, fit.Z, fit.grouping.codes, T @ T.T)
        found = density(fit, T)
        assert found.criterion(reml=reml) == pytest.approx(
            dense.criterion(*data, reml=reml), rel=1e-11
        )
        beta, vcov, sigma, *_ = dense.estimates(*data, reml=reml)
        assert found.beta == pytest.approx(beta, rel=1e-10)
        assert np.linalg.inv(found.root.T @ found.root) * sigma**2 == pytest.approx(vcov, rel=1e-9)


def test_with_weights_and_with_several_factors(small, read):
    weighted = fit_mixed("y ~ x + (x | g)", small.assign(w=1.0 + small["x"] % 1), weights="w")
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    for fit in (weighted, crossed):
        codes = fit.grouping.codes if fit is weighted else several(fit)
        expected = dense.criterion(
            fit.design.y,
            fit.design.X,
            fit.Z,
            codes,
            fit.T @ fit.T.T,
            reml=True,
            weights=fit.design.weights,
        )
        assert density(fit).criterion(reml=True) == pytest.approx(expected, rel=1e-11)


def test_whitening_is_undone_and_the_inverse_has_its_diagonal(small_slope):
    fit, found = small_slope, density(small_slope)
    V = dense.relative_covariance(fit.Z, fit.grouping.codes, fit.T @ fit.T.T)
    columns = np.random.default_rng(4).normal(size=(fit.n, 2))
    assert found.unwhitened(found.whitened(columns)) == pytest.approx(
        np.linalg.solve(V, columns), rel=1e-9, abs=1e-11
    )
    assert found.inverse_diagonal() == pytest.approx(np.diag(np.linalg.inv(V)), rel=1e-9)


def test_what_it_costs_is_known_before(small_slope, read):
    sizes = small_slope.grouping.sizes
    assert density_cost(small_slope) == sum(int(size) ** 3 for size in sizes)
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    assert density_cost(replace(crossed, main="plate")) == 144**3
