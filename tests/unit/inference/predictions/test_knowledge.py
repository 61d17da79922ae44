"""Known and new groups' lines against R: lme4's optimum made tight, its mixed-model equations inverted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.inference.predictions.knowledge import of_group, of_new_group
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.curvature import theta_hessian
from lmm.model.fit import fit_design, fit_mixed
from lmm.model.simulate import simulate_responses

# The digits given. R's theta is the one found here, where lme4's criterion is the same to its last digit:
# bobyqa, made tight, stops up to 6e-8 beside these numbers.
OF_R = 1e-10


def rows(times) -> np.ndarray:
    return np.column_stack([np.ones(len(times)), times]).astype(float)


def line_of(known, times):
    return known.line(rows(times), rows(times))


def test_child_57(nepal_slope):
    """At 36 and 60 months its line is known to .304836 and .688575 cm, a measurement to .565243 and .837085."""
    line = line_of(
        of_group(shared_by_groups(nepal_slope), nepal_slope.grouping.levels.index("57")), [0, 24]
    )
    assert line.value == pytest.approx([14.63068, 16.62920], abs=5e-6)
    assert line.sd_model == pytest.approx([0.304836, 0.688575], abs=5e-7)
    measured = np.hypot(line.sd_model, nepal_slope.sigma)
    assert measured == pytest.approx([0.565243, 0.837085], abs=5e-7)


def test_a_known_subject_of_sleepstudy(sleep_slope):
    line = line_of(
        of_group(shared_by_groups(sleep_slope), sleep_slope.grouping.levels.index("335")),
        [0, 5, 12],
    )
    assert line.value == pytest.approx(
        [251.071409035138, 249.647043398578, 247.652931507394], rel=OF_R
    )
    assert line.sd_model == pytest.approx(
        [12.2547929788481, 8.01605792065986, 20.0612277402146], rel=OF_R
    )


@pytest.mark.parametrize(
    ("times", "seen", "at", "values", "sds"),
    [
        (
            [0],
            [300],
            [1, 9],
            [286.540327740677, 372.691551206812],
            [19.3375125398938, 58.5817539337039],
        ),
        (
            [0, 1],
            [300, 310],
            [2, 9],
            [306.781176053258, 388.783337731004],
            [18.0713989431566, 54.2929835780509],
        ),
        (
            [0, 1, 2],
            [300, 310, 330],
            [3, 9],
            [327.691254805905, 406.79877325165],
            [18.23866961475, 48.5472758654083],
        ),
    ],
)
def test_a_new_subject_measured(sleep_slope, times, seen, at, values, sds):
    """R: the dense conditional normal at the same variances, beta estimated from all rows."""
    known = of_new_group(shared_by_groups(sleep_slope)).after(
        rows(times), rows(times), np.array(seen, float)
    )
    line = line_of(known, at)
    assert line.value == pytest.approx(values, rel=OF_R)
    assert line.sd_model == pytest.approx(sds, rel=OF_R)
    assert known.measurements == len(times)


def test_a_new_child_measured(nepal_slope):
    """The same in R for the course's children: once at 24 months, then three times up to 32."""
    once = of_new_group(shared_by_groups(nepal_slope)).after(
        rows([-12]), rows([-12]), np.array([14.5])
    )
    assert line_of(once, [0, 24]).value == pytest.approx(
        [14.6272834271046, 15.3212672614188], rel=OF_R
    )
    assert line_of(once, [0, 24]).sd_model == pytest.approx(
        [0.463694165386158, 0.817202980665042], rel=OF_R
    )
    thrice = once.after(rows([-8, -4]), rows([-8, -4]), np.array([14.7, 15.1]))
    assert line_of(thrice, [0, 24]).value == pytest.approx(
        [14.9238058028235, 15.7043944213843], rel=OF_R
    )
    assert line_of(thrice, [0, 24]).sd_model == pytest.approx(
        [0.303435309215753, 0.692982514494774], rel=OF_R
    )


def test_what_the_course_calls_a_prediction_interval(nepal_slope):
    """Slide 66's band holds the spread of children's means alone: at 36 months an SD of .848 and not .975.

    93.5% of the measurements lie in it, 96.1% in the range of single measurements.
    """
    fit = nepal_slope
    X, y = fit.design.X, fit.design.y
    spread = np.sqrt(np.einsum("kp,pr,kr->k", X, fit.Psi, X))
    new = of_new_group(shared_by_groups(fit)).line(X, X)
    single = np.hypot(new.sd_model, fit.sigma)
    at_36 = line_of(of_new_group(shared_by_groups(fit)), [0])
    assert np.sqrt(fit.Psi[0, 0]) == pytest.approx(0.848, abs=5e-4)
    assert np.hypot(at_36.sd_model, fit.sigma) == pytest.approx([0.975], abs=5e-4)
    reach = t_quantile(0.95, np.inf)
    away = np.abs(y - new.value)
    assert [int(np.sum(away < reach * sd)) for sd in (spread, single)] == [825, 848]
    assert [825 / len(y), 848 / len(y)] == pytest.approx([0.935, 0.961], abs=5e-4)


