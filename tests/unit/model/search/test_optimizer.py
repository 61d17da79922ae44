"""The search: boundaries that are bounds, corners that only look like optima, and second minima."""

import numpy as np
import pytest

from lmm.model.fit import fit_mixed
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import minimise
from lmm.model.simulate import simulate_responses
from tests import dense
from tests.engine import criterion_of_engine
from tests.unit.model.batch.test_refits import study

# y, x and g of 20 rows
MIRRORED = """
0.699219 0.189453 0; 2.81543 -0.413086 2; 2.883789 0.455078 4; -0.387695 -0.892578 4;
6.072266 0.773438 3; -3.760742 -0.325195 3; 1.297852 -0.310547 3; 4.664062 0.28125 3;
-0.236328 -0.791992 4; -5.310547 -2.441406 3; 2.172852 0.126953 4; 7.008789 1.799805 3;
0.698242 0.544922 4; -1.045898 -0.329102 4; -1.969727 -0.607422 4; 0.162109 -0.099609 4;
0.25293 -0.522461 1; 3.199219 0.977539 3; -0.397461 -0.553711 3; 4.90332 1.144531 3
"""

# y, x and g of 29 rows: the intercepts' variance is next to nothing, the slopes' is not
CREEPING = """
2.28418 -0.094727 5; 4.751953 1.262695 5; 5.637695 1.196289 5; 1.120117 -0.37793 4;
3.501953 1.518555 2; 3.12207 0.15918 4; 2.165039 0.607422 2; 0.614258 -1.227539 4;
5.601562 -3.007812 3; -1.886719 -1.373047 5; 4.484375 1.104492 3; 2.038086 0.598633 4;
1.220703 1.098633 3; 4.21582 -0.811523 5; 1.626953 0.095703 0; 0.227539 1.615234 3;
0.259766 -0.766602 4; 0.27832 -2.077148 5; 1.323242 -0.369141 3; 0.363281 -1.651367 4;
3.359375 -0.451172 5; 2.915039 0.775391 2; 5.579102 0.430664 4; 2.811523 0.707031 4;
0.194336 0.075195 2; 4.751953 1.086914 5; 0.894531 -0.661133 4; 3.511719 0.268555 3
"""


def columns(rows):
    return np.array([row.split() for row in rows.split(";")], float).T


@pytest.fixture
def shrunken():
    """Group means pulled together, as no independent groups would be: an intercept variance of zero."""

    def make(seed):
        rng = np.random.default_rng(seed)
        g, x = np.repeat(np.arange(8), 4), np.tile(np.arange(4.0), 8)
        y = rng.normal(size=32)
        return {"y": y - 0.7 * np.array([y[g == i].mean() for i in range(8)])[g], "x": x, "g": g}

    return make


def test_zero_variance_is_exactly_zero(shrunken):
    fit = fit_mixed("y ~ 1 + (1 | g)", shrunken(1))
    assert fit.theta[0] == 0.0
    assert fit.singular and fit.converged
    assert not fit.b.any()
    assert fit.optimum.gradient_D[0, 0] > 0


def test_perfect_correlation_is_exactly_singular(shrunken):
    fit = fit_mixed("y ~ x + (x | g)", shrunken(26185))
    assert fit.converged and fit.singular
    assert 0.0 in np.diag(fit.T)
    assert np.linalg.matrix_rank(fit.T) == 1


