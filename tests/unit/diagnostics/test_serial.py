"""Serial correlation: nlme's figures, the exact information, clean data and planted autoregression."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lmm.diagnostics.projection import projection
from lmm.diagnostics.serial import (
    autocorrelation,
    semivariogram,
    serial_check,
    serial_correlation,
)
from lmm.model.fit import fit_mixed
from tests.reference.course.nepal import RANDOM_INTERCEPT
from tests.reference.course.tables import CourseTables
from tests.unit.diagnostics.conftest import dense_projection, study

TABLE = study(np.random.default_rng(4))
M, VISITS = 60, 8
G = np.repeat(np.arange(M), VISITS)
X = np.tile(np.arange(VISITS, dtype=float), M)


def fitted(phi, seed):
    rng = np.random.default_rng(seed)
    e = rng.normal(0, 1, (M, VISITS))
    for j in range(1, VISITS):
        e[:, j] = phi * e[:, j - 1] + np.sqrt(1 - phi**2) * e[:, j]
    y = 1 + X + rng.normal(0, 1, M)[G] + 0.2 * rng.normal(0, 1, M)[G] * X + e.ravel()
    return fit_mixed("y ~ x + (x | g)", {"y": y, "x": X, "g": G})


def test_the_spread_of_the_score_is_the_efficient_information(slopes_fit):
    """½ tr(PGPG'), variances' and sigma's scores projected out, with n × n matrices."""
    fit, codes = slopes_fit, slopes_fit.grouping.codes
    same = (codes[:, None] == codes[None, :]).astype(float)
    neighbours = np.zeros((fit.n, fit.n))
    order = np.lexsort((TABLE["x"], codes))
    for a, b in pairwise(order):
        neighbours[a, b] = neighbours[b, a] = float(codes[a] == codes[b])
    z, x = fit.Z.T
    changes = [
        fit.sigma**2 * neighbours,
        np.eye(fit.n),
        same,
        same * (np.outer(z, x) + np.outer(x, z)),
        same * np.outer(x, x),
    ]
    PG = [dense_projection(fit) @ change for change in changes]
    information = 0.5 * np.array([[np.sum(A * B.T) for A in PG] for B in PG])
    others = np.linalg.solve(information[1:, 1:], information[1:, 0])
    efficient = information[0, 0] - information[0, 1:] @ others
    found = serial_correlation(projection(fit), time=TABLE["x"])
    assert found is not None
    # a variance from 400 draws: known to 7%
    assert (2.575829 / found.threshold) ** 2 == pytest.approx(efficient, rel=0.2)
    e = fit.residuals / fit.sigma
    score = 0.5 * (e @ neighbours @ e - np.trace(fit.sigma**2 * dense_projection(fit) @ neighbours))
    assert found.z * 2.575829 / found.threshold == pytest.approx(
        score, abs=0.12 * np.sqrt(efficient)
    )


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
def test_clean_data_are_fine_and_their_p_is_uniform(formula):
    rng = np.random.default_rng(10)
    p = []
    for _ in range(80):
        y = X + rng.normal(0, 1, M)[G] + rng.normal(0, 1, len(G))
        if "(x" in formula:
            y = y + 0.5 * rng.normal(0, 1, M)[G] * X
        fit = fit_mixed(formula, {"y": y, "x": X, "g": G})
        found = serial_correlation(projection(fit), time=X)
        assert found is not None
        p.append(found.p)
    # Kolmogorov's 1% bound for 80 values
    assert np.abs(np.sort(p) - (np.arange(80) + 0.5) / 80).max() < 1.63 / np.sqrt(80)


@pytest.mark.parametrize("phi", [0.5, -0.4])
def test_planted_autoregression_is_found_with_its_sign(phi):
    fits = [projection(fitted(phi, seed)) for seed in range(10)]
    found = [serial_correlation(P, time=X) for P in fits]
    assert all(each is not None and np.sign(each.correlation) == np.sign(phi) for each in found)
    assert all(serial_check(each).verdict != "fine" for each in found)


def test_rows_at_one_time_are_no_neighbours(slopes_fit):
    P = projection(slopes_fit)
    assert serial_correlation(P, time=np.zeros(P.n)) is None
    assert serial_check(None).statistic is None
    assert autocorrelation(P, time=np.zeros(P.n)) == semivariogram(P, time=np.zeros(P.n)) == ()


def test_many_distances_are_taken_together_in_tenths(slopes_fit):
    """Every pair of rows of a group, in ten bins of as many pairs, one pair at a time."""
    e = slopes_fit.residuals / slopes_fit.sigma
    pairs = sorted(
        (abs(TABLE["x"][a] - TABLE["x"][b]), 0.5 * (e[a] - e[b]) ** 2)
        for a in range(slopes_fit.n)
        for b in range(a)
        if TABLE["g"][a] == TABLE["g"][b]
    )
    found = semivariogram(projection(slopes_fit), time=TABLE["x"])
    assert len(found) == 10
    assert sum(each.pairs for each in found) == len(pairs)
    start = 0
    for each in found:
        own = np.array(pairs[start : start + each.pairs])
        assert (each.distance, each.value) == pytest.approx(tuple(own.mean(axis=0)))
        assert each.pairs == pytest.approx(len(pairs) / 10, abs=1.5)
        start += each.pairs


def test_pigs_against_nlme(course_data):
    """nlme 3.1-162: ``m <- lme(weight ~ weeks, random = ~ weeks | id, pig)``; ``ACF(m, resType = "normalized")``,
    ``Variogram(m, form = ~ weeks, resType = "normalized")``; optimum to 1e-6 or so.
    """
    table = CourseTables(course_data).pigs
    P = projection(fit_mixed("weight ~ weeks + (weeks | id)", table))
    weeks = table["weeks"].to_numpy()
    found = autocorrelation(P, time=weeks)
    expected = [0.208694207, -0.270227707, -0.427612028, -0.435028415, -0.127225042]
    assert [each.value for each in found[:5]] == pytest.approx(expected, abs=2e-6)
    assert [each.pairs for each in found[:3]] == [384, 336, 288]
    # the rivals' bands hold none of it: neighbours resemble each other, distant rows do not
    assert found[0].value > found[0].high and found[2].value < found[2].low
    found = semivariogram(P, time=weeks)
    expected = [0.61166282, 1.04862745, 1.16035915, 1.22388836]
    assert [each.value for each in found[:4]] == pytest.approx(expected, abs=1e-5)
    assert [(each.distance, each.pairs) for each in found[:2]] == [(1.0, 384), (2.0, 336)]
    assert serial_check(serial_correlation(P, time=weeks)).verdict == "concern"


def test_nepals_random_intercepts_leave_what_nlmes_likelihood_finds(course_data):
    """``lme(arm ~ ageC, random = ~ 1 | id, correlation = corCAR1(form = ~ age | id))``: 2 · (906.575 − 900.880)."""
    table = CourseTables(course_data).nepal
    P = projection(fit_mixed(RANDOM_INTERCEPT, table))
    found = serial_correlation(P, time=table["ageC"].to_numpy(float))
    assert found is not None
    # a score test of one lag and a likelihood ratio of continuous time: of one size
    assert found.z**2 == pytest.approx(11.4, rel=0.15)
    assert serial_check(found).verdict == "note"