def test_the_covariance_is_hendersons(small_slope):
    """The inverse of the mixed-model equations, written out with all groups' effects."""
    fit, m = small_slope, small_slope.grouping.m
    Z = np.zeros((fit.n, 2 * m))
    for row, code in enumerate(fit.grouping.codes):
        Z[row, 2 * code : 2 * code + 2] = fit.Z[row]
    W = np.hstack([fit.design.X, Z])
    equations = W.T @ W / fit.sigma**2
    equations[2:, 2:] += np.kron(np.eye(m), np.linalg.inv(fit.Psi))
    inverse = np.linalg.inv(equations)
    for i in range(m):
        kept = [0, 1, 2 + 2 * i, 3 + 2 * i]
        assert of_group(shared_by_groups(fit), i).covariance == pytest.approx(
            inverse[np.ix_(kept, kept)], rel=1e-9
        )


def test_measured_for_ever_it_is_its_own_line(small_slope):
    times = np.tile([1.0, 6.0], 200_000)
    known = of_new_group(shared_by_groups(small_slope)).after(
        rows(times), rows(times), 7.0 - 0.5 * times
    )
    line = line_of(known, [0.0, 4.0])
    assert line.value == pytest.approx([7.0, 5.0], abs=1e-4)
    assert line.sd.max() < 0.01 * small_slope.sigma


def test_a_spread_of_zero_learns_nothing_of_a_group(small):
    flat = small.assign(y=small["x"] + np.tile([0.3, -0.3], 17))
    fit = fit_mixed("y ~ x + (1 | g)", flat)
    assert fit.singular
    far = of_new_group(shared_by_groups(fit)).after(rows([3.0]), np.ones((1, 1)), np.array([50.0]))
    assert far.b == pytest.approx([0.0])


def test_how_a_line_moves_with_the_variances(small_slope):
    """Each slope against differences: the fit held at theta a little aside, in the same units."""
    fit, at, seen = small_slope, rows([5.0]), np.array([4.0, 7.0])
    theta, step = fit.template.theta(fit.optimum.T), 1e-5

    def lines(there):
        held = fit_design(fit.design, start=there, search=False)
        shared = shared_by_groups(held)
        measured = of_new_group(shared).after(rows([2, 4]), rows([2, 4]), seen)
        found = [k.line(at, at) for k in (of_group(shared, 8), of_group(shared, 0), measured)]
        return np.array(
            [
                (line.value[0], line.sd_model[0] ** 2, line.sd_model[0] ** 2 + held.sigma**2)
                for line in found
            ]
        )

    moved = np.array(
        [(lines(theta + e) - lines(theta - e)) / (2.0 * step) for e in step * np.eye(3)]
    )
    covariance = 2.0 * np.linalg.inv(theta_hessian(fit))
    here = lines(theta)
    adds = np.einsum("ag,ab,bg->g", moved[:, :, 0], covariance, moved[:, :, 0])
    log_slopes = moved[:, :, 1:] / here[:, 1:]
    spread = np.einsum("agv,ab,bgv->gv", log_slopes, covariance, log_slopes) + 2.0 / fit.dof
    shared = shared_by_groups(fit)
    measured = of_new_group(shared).after(rows([2, 4]), rows([2, 4]), seen)
    for k, known in enumerate((of_group(shared, 8), of_group(shared, 0), measured)):
        line = known.line(at, at)
        own = len(shared.ways)
        assert np.sum(line.doubt[0, :own] ** 2) == pytest.approx(adds[k], rel=1e-6)
        assert line.satterthwaite()[0] == pytest.approx(2.0 / spread[k, 0], rel=1e-6)
        assert line.satterthwaite(1.0)[0] == pytest.approx(2.0 / spread[k, 1], rel=1e-6)


def test_what_a_lines_move_was_to_be_expected():
    """Balanced, where beta does not move: over outcomes drawn from the model the moves of b have the covariance
    that ``expected`` says, for a group of the fit and for one measured after it."""
    g, x = np.repeat(np.arange(8), 4), np.tile([-1.5, -0.5, 0.5, 1.5], 8)
    rng = np.random.default_rng(8)
    own = rng.normal(size=(8, 2))
    y = 1.0 + own[g, 0] + own[g, 1] * x + rng.normal(size=32)
    fit = fit_mixed("y ~ x + (x | g)", {"y": y, "x": x, "g": g})
    shared = shared_by_groups(fit)
    assert shared.beta == pytest.approx(np.zeros((3, 2)), abs=1e-12)
    theta, three = fit.template.theta(fit.optimum.T), rows([-1.5, 0.5, 2.0])
    new = of_new_group(shared).line(three, three)
    moves = {"known": [], "measured": []}
    for drawn in simulate_responses(fit, 1200, seed=3).T:
        again = fit_design(replace(fit.design, y=drawn), start=theta, search=False)
        held = replace(shared, fit=again, beta=shared.beta)
        moves["known"].append(of_group(held, 5).moves)
        error = new.root @ rng.normal(size=4) + fit.sigma * rng.normal(size=3)
        moves["measured"].append(of_new_group(shared).after(three, three, new.value + error).moves)
    told = {
        "known": of_group(shared, 5).expected,
        "measured": of_new_group(shared).after(three, three, new.value).expected,
    }
    for name, found in moves.items():
        seen = np.einsum("dfa,dfb->ab", np.array(found), np.array(found)) / len(found)
        expected = fit.sigma**2 * (told[name] @ told[name].T)
        size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
        # three standard errors of a variance from 1200 draws are an eighth
        assert np.abs(seen - expected).max() < 0.125 * size.max(), name