@pytest.mark.parametrize(
    "start", [[0.1, 0.0, 0.1], [3.0, 0.0, 3.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
)
def test_corners_where_all_derivatives_vanish_are_left(start, shrunken):
    """At T = [[0, 0], [0, a]] no derivative in theta sees that an intercept variance would help."""
    fit = fit_mixed("y ~ x + (x | g)", shrunken(26185))
    there = minimise(
        OneFactor(statistics=fit.statistics, reml=True), fit.template, start=np.array(start)
    )
    assert there.converged
    assert there.at.value == pytest.approx(fit.optimum.at.value, abs=1e-9)


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x || g)"])
def test_a_start_at_zero_is_left_where_variance_helps(formula):
    rng = np.random.default_rng(2)
    g, x = np.repeat(np.arange(10), 5), np.tile(np.arange(5.0), 10)
    y = x + (3 * rng.normal(size=10))[g] + rng.normal(size=10)[g] * x + rng.normal(size=50)
    fit = fit_mixed(formula, {"y": y, "x": x, "g": g})
    zero = minimise(
        OneFactor(statistics=fit.statistics, reml=True),
        fit.template,
        start=np.zeros(len(fit.theta)),
    )
    assert zero.converged
    assert pytest.approx(fit.optimum.T, abs=1e-7) == zero.T


def test_the_mirror_image_of_theta_is_no_progress():
    """A full Newton step from theta = s to −s, where the criterion is the same, must not be taken for one."""
    y, x, g = columns(MIRRORED)
    fit = fit_mixed("y ~ x + (0 + x | g)", {"y": y, "x": x, "g": g}, reml=False)
    assert fit.converged
    assert fit.optimum.evaluations < 30
    tried = [
        criterion_of_engine(fit.design, [theta], reml=False) for theta in np.linspace(0, 5, 101)
    ]
    assert fit.criterion <= min(tried) + 1e-9


def test_the_search_does_not_creep_round_a_small_first_variance():
    """Near T = [[0.01, 0], [0.7, 0.2]] theta had an all but flat circle: 786 evaluations led nowhere."""
    y, x, g = columns(CREEPING)
    fit = fit_mixed("y ~ x + (x | g)", {"y": y, "x": x, "g": g})
    optimum = fit.optimum
    assert fit.converged and fit.singular
    assert optimum.evaluations < 80
    assert np.abs(optimum.gradient).max() < 1e-9
    null = np.linalg.svd(optimum.T.T)[2][-1]
    assert null @ optimum.gradient_D @ null > 0.0, "a second variance would help"
    codes = np.unique(g, return_inverse=True)[1]

    def truth(T):
        return dense.criterion(y, fit.design.X, fit.Z, codes, T @ T.T, reml=True)

    assert fit.criterion == pytest.approx(truth(fit.T), abs=1e-9)
    rng = np.random.default_rng(0)
    tried = [
        np.tril(fit.T + rng.normal(size=(2, 2)) * 10.0 ** rng.uniform(-4, 0)) for _ in range(200)
    ]
    assert fit.criterion <= min(map(truth, tried)) + 1e-9


@pytest.mark.parametrize("origin", [2000.0, 1.6e9])
@pytest.mark.parametrize(("groups", "most"), [(8, 80), (60, 30)])
def test_uncorrelated_slopes_on_a_raw_year_end_where_the_dense_criterion_does(groups, most, origin):
    """Intercept and year are nearly one column: their variances' sum is known, its division hardly."""
    rng = np.random.default_rng(groups)
    g = np.repeat(np.arange(groups), 6)
    x = origin + np.tile(np.arange(6.0), groups) + rng.integers(0, 5, size=groups)[g]
    y = 0.5 * (x - origin) + rng.normal(size=groups)[g] + rng.normal(size=6 * groups)
    y += 0.3 * rng.normal(size=groups)[g] * (x - origin)
    fit = fit_mixed("y ~ x + (x || g)", {"y": y, "x": x, "g": g})
    assert fit.converged
    assert fit.optimum.evaluations < most
    # the criterion in units that lose no digit: the centred year for X, the raw one over its mean for Z
    X, Z = (
        np.column_stack([np.ones_like(x), x - x.mean()]),
        np.column_stack([np.ones_like(x), x / x.mean()]),
    )

    def truth(variances):
        return dense.criterion(y, X, Z, g, np.diag(variances), reml=True)

    ours = np.diag(fit.T) ** 2 * [1.0, x.mean() ** 2]
    assert fit.criterion == pytest.approx(truth(ours), abs=1e-7)
    size = max(ours.sum(), 0.1)
    tried = [
        size * share * np.array([1.0 - t, t])
        for share in [0.9, 1.0, 1.1]
        for t in np.linspace(0, 1, 11)
    ]
    assert fit.criterion <= min(map(truth, tried)) + 1e-7


def study_with_two_minima():
    """Six small groups; the descent from equal variances ends in the higher of two valleys."""
    rng = np.random.default_rng(502)
    sizes = [1, *rng.integers(1, 8, size=rng.integers(2, 5)), 9, 8]
    m, n = len(sizes), sum(sizes)
    g = np.repeat(np.arange(m), sizes)
    x, z = rng.normal(size=(2, n))
    spread, slope_spread = rng.uniform(0, 2, size=2)
    noise = rng.normal(size=n)
    y = (
        3
        + x
        - z
        + noise
        + spread * rng.normal(size=m)[g]
        + slope_spread * rng.normal(size=m)[g] * x
    )
    return {"y": y, "x": x, "z": z, "g": g}


def test_the_lower_of_two_minima_is_found():
    fit = fit_mixed("y ~ x + z + (x + z | g)", study_with_two_minima())
    single = minimise(
        OneFactor(statistics=fit.statistics, reml=True),
        fit.template,
        start=fit.template.theta(np.eye(3)),
    )
    assert single.at.value > fit.optimum.at.value + 0.1, "no longer a case of two minima"
    rng = np.random.default_rng(0)
    tried = rng.normal(size=(300, 6)) * rng.choice([0.3, 1, 3], size=(300, 1))
    assert fit.criterion <= min(
        criterion_of_engine(fit.design, theta, reml=True) for theta in tried
    )


def test_columns_said_twice_share_one_variance():
    """(1 | g) + (1 | g) cannot be told apart; the criterion is that of (1 | g)."""
    rng = np.random.default_rng(5)
    table = {
        "y": rng.normal(size=30) + np.repeat(rng.normal(size=6), 5),
        "g": np.repeat(np.arange(6), 5),
    }
    once, twice = fit_mixed("y ~ 1 + (1 | g)", table), fit_mixed("y ~ 1 + (1 | g) + (1 | g)", table)
    assert twice.criterion == pytest.approx(once.criterion, rel=1e-12)
    assert np.sum(twice.theta**2) == pytest.approx(np.sum(once.theta**2), rel=1e-7)


def test_few_evaluations_are_enough():
    rng = np.random.default_rng(7)
    g, x = np.repeat(np.arange(200), 6), np.tile(np.arange(6.0), 200)
    y = x + rng.normal(size=200)[g] + rng.normal(size=200)[g] * x + rng.normal(size=1200)
    assert fit_mixed("y ~ x + (x | g)", {"y": y, "x": x, "g": g}).optimum.evaluations <= 20


def test_groups_ten_thousand_times_as_far_apart_as_the_residual():
    """The step grows with theta: an optimum at 17,828 is reached, and is the closed form's."""
    g, noise = np.repeat(np.arange(20), 12), 1e-3 * np.random.default_rng(0).normal(size=240)
    fit = fit_mixed("y ~ 1 + (1 | g)", {"y": 3.0 * g + noise, "g": g})
    within = sum(np.var(noise[g == i]) for i in range(20)) * 12 / 220
    assert fit.converged
    assert fit.sigma == pytest.approx(np.sqrt(within), rel=1e-8)


@pytest.mark.parametrize(("seed", "draw"), [(6, 5), (46, 10), (56, 13), (198, 42)])
def test_one_variance_of_few_groups_can_have_two_minima(seed, draw):
    """Five groups: a minimum near theta = 1, and a lower one at zero, found by setting out from either side."""
    table = study(5, seed=56, spread=0.4, slopes=0.0, rows=9)
    fit = fit_mixed("y ~ 1 + (1 | g)", table, reml=False)
    y = simulate_responses(fit, 50, seed=seed)[:, draw]
    found = fit_mixed("y ~ 1 + (1 | g)", table.assign(y=y), reml=False)
    criteria = [
        dense.criterion(
            y, found.design.X, found.Z, found.grouping.codes, np.array([[d]]), reml=False
        )
        for d in [0.0, *np.geomspace(1e-4, 1e2, 80)]
    ]
    assert found.criterion <= min(criteria) + 1e-9
    assert found.theta[0] == 0.0 and found.singular and found.converged
