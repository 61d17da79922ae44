"""The reach of bands for whole curves: closed forms at both ends, other integrals between, truth simulated."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.special import chdtri, fdtri, ndtri, stdtrit

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import covariance
from lmm.inference.fixed_effects.simultaneous import reach, reach_of_line, scheffe, swept
from lmm.inference.fixed_effects.uncertainty import uncertainty_of
from lmm.inference.predictions.knowledge import of_new_group
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.fit import fit_mixed


def directions(angle, count=181):
    at = np.linspace(0.3, 0.3 + angle, count)
    return np.column_stack([np.cos(at), np.sin(at)])


@pytest.mark.parametrize("dof", [1.0, 2.5, 7.0, 47.0, 179.24, 1e5, np.inf])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_a_point_is_a_t_and_a_whole_turn_is_scheffe(dof, confidence):
    t = ndtri(0.5 + confidence / 2) if np.isinf(dof) else stdtrit(dof, 0.5 + confidence / 2)
    assert reach_of_line(0.0, dof=dof, confidence=confidence) == pytest.approx(t, rel=1e-11)
    whole = chdtri(2, 1 - confidence) if np.isinf(dof) else 2.0 * fdtri(2, dof, confidence)
    assert reach_of_line(np.pi, dof=dof, confidence=confidence) == pytest.approx(
        np.sqrt(whole), rel=1e-11
    )


def test_working_and_hotelling():
    """Their 1929 band for a line of 12 points: √(2 F(.95; 2, 10)) = √(2 · 4.102821) = 2.864549."""
    assert scheffe(2, dof=10.0) == pytest.approx(2.864549, abs=1e-6)


@pytest.mark.parametrize(("angle", "dof"), [(0.4, 5.0), (1.2, 12.0), (2.5, np.inf), (3.0, 3.5)])
def test_between_by_integrating_the_density(angle, dof):
    """In polar coordinates, over the region in which no direction of the angle is exceeded."""
    c = reach_of_line(angle, dof=dof)

    def density(r, _):
        normal = np.exp(-r * r / 2.0) if np.isinf(dof) else (1.0 + r * r / dof) ** (-dof / 2 - 1)
        return r * normal / (2.0 * np.pi)

    def farthest(phi):
        away = max(0.0, abs((phi - angle / 2 + np.pi / 2) % np.pi - np.pi / 2) - angle / 2)
        return c / max(np.cos(away), 1e-12)

    corners = [0.0, angle, (angle + np.pi) / 2, np.pi]
    inside = 2.0 * sum(
        dblquad(density, low, high, 0.0, farthest, epsabs=1e-11)[0]
        for low, high in pairwise(corners)
    )
    assert inside == pytest.approx(0.95, abs=1e-8)


def test_the_angle_does_not_depend_on_how_many_rows_show_it():
    few, many = directions(1.9, 2), directions(1.9, 500)
    assert swept(few) == pytest.approx(1.9)
    assert swept(many * np.linspace(1, 5, 500)[:, None]) == pytest.approx(1.9)
    assert swept(directions(4.0)) == np.pi


def test_a_curve_of_one_parameter_is_pointwise():
    found = reach(np.outer([1.0, -2.0, 0.0], [0.3, 0.4]), dof=9.0)
    assert (found.value, found.method) == (pytest.approx(stdtrit(9.0, 0.975)), "pointwise")


def test_a_line_in_more_columns_is_a_line():
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0][:2]
    found = reach(directions(1.0) @ turn, dof=20.0)
    assert found.method == "exact"
    assert found.value == pytest.approx(reach_of_line(1.0, dof=20.0), rel=1e-10)


def test_independent_points_are_sidaks():
    """Three errors without correlation, the scale known: (2 Φ(c) − 1)³ = .95."""
    found = reach(np.eye(3), dof=np.inf)
    assert found.method == "simulated"
    sidak = ndtri(0.5 + 0.95 ** (1 / 3) / 2)
    slope = 3 * 0.95 ** (2 / 3) * 2 * np.exp(-(sidak**2) / 2) / np.sqrt(2 * np.pi)
    assert abs(found.value - sidak) * slope < 4 * found.error < 0.005


def test_a_parabola_lies_between_t_and_scheffe():
    x = np.linspace(-1, 1, 41)
    found = reach(np.column_stack([np.ones(41), x, x**2]), dof=25.0)
    assert stdtrit(25.0, 0.975) < found.value < scheffe(3, dof=25.0)
    again = reach(np.column_stack([np.ones(41), x, x**2]), dof=25.0, seed=2)
    assert abs(again.value - found.value) < 0.02


def test_no_error_no_band():
    with pytest.raises(ModelError, match="without error"):
        reach(np.zeros((3, 2)), dof=5.0)


def test_the_band_holds_the_whole_mean_line():
    """400 studies of 15 groups: the true line lies inside everywhere in 95%, in pointwise bands less often."""
    rng = np.random.default_rng(31)
    g, t = np.repeat(np.arange(15), 4), np.tile(np.arange(4.0), 15)
    X = np.column_stack([np.ones(40), np.linspace(-1, 5, 40)])
    everywhere, pointwise = [], []
    for _ in range(400):
        own = rng.normal(size=(15, 2)) * [1.0, 0.6]
        y = 2.0 + 0.3 * t + own[g, 0] + own[g, 1] * t + rng.normal(size=60)
        fit = fit_mixed("y ~ t + (t | g)", {"y": y, "t": t, "g": g})
        variances, dofs = uncertainty_of(fit, X)
        root = X @ np.linalg.cholesky(covariance(fit))
        away = np.abs(X @ (fit.beta - [2.0, 0.3])) / np.sqrt(variances)
        everywhere.append(away.max() < reach(root, dof=dofs.min()).value)
        pointwise.append((away < stdtrit(dofs, 0.975)).all())
    # three standard errors of 400 at 95% are 3.3%
    assert 0.917 < np.mean(everywhere) < 0.983
    assert np.mean(pointwise) < 0.93


def test_whole_lines_of_new_groups(sleep_slope):
    """Made-up groups of the fitted population lie wholly inside a band of this reach in 95%: 40 000 draws."""
    X = np.column_stack([np.ones(46), np.linspace(0, 9, 46)])
    line = of_new_group(shared_by_groups(sleep_slope)).line(X, X)
    wide = reach(line.root, dof=np.inf)
    draws = np.random.default_rng(4).standard_normal((40_000, line.root.shape[1]))
    inside = (np.abs(draws @ line.root.T) < wide.value * line.sd_model).all(axis=1).mean()
    # three standard errors; the rows leave out what is between them, which is next to nothing
    assert inside == pytest.approx(0.95, abs=0.0033)
    assert wide.method == "exact"
