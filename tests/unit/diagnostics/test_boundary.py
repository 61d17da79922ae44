"""Fits on the boundary are named by the effect that has no variance, or none of its own."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.boundary import boundary_terms
from lmm.inference.variances.components import variance_components
from lmm.model.fit import fit_mixed

GROUP = [f"g{i // 6}" for i in range(72)]
X = np.tile(np.arange(6.0), 12)


def drawn(level_sd, slope_sd, *, same=False, seed=5):
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 1, 12)
    slope = level if same else rng.normal(0, 1, 12)
    error = rng.normal(0, 1, (12, 6))
    if not level_sd:
        error -= error.mean(axis=1, keepdims=True)
    y = 10 + level_sd * np.repeat(level, 6) + slope_sd * np.repeat(slope, 6) * X + error.ravel()
    return {"y": y, "x": X, "g": GROUP}


def test_an_interior_optimum_has_none():
    fit = fit_mixed("y ~ x + (x | g)", drawn(3.0, 2.0))
    assert not fit.singular
    assert boundary_terms(fit) == ()


def test_no_variance_between_groups_is_named():
    (found,) = boundary_terms(fit_mixed("y ~ x + (1 | g)", drawn(0.0, 0.0)))
    assert (found.group, found.terms, found.kind) == ("g", ("Intercept",), "zero variance")
    assert "Intercept over g is estimated as zero" in str(found)


def test_effects_that_move_together_are_named_together():
    # level and slope are one number: any correlation but ±1 is worse
    fit = fit_mixed("y ~ x + (x | g)", drawn(2.0, 2.0, same=True))
    (found,) = boundary_terms(fit)
    assert (found.terms, found.kind) == (("Intercept", "x"), "perfect correlation")
    assert "move together exactly" in str(found)


def test_uncorrelated_blocks_are_judged_one_by_one():
    # no level of their own at x = 0, and slopes far apart: only the intercept's variance goes
    table = drawn(0.0, 2.0)
    fit = fit_mixed(
        "y ~ x + (x || g)", table | {"y": table["y"] - np.repeat(_own_levels(table), 6)}
    )
    (found,) = boundary_terms(fit)
    assert (found.terms, found.kind) == (("Intercept",), "zero variance")
    assert fit.singular


def _own_levels(table):
    """The level at x = 0 of each group's own line."""
    return np.array([np.polyfit(np.arange(6.0), y, 1)[1] for y in table["y"].reshape(12, 6)]) - 10


def test_three_effects_of_which_two_vary_are_not_said_to_move_together():
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(40), 8)
    x, z = rng.normal(size=(2, 320))
    own, slope = rng.normal(size=(2, 40))
    y = own[g] + slope[g] * x + (own - slope)[g] * z + rng.normal(size=320)
    fit = fit_mixed("y ~ x + z + (x + z | g)", {"y": y, "x": x, "z": z, "g": g})
    if (
        not fit.singular
    ):  # the estimate at a true combination is on the boundary about every other time
        raise AssertionError("draw anew: this one is not on the boundary")
    (found,) = boundary_terms(fit)
    assert (found.terms, found.kind) == (("Intercept", "x", "z"), "fixed combination")
    assert "some combination of the effects Intercept, x, z is estimated not to vary" in str(found)


@pytest.mark.parametrize("seed", range(8))
def test_slopes_that_are_all_alike_have_no_variance_and_no_correlation(seed):
    """Time is centred and the same for all: level and slope are orthogonal, and rounding may not tie them."""
    rng = np.random.default_rng(seed)
    x, g = np.tile(np.arange(5.0) - 2.0, 12), np.repeat(np.arange(12), 5)
    error = rng.normal(size=(12, 5))
    error -= np.outer(error @ x[:5] / (x[:5] @ x[:5]), x[:5])
    fit = fit_mixed(
        "y ~ x + (x | g)", {"y": 2.0 * rng.normal(size=12)[g] + error.ravel(), "x": x, "g": g}
    )
    (found,) = boundary_terms(fit)
    assert (found.terms, found.kind) == (("x",), "zero variance")
    assert (fit.Psi[1] == 0.0).all()
    correlation = next(row for row in variance_components(fit) if row.other is not None)
    assert correlation.sd_or_correlation is None
