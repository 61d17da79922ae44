"""The ladder of structures against lme4 1.1, nlme 3.1 and R's lm, and the level of the test of phi."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmm.errors import ModelError
from lmm.inference.structures.ladder import RUNGS, structure_ladder
from lmm.inference.structures.standing import standing
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.model.fit import fit_mixed
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.model.serial.fitting import fit_serial


def fits_of(table, y, x, g):
    line = f"{y} ~ {x}"
    return {
        "pooled": fit_pooled(line, table),
        "stratified": fit_stratified(line, table, group=g),
        "random_intercept": fit_mixed(f"{line} + (1 | {g})", table),
        "random_slope_independent": fit_mixed(f"{line} + ({x} || {g})", table),
        "random_slope": fit_mixed(f"{line} + ({x} | {g})", table),
    }


def by_name(ladder):
    steps = {(step.smaller, step.larger): step for step in ladder.steps}
    return {rung.model: rung for rung in ladder.rungs}, steps


@pytest.fixture(scope="module")
def sleep_ladder(sleep):
    fits = fits_of(sleep, "Reaction", "Days", "Subject")
    return structure_ladder(fits, sleep, term="Days", time="Days")


@pytest.fixture(scope="module")
def nepal_ladder(nepal):
    return structure_ladder(fits_of(nepal, "arm", "ageC", "id"), nepal, term="ageC", time="age")


@pytest.fixture(scope="module")
def pig_ladder(pig):
    return structure_ladder(fits_of(pig, "weight", "weeks", "id"), pig, term="weeks", time="weeks")


# ------------------------------------------------------------------------------------ rungs


def test_rungs_of_sleep(sleep_ladder):
    rungs, _ = by_name(sleep_ladder)
    assert tuple(rungs) == RUNGS
    assert [rung.parameters for rung in rungs.values()] == [3, 20, 4, 5, 6, 5, 7]
    likelihoods = {
        "random_intercept": -897.03932150261,
        "random_slope_independent": -876.00162756994,
        "random_slope": -875.96967223160,
        "random_intercept_serial": -872.41504484296,
    }
    for name, value in likelihoods.items():
        assert rungs[name].log_likelihood == pytest.approx(value, abs=1e-7)
    assert rungs["random_intercept_serial"].reml_log_likelihood == pytest.approx(
        -868.09553177994, abs=1e-7
    )
    assert all(rung.converged for rung in sleep_ladder.rungs)


def test_a_pooled_fit_has_its_reml_likelihood_too(sleep_ladder):
    """logLik(lm(Reaction ~ Days), REML = TRUE); a stratified one has other columns, and none."""
    rungs, _ = by_name(sleep_ladder)
    assert rungs["pooled"].reml_log_likelihood == pytest.approx(-946.83183173605, abs=1e-8)
    assert rungs["stratified"].reml_log_likelihood is None


def test_aicc(sleep_ladder, sleep):
    """AIC + 2k(k + 1)/(n − k − 1) of lm(Reaction ~ Days); none where parameters use up the rows."""
    rungs, _ = by_name(sleep_ladder)
    assert rungs["pooled"].aicc == pytest.approx(1906.4294199927, abs=1e-8)
    # 20 rows, 18 intercepts, a slope and sigma: as many parameters as rows
    table = pd.concat([sleep.groupby("Subject").head(1), sleep.iloc[[1, 2]]])
    line = "Reaction ~ Days"
    fits = {
        "pooled": fit_pooled(line, table),
        "stratified": fit_stratified(line, table, group="Subject"),
    }
    _, stratified = structure_ladder(fits, table, term="Days", time=None).rungs
    assert (stratified.parameters, stratified.aicc) == (20, None)


def test_the_followed_coefficient(nepal_ladder):
    """lmer, lme with corCAR1 and lm; with lmerTest's degrees of freedom."""
    rungs, _ = by_name(nepal_ladder)
    slope = rungs["random_slope"]
    assert (slope.estimate, slope.dof) == pytest.approx((0.032526982, 138.836), rel=1e-5)
    serial = rungs["random_intercept_serial"]
    assert (serial.estimate, serial.se) == pytest.approx((0.0316950181, 0.0024986448), rel=1e-6)
    assert serial.phi == pytest.approx(0.670645191, rel=1e-6)
    assert rungs["stratified"].estimate == pytest.approx(0.0313536, rel=1e-5)
    assert rungs["pooled"].phi is None


def test_the_boundary_is_marked(pig_ladder):
    """One long correlation leaves the pigs no random intercept, but no evidence against slopes."""
    rungs, steps = by_name(pig_ladder)
    assert rungs["random_intercept_serial"].on_boundary
    assert not rungs["random_slope"].on_boundary
    assert steps["random_intercept_serial", "random_slope_serial"].nuisance_on_boundary
    assert not steps["random_intercept", "random_intercept_serial"].nuisance_on_boundary