def test_several_factors(read):
    """A new plate and a new sample, written out; a known one is refused."""
    penicillin = read("Penicillin")
    fit = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", penicillin)
    shared = shared_by_groups(fit)
    with pytest.raises(ModelError, match="one grouping factor only"):
        of_group(shared, 0)
    line = of_new_group(shared).line(np.ones((1, 1)), np.ones((1, 2)))
    variance = fit.vcov[0, 0] + fit.Psi.trace()
    assert line.sd_model[0] ** 2 == pytest.approx(variance, rel=1e-12)
    assert line.least_dof == 5
    # balanced: the mean is the mean, whatever the variances
    assert line.doubt == pytest.approx(np.zeros_like(line.doubt), abs=1e-9)


def test_how_a_new_level_of_two_factors_moves(small):
    """Slopes by differences, as above."""
    table = small.assign(h=np.arange(len(small)) % 4, y=small["y"] + (np.arange(len(small)) % 4))
    fit = fit_mixed("y ~ x + (1 | g) + (1 | h)", table)
    at, theta, step = np.array([[1.0, 5.0]]), fit.template.theta(fit.optimum.T), 1e-5

    def variance(there):
        held = fit_design(fit.design, start=there, search=False)
        line = of_new_group(shared_by_groups(held)).line(at, np.ones((1, 2)))
        return np.array([line.value[0], np.log(line.sd_model[0] ** 2)])

    moved = np.array(
        [(variance(theta + e) - variance(theta - e)) / (2 * step) for e in step * np.eye(2)]
    )
    covariance = 2.0 * np.linalg.inv(theta_hessian(fit))
    line = of_new_group(shared_by_groups(fit)).line(at, np.ones((1, 2)))
    adds, spread = np.einsum("av,ab,bv->v", moved, covariance, moved)
    assert np.sum(line.doubt**2) == pytest.approx(adds, rel=1e-5)
    assert line.satterthwaite()[0] == pytest.approx(2.0 / (spread + 2.0 / fit.dof), rel=1e-5)


def test_a_measurement_is_never_surer_than_its_line():
    """Two groups: one degree of freedom for the line, more for a measurement, whose range still holds the line's."""
    g, x = np.repeat([0, 1], 5), np.tile(np.arange(5.0), 2)
    y = 2.0 * g + x + np.tile([0.5, -0.4, 0.1, -0.3, 0.2], 2)
    line = of_new_group(shared_by_groups(fit_mixed("y ~ x + (1 | g)", {"y": y, "x": x, "g": g})))
    line = line.line(rows([2.0]), np.ones((1, 1)))
    assert line.dof[0] == 1.0 < line.observation_dof[0]
    own = t_quantile(0.95, line.observation_dof) * line.observation_sd
    assert own < line.reach(0.95) == line.observation_reach(0.95)


def test_intervals_hold_what_they_say():
    """300 studies of 12 groups seen 4 times, variances estimated each time: 95% hold 95% of truths.

    With the variances taken as known, and a normal's reach, 1000 studies had 88%, 84% and 91%.
    """
    rng = np.random.default_rng(77)
    g, t, at = np.repeat(np.arange(12), 4), np.tile(np.arange(4.0), 12), rows([5.0])
    inside = {"known": [], "measured": [], "new": []}
    too_sure = {"known": [], "measured": [], "new": []}
    for _ in range(300):
        own = rng.normal(size=(13, 2)) * [1.5, 0.5]
        y = 2.0 + 0.3 * t + own[g, 0] + own[g, 1] * t + rng.normal(size=48)
        shared = shared_by_groups(fit_mixed("y ~ t + (t | g)", {"y": y, "t": t, "g": g}))
        seen = 2.0 + own[12, 0] + (0.3 + own[12, 1]) * np.arange(3.0) + rng.normal(size=3)
        new = of_new_group(shared)
        known = {
            "known": of_group(shared, 0),
            "measured": new.after(rows(range(3)), rows(range(3)), seen),
            "new": new,
        }
        for kind, one in known.items():
            line = one.line(at, at)
            i = 0 if kind == "known" else 12
            away = abs(2.0 + own[i, 0] + 5.0 * (0.3 + own[i, 1]) - line.value[0])
            inside[kind].append(away < t_quantile(0.95, line.dof)[0] * line.sd[0])
            too_sure[kind].append(away < t_quantile(0.95, np.inf) * line.sd_model[0])
    for kind in inside:
        # three standard errors of 300 at 95% are 3.8%
        assert 0.912 < np.mean(inside[kind]) < 0.988, kind
        assert np.mean(too_sure[kind]) < 0.925, kind
