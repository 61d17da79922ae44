"""Eigenvalues against the n × n definition; taking neighbours together against all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmm.inference.variance_tests.point_mass import point_mass_at_zero
from lmm.inference.variance_tests.spectrum import spectrum, spectrum_of_sums
from lmm.model.fit import fit_mixed


def dense_eigenvalues(design, place):
    block = design.blocks[place]
    Z = np.where(
        block.grouping.codes[:, None] == np.arange(len(block.grouping.levels)), block.Z, 0.0
    )
    basis = np.linalg.svd(design.X / np.abs(design.X).max(axis=0), full_matrices=False)[0]
    left = Z - basis @ (basis.T @ Z)
    return np.linalg.eigvalsh(left.T @ left), np.sort(np.diag(Z.T @ Z))


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x || g)", "y ~ 0 + x + (x || g)"])
@pytest.mark.parametrize("origin", [0.0, 4.0, 2000.0])
def test_the_definition(small, formula, origin):
    table = small.assign(x=small["x"] - 4.0 + origin)
    design = fit_mixed(formula, table).design
    for place in range(len(design.blocks)):
        found = spectrum(design, place)
        values, squares = dense_eigenvalues(design, place)
        largest = values.max()
        positive = values[values > 1e-10 * largest] / largest
        assert np.repeat(found.values, found.counts) == pytest.approx(positive, rel=1e-9, abs=1e-10)
        assert np.repeat(found.squares, found.square_counts) == pytest.approx(squares / largest)
        assert found.blur == 0.0
        assert found.null == len(table) - design.X.shape[1] - len(positive)


def test_prior_weights(small):
    """Columns of X and Z times the root of their row's weight."""
    weights = np.random.default_rng(6).uniform(0.5, 20.0, len(small))
    design = fit_mixed("y ~ x + (x || g)", small, weights=weights).design
    root = np.sqrt(weights)[:, None]
    Z = np.eye(9)[design.blocks[1].grouping.codes] * design.blocks[1].Z * root
    basis = np.linalg.qr(design.X * root)[0]
    left = Z - basis @ (basis.T @ Z)
    values = np.linalg.eigvalsh(left.T @ left)[1:]  # x itself is among the fixed effects
    found = spectrum(design, 1)
    assert np.repeat(found.values, found.counts) == pytest.approx(values / values.max(), abs=1e-10)


def test_a_balanced_layout_has_one_eigenvalue():
    table = pd.DataFrame(
        {"y": np.random.default_rng(1).normal(size=24), "g": np.repeat(range(8), 3)}
    )
    found = spectrum(fit_mixed("y ~ 1 + (1 | g)", table).design, 0)
    assert (list(found.values), list(found.counts), found.null) == ([1.0], [7], 16)


def test_groups_that_have_nothing_of_the_column():
    """Where z is 0 in a group, it says nothing of the variance."""
    d, A = np.array([0.0, 2.0, 2.0, 5.0]), np.array([[0.0], [1.0], [-1.0], [0.5]])
    found = spectrum_of_sums(d, A, n=20)
    values = np.linalg.eigvalsh(np.diag(d) - A @ A.T)
    assert found.values * values.max() == pytest.approx(values[values > 1e-9])
    assert found.square_counts.sum() == 3


def many_groups(m, *, covariates=2):
    rng = np.random.default_rng(m)
    codes = np.repeat(np.arange(m), rng.integers(2, 7, m))
    z = rng.normal(size=len(codes)) * np.exp(rng.normal(size=m))[codes]
    columns = [np.ones(len(z)), z, *rng.normal(size=(covariates - 1, m))[:, codes]]
    basis = np.linalg.qr(np.column_stack(columns))[0]
    A = np.column_stack([np.bincount(codes, z * column) for column in basis.T])
    return np.bincount(codes, z * z), A, len(z)


@pytest.mark.parametrize("covariates", [1, 4])
def test_neighbours_taken_together_are_off_by_no_more_than_the_blur(covariates):
    d, A, n = many_groups(900, covariates=covariates)
    found = spectrum_of_sums(d, A, n=n)
    values = np.linalg.eigvalsh(np.diag(d) - A @ A.T)
    values = values[values > 1e-10 * values.max()]
    repeated = np.repeat(found.values, found.counts)
    assert len(found.values) <= 300 < len(values) == len(repeated)
    # both are in units of their own largest, which may be off by the blur too
    ratio = np.log(repeated / (values / values.max()))
    assert 0.0 < np.abs(ratio).max() <= 2.0 * found.blur < 0.2


def test_a_hundred_thousand_groups_keep_their_point_mass():
    """Exact integrals: 900 eigenvalues apiece and their 300 classes differ in the fifth digit."""
    d, A, n = many_groups(900)
    values = np.linalg.eigvalsh(np.diag(d) - A @ A.T)
    coarse = spectrum_of_sums(d, A, n=n)
    fine = type(coarse)(
        values=values[values > 1e-10 * values.max()] / values.max(),
        counts=np.ones(int((values > 1e-10 * values.max()).sum()), int),
        squares=d / values.max(),
        square_counts=np.ones(len(d), int),
        n=n,
        p=A.shape[1],
        blur=0.0,
    )
    for reml in (True, False):
        exact = point_mass_at_zero(fine, reml=reml)
        assert point_mass_at_zero(coarse, reml=reml) == pytest.approx(exact, abs=1e-5)