# ------------------------------------------------------------------------------------ steps


def test_steps_of_sleep(sleep_ladder):
    """R's anova of lme4's fits by ML and by REML, with the mixtures' p."""
    _, steps = by_name(sleep_ladder)
    independent = steps["random_intercept", "random_slope_independent"]
    assert (independent.statistic, independent.p_mixture) == pytest.approx(
        (42.075387865342918, 4.3910792426e-11), rel=1e-6
    )
    assert (independent.reml_statistic, independent.reml_p_mixture) == pytest.approx(
        (42.79579181360873, 3.038136549e-11), rel=1e-6
    )
    correlated = steps["random_intercept", "random_slope"]
    assert (correlated.dof, correlated.p_naive) == (2, pytest.approx(7.072412547e-10, rel=1e-6))
    assert correlated.p_mixture == pytest.approx(3.96119530793e-10, rel=1e-6)
    assert correlated.reml_p_naive == pytest.approx(4.99004142696e-10, rel=1e-6)


def test_the_slope_beside_serial_correlation_in_nepal(nepal_ladder):
    _, steps = by_name(nepal_ladder)
    slope = steps["random_intercept_serial", "random_slope_serial"]
    nlme = 2 * (900.87982490373 - 900.13449420826)
    assert slope.reml_statistic == pytest.approx(nlme, abs=1e-6)
    assert slope.reml_p_mixture == pytest.approx(0.3483, abs=1e-4)
    phi = steps["random_intercept", "random_intercept_serial"]
    assert phi.dof == 1
    assert phi.statistic == pytest.approx(2 * (899.63222813222887 - 893.99532670989), abs=1e-6)


def test_every_group_at_one_level(nepal_ladder, pig_ladder, sleep_ladder):
    """anova(lm(y ~ x), lm(y ~ x + factor(group)))."""
    tests = [ladder.group_test for ladder in (nepal_ladder, pig_ladder, sleep_ladder)]
    assert [(test.dof_groups, test.dof_residual) for test in tests] == [
        (196, 684),
        (47, 383),
        (17, 161),
    ]
    assert [test.f for test in tests] == pytest.approx([14.1316, 32.0093, 15.3492], abs=5e-5)


@pytest.mark.slow
def test_the_test_of_phi_keeps_its_level():
    """Without serial correlation: phi is 0 in about half of 120 draws, and p < 0.05 in about a twentieth.

    Bounds are four standard errors of a binomial: 60 ± 22 and at most 6 + 10.
    """
    rng = np.random.default_rng(5)
    t, g = np.tile(np.arange(6.0), 25), np.repeat(np.arange(25), 6)
    zero = rejected = 0
    for _ in range(120):
        y = rng.normal(size=150) + rng.normal(size=25)[g]
        table = pd.DataFrame({"y": y, "t": t, "g": g})
        plain = fit_mixed("y ~ t + (1 | g)", table)
        serial = fit_serial("y ~ t + (1 | g)", table, time="t")
        test = boundary_test(("plain", plain.criterion), ("serial", serial.criterion), dof=1)
        zero += serial.uncorrelated
        rejected += test.p_mixture < 0.05
    assert 38 <= zero <= 82
    assert rejected <= 16


# ------------------------------------------------------------------------------- what is not


def test_without_a_time_the_serial_rungs_are_absent(sleep):
    fits = fits_of(sleep, "Reaction", "Days", "Subject")
    ladder = structure_ladder(fits, sleep, term="Days", time=None)
    assert [rung.model for rung in ladder.rungs] == list(RUNGS[:5])
    assert [row.model for row in ladder.absent] == list(RUNGS[5:])
    assert "no column of time" in ladder.absent[0].reason
    assert standing(ladder).rivals == ()


