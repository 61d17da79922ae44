"""Degrees of freedom against lmerTest 3.1-3 (tight optimiser), exact designs and differences in (Ψ, sigma²)."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.inference.fixed_effects.satterthwaite import (
    contrast_dof,
    joint_dof,
    satterthwaite_dof,
    satterthwaite_test,
)
from lmm.model.fit import fit_mixed
from tests import dense


def test_course_fits(nepal_intercept, nepal_slope, pig):
    assert satterthwaite_dof(nepal_intercept) == pytest.approx([191.150578, 723.654299], rel=1e-6)
    assert satterthwaite_dof(nepal_slope) == pytest.approx([180.288027, 138.836036], rel=1e-5)
    pigs = fit_mixed("weight ~ weeks + (1 | id)", pig)
    assert satterthwaite_dof(pigs) == pytest.approx([58.558889, 383.0], rel=1e-6)
    slopes = fit_mixed("weight ~ weeks + (weeks || id)", pig)
    assert satterthwaite_dof(slopes) == pytest.approx([47.537436, 47.537438], rel=1e-6)


def test_a_balanced_design_has_whole_degrees(sleep_slope):
    assert satterthwaite_dof(sleep_slope) == pytest.approx([17.0, 17.0], rel=1e-7)


def test_against_the_definition(small_slope):
    """2 f² / g'Ag, A twice the inverse Hessian of the dense REML criterion in (Ψ, sigma²), all by differences."""
    fit = small_slope
    y, X, Z, codes = fit.design.y, fit.design.X, fit.Z, fit.grouping.codes
    freedom = fit.n - fit.p
    start = np.array([*fit.Psi[np.triu_indices(2)], fit.sigma**2])

    def parts(phi):
        a, c, b, variance = phi
        D = np.array([[a, c], [c, b]]) / variance
        _, vcov, sigma, *_ = dense.estimates(y, X, Z, codes, D, reml=True)
        ratio = sigma**2 / variance
        value = dense.criterion(y, X, Z, codes, D, reml=True)
        return value + freedom * (ratio - np.log(ratio) - 1.0), vcov / ratio

    steps = np.diag(2e-4 * np.array([start[0], np.sqrt(start[0] * start[2]), start[2], start[3]]))
    slope = np.array([(parts(start + h)[1] - parts(start - h)[1]) / 2.0 for h in steps])
    hessian = np.array([
        [
            sum(
                s * t * parts(start + s * h + t * k)[0] for s in (1, -1) for t in (1, -1)
            ) / 4.0
            for k in steps
        ]
        for h in steps
    ])  # fmt: skip
    A = 2.0 * np.linalg.inv(hessian)
    for j, found in enumerate(satterthwaite_dof(fit)):
        g = slope[:, j, j]
        assert found == pytest.approx(2.0 * parts(start)[1][j, j] ** 2 / (g @ A @ g), rel=1e-3)


def test_an_ordinary_fit_in_disguise(sleep):
    """No spread between groups: n − p."""
    noise = np.random.default_rng(3).permutation(sleep["Reaction"].to_numpy())
    table = sleep.assign(
        noise=noise - sleep.assign(n=noise).groupby("Subject")["n"].transform("mean")
    )
    fit = fit_mixed("noise ~ Days + (1 | Subject)", table)
    assert fit.singular
    assert satterthwaite_dof(fit) == pytest.approx([178.0, 178.0])


def test_a_contrast_of_one_coefficient_is_that_coefficient(nepal_slope):
    rows = [contrast_dof(nepal_slope, row) for row in nepal_slope.units.W_x]
    assert rows == pytest.approx(list(satterthwaite_dof(nepal_slope)))
    scaled = contrast_dof(nepal_slope, 7.0 * nepal_slope.units.W_x[1])
    assert scaled == pytest.approx(rows[1])


def test_several_at_once_in_a_balanced_design(sleep_slope):
    """Both turned contrasts have 17 degrees of freedom, and so has F (lmerTest: ``contestMD``)."""
    found = satterthwaite_test(sleep_slope, np.eye(2))
    assert (found.numerator_dof, found.method) == (2, "Satterthwaite")
    assert found.denominator_dof == pytest.approx(17.0, rel=1e-6)


def test_one_contrast_is_the_square_of_t(nepal_slope):
    found = satterthwaite_test(nepal_slope, np.array([0.0, 1.0]))
    assert found.denominator_dof == pytest.approx(satterthwaite_dof(nepal_slope)[1])
    assert found.statistic == pytest.approx(nepal_slope.beta[1] ** 2 / nepal_slope.vcov[1, 1])


@pytest.mark.parametrize(
    ("dofs", "expected"),
    [
        ([10.0, 10.0], 10.0),
        # E F = (4/2 + 10/8)/2 = m/(m − 2) at m = 5.2
        ([4.0, 10.0], 5.2),
        # the mean of t² on 1.5 is infinite: what is left, 12/10 < 2, fixes nothing
        ([1.5, 12.0], 1.5),
    ],
)
def test_joint_degrees_of_freedom(dofs, expected):
    assert joint_dof(np.array(dofs)) == pytest.approx(expected)