def test_with_repeated_times_the_serial_rungs_are_absent_and_say_where(sleep):
    table = sleep.assign(week=sleep["Days"] // 7)
    fits = fits_of(table, "Reaction", "Days", "Subject")
    ladder = structure_ladder(fits, table, term="Days", time="week")
    assert "Subject 308 has more than one measurement at week 0" in ladder.absent[0].reason


def test_without_a_slope_there_is_no_slope_beside_the_correlation(sleep):
    fits = fits_of(sleep, "Reaction", "Days", "Subject")
    del fits["random_slope"]
    ladder = structure_ladder(fits, sleep, term="Days", time="Days")
    assert [row.model for row in ladder.absent] == ["random_slope_serial"]
    assert "random_slope" in ladder.absent[0].reason
    found = standing(ladder)
    assert (found.used, found.choice, found.slope_evidence) == ("random_intercept", None, None)


def test_fits_to_different_rows_are_refused(sleep):
    fits = fits_of(sleep, "Reaction", "Days", "Subject")
    fits["random_slope"] = fit_mixed("Reaction ~ Days + (Days | Subject)", sleep.iloc[1:])
    with pytest.raises(ModelError, match="'random_slope' was fitted to other rows"):
        structure_ladder(fits, sleep, term="Days", time="Days")


def test_fits_by_ml_or_with_other_fixed_effects_are_refused(sleep):
    fits = fits_of(sleep, "Reaction", "Days", "Subject")
    by_ml = fit_mixed("Reaction ~ Days + (1 | Subject)", sleep, reml=False)
    with pytest.raises(ModelError, match="was fitted by ML"):
        structure_ladder({**fits, "random_intercept": by_ml}, sleep, term="Days", time=None)
    other = fit_mixed("Reaction ~ 1 + (1 | Subject)", sleep)
    with pytest.raises(ModelError, match="other fixed effects"):
        structure_ladder({**fits, "random_intercept": other}, sleep, term="Days", time=None)


# ---------------------------------------------------------------------------------- standing


def test_nepal_serial_correlation_beats_the_slope_and_its_evidence_fades(nepal_ladder):
    found = standing(nepal_ladder)
    assert (found.used, found.lowest, found.near_ties) == (
        "random_slope",
        "random_intercept_serial",
        (),
    )
    intercept, slope = found.rivals
    nlme = 2 * (-895.2895054184022 - -893.99532670989) + 2 * (5 - 6)
    assert intercept.aic_difference == pytest.approx(-nlme, abs=1e-6)
    assert (intercept.standing, slope.standing) == ("wins", "ties")
    evidence = found.slope_evidence
    assert evidence.fades
    assert evidence.p_mixture == pytest.approx(0.0068, abs=5e-5)
    assert evidence.p_mixture_beside_serial == pytest.approx(0.3483, abs=1e-4)


def test_pigs_both_hold(pig_ladder):
    found = standing(pig_ladder)
    assert (found.used, found.lowest) == ("random_slope", "random_slope_serial")
    assert [rival.standing for rival in found.rivals] == ["wins", "wins"]
    assert not found.slope_evidence.fades and found.slope_evidence.nuisance_on_boundary


def test_sleep_slope_and_serial_correlation(sleep_ladder):
    found = standing(sleep_ladder)
    assert found.choice.used == found.used == "random_slope"
    assert found.lowest == "random_slope_serial"


def test_where_neighbours_are_unrelated_the_rivals_explain_nothing(read):
    table = read("Orthodont").assign(years=lambda t: t["age"] - 11)
    ladder = structure_ladder(
        fits_of(table, "distance", "years", "Subject"), table, term="years", time="age"
    )
    found = standing(ladder)
    assert found.used == "random_intercept"
    assert {"random_intercept", "random_slope"} <= {found.lowest, *found.near_ties}
    assert "stratified" not in {found.lowest, *found.near_ties}
    assert [rival.standing for rival in found.rivals] == ["ties", "ties"]
    assert found.rivals[0].phi_p_mixture > 0.3
    assert (found.rivals[1].phi, found.rivals[1].phi_p_mixture) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("gain", "standing_of_rival"), [(2.1, "wins"), (2.0, "ties"), (-2.0, "ties"), (-2.1, "loses")]
)
def test_a_rival_wins_or_loses_beyond_the_margin(gain, standing_of_rival, sleep_ladder):
    rungs, _ = by_name(sleep_ladder)
    used = replace(rungs["random_slope"], aic=1700.0)
    rival = replace(rungs["random_slope_serial"], aic=1700.0 - gain)
    others = [rungs["random_intercept"], rungs["random_intercept_serial"]]
    found = standing(replace(sleep_ladder, rungs=(*others, used, rival)))
    assert found.rivals[1].standing == standing_of_rival
    assert (rival.model in (found.lowest, *found.near_ties)) == (gain >= -2.0)


def test_without_groups_to_tell_apart_there_is_no_test_of_them(read):
    """No regression beside it, or one that holds the groups already."""
    table = read("Dyestuff")
    mixed = {"random_intercept": fit_mixed("Yield ~ Batch + (1 | Batch)", table)}
    ordinary = {
        "pooled": fit_pooled("Yield ~ Batch", table),
        "stratified": fit_stratified("Yield ~ Batch", table, group="Batch"),
    }
    for fits in (mixed, {**ordinary, **mixed}):
        assert structure_ladder(fits, table, term="Intercept", time=None).group_test is None
