"""Limits against lme4 1.1-31's models re-profiled to ten digits in R, and against what a profile must be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from lmm.errors import ModelError
from lmm.inference.profiles.intervals import coefficient_profile, variance_profile
from lmm.model.fit import fit_mixed, refit
from tests import dense

CUT = 1.959963984540054


def limits(rows) -> dict:
    return {(row.kind, row.term, row.other): (row.low, row.high) for row in rows}


def closeness(rows, reference: dict) -> float:
    """The largest deviation of a limit, as a share of its interval."""
    ours = limits(rows)
    assert set(ours) == set(reference)
    pairs = [(ours[key], reference[key]) for key in reference]
    return max(
        abs(mine - theirs) / (b[1] - b[0])
        for a, b in pairs
        for mine, theirs in zip(a, b, strict=True)
    )


SLEEP = {
    ("sd", "Intercept", None): (14.3813845203, 37.7160549905),
    ("sd", "Days", None): (3.8011772844, 8.753391987),
    ("correlation", "Intercept", "Days"): (-0.4814925806, 0.6850189685),
    ("residual_sd", "", None): (22.8982565148, 28.8579992085),
}


def test_random_slope_of_sleepstudy(sleep_slope):
    assert closeness(variance_profile(sleep_slope), SLEEP) < 1e-9


def test_a_reml_fit_keeps_its_estimates_and_takes_the_ml_profile(sleep_slope):
    reml, ml = variance_profile(sleep_slope), variance_profile(refit(sleep_slope, reml=False))
    assert [row.estimate for row in reml] == pytest.approx(
        [24.740451464, 5.922133104, 0.065551320, 25.591815727], rel=1e-8
    )
    assert limits(reml) == {key: pytest.approx(ends, rel=1e-8) for key, ends in limits(ml).items()}


def test_dyestuff_and_its_twin_without_spread(read):
    rows = variance_profile(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff")))
    assert closeness(rows, {
        ("sd", "Intercept", None): (12.1965052792, 84.0634109693),
        ("residual_sd", "", None): (38.2301233113, 67.6576727898),
    }) < 1e-9  # fmt: skip
    rows = variance_profile(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff2")))
    assert closeness(rows, {
        ("sd", "Intercept", None): (0.0, 2.0840478718),
        ("residual_sd", "", None): (2.8928450425, 4.8158303044),
    }) < 1e-9  # fmt: skip
    assert rows[0].low_at_bound and not rows[0].high_at_bound


def test_three_correlated_columns(read):
    table = read("Machines")
    table = table.assign(B=1.0 * (table["Machine"] == "B"), C=1.0 * (table["Machine"] == "C"))
    fit = fit_mixed("score ~ B + C + (B + C | Worker)", table)
    assert closeness(variance_profile(fit), {
        ("sd", "Intercept", None): (2.2663145209, 7.5156950776),
        ("sd", "B", None): (3.267914758, 10.826465439),
        ("sd", "C", None): (1.9863368067, 6.8609349775),
        ("correlation", "Intercept", "B"): (-0.3235428041, 0.8867525923),
        ("correlation", "Intercept", "C"): (-0.8475103558, 0.4518561878),
        ("correlation", "B", "C"): (-0.5110301741, 0.8252628779),
        ("residual_sd", "", None): (0.7759493056, 1.234965749),
    }) < 1e-8  # fmt: skip


def test_nepal(nepal_intercept, nepal_slope):
    assert closeness(variance_profile(nepal_intercept), {
        ("sd", "Intercept", None): (0.7919005515, 0.9831906189),
        ("residual_sd", "", None): (0.472532228, 0.5255417463),
    }) < 1e-8  # fmt: skip
    # lme4's own confint(), which interpolates
    assert closeness(variance_profile(nepal_slope), {
        ("sd", "Intercept", None): (0.7489801, 0.9554557),
        ("sd", "ageC", None): (0.01123484, 0.02846514),
        ("correlation", "Intercept", "ageC"): (-0.214405, 0.355691),
        ("residual_sd", "", None): (0.44816, 0.50677),
    }) < 6e-4  # fmt: skip


def test_pigs(pig):
    assert closeness(variance_profile(fit_mixed("weight ~ weeks + (weeks | id)", pig)), {
        ("sd", "Intercept", None): (2.1026619464, 3.3056592407),
        ("correlation", "Intercept", "weeks"): (-0.3559040898, 0.2459558344),
        ("sd", "weeks", None): (0.4969046444, 0.7646028321),
        ("residual_sd", "", None): (1.1738174664, 1.3655698274),
    }) < 1e-8  # fmt: skip


def test_fixed_effects_of_sleepstudy(sleep_slope):
    assert closeness(coefficient_profile(sleep_slope), {
        ("fixed_effect", "Intercept", None): (237.680689946, 265.129519751),
        ("fixed_effect", "Days", None): (7.3586520044, 13.5759199148),
    }) < 1e-9  # fmt: skip


def test_the_only_fixed_effect(read):
    rows = coefficient_profile(fit_mixed("Yield ~ 1 + (1 | Batch)", read("Dyestuff")))
    assert (rows[0].low, rows[0].high) == pytest.approx((1486.4514876445, 1568.5485123555))


def test_independent_slopes_against_the_dense_density(small):
    """The profile of each SD and of sigma, minimised without derivatives on V written out."""
    fit = fit_mixed("y ~ x + (x || g)", small, reml=False)
    y, X, codes = fit.design.y, fit.design.X, fit.grouping.codes

    def deviance(sds) -> float:
        # dense.criterion profiles sigma out; here it is held: rise = n(s − log s − 1)
        intercept, slope, sigma = sds
        D = np.diag([intercept, slope]) ** 2 / sigma**2
        _, _, free, *_ = dense.estimates(y, X, fit.Z, codes, D, reml=False)
        ratio = (free / sigma) ** 2
        profiled = dense.criterion(y, X, fit.Z, codes, D, reml=False)
        return profiled + len(y) * (ratio - np.log(ratio) - 1.0)

    for place, row in zip((0, 1, 2), variance_profile(fit), strict=True):
        for end in {row.low, row.high} - {0.0}:
            rest = np.delete([np.sqrt(fit.Psi[0, 0]), np.sqrt(fit.Psi[1, 1]), fit.sigma], place)
            found = minimize(
                lambda z, at=place, end=end: deviance(np.insert(np.exp(z), at, end)),
                np.log(np.maximum(rest, 0.05)),
                method="Nelder-Mead",
                options={"xatol": 1e-4, "fatol": 1e-7},
            )
            assert found.fun - fit.criterion == pytest.approx(CUT**2, abs=1e-5)


@pytest.mark.parametrize("table", ["Orthodont", "sleepstudy"])
def test_an_sd_reaches_zero_exactly_where_the_model_without_it_is_not_rejected(read, table):
    y, x, g = {"Orthodont": ("distance", "age", "Subject")}.get(
        table, ("Reaction", "Days", "Subject")
    )
    full = fit_mixed(f"{y} ~ {x} + ({x} | {g})", read(table), reml=False)
    without = [f"{y} ~ {x} + (0 + {x} | {g})", f"{y} ~ {x} + (1 | {g})"]
    for row, smaller in zip(variance_profile(full)[:2], without, strict=True):
        rise = fit_mixed(smaller, read(table), reml=False).criterion - full.criterion
        assert row.low_at_bound == (rise <= CUT**2)
        assert (row.low == 0.0) == row.low_at_bound


def test_a_correlation_nobody_can_tell(read):
    """Four ages of 27 children: the ends of the correlation's interval are its bounds."""
    rows = variance_profile(fit_mixed("distance ~ age + (age | Subject)", read("Orthodont")))
    correlation = next(row for row in rows if row.kind == "correlation")
    assert (correlation.low, correlation.high) == (-1.0, 1.0)
    assert correlation.low_at_bound and correlation.high_at_bound


def test_fits_on_the_boundary_have_profiles():
    seen = set()
    for seed in (3, 4):
        rng = np.random.default_rng(seed)
        g, x = np.repeat(np.arange(10), 4), np.tile(np.arange(4.0), 10)
        table = pd.DataFrame({"y": 1.0 + 0.5 * x + rng.normal(size=40), "x": x, "g": g})
        for formula in ("y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)"):
            fit = fit_mixed(formula, table)
            seen.add(fit.singular)
            for row in variance_profile(fit):
                assert row.low < row.high
                if row.estimate is not None and row.kind != "residual_sd":
                    assert row.low - 1e-9 <= row.estimate <= row.high + 1e-9
    assert seen == {True, False}


def test_units_and_origins_carry_over(sleep):
    """A calendar year and a large outcome change the units of the limits, not their meaning."""
    year = sleep.assign(year=(sleep["Days"] + 1990.0) * 1e-3, R=sleep["Reaction"] * 1e4 + 1e7)
    rows = limits(variance_profile(fit_mixed("R ~ year + (year | Subject)", year)))
    slope, sigma = SLEEP["sd", "Days", None], SLEEP["residual_sd", "", None]
    assert np.array(rows["sd", "year", None]) / 1e7 == pytest.approx(slope, rel=1e-8)
    assert np.array(rows["residual_sd", "", None]) / 1e4 == pytest.approx(sigma, rel=1e-8)


def test_the_intercept_is_the_users_not_the_centred_one(sleep, sleep_slope):
    """With Days counted from 5 the intercept's SD is that of the lines at 5; the slope's limits stay."""
    moved = sleep.assign(Days=sleep["Days"] - 5.0)
    rows = variance_profile(fit_mixed("Reaction ~ Days + (Days | Subject)", moved))
    at_five = np.array([1.0, 5.0])
    assert rows[0].estimate == pytest.approx(np.sqrt(at_five @ sleep_slope.Psi @ at_five), rel=1e-6)
    assert rows[0].low > SLEEP["sd", "Intercept", None][0] + 5.0
    assert limits(rows)["sd", "Days", None] == pytest.approx(SLEEP["sd", "Days", None], rel=1e-8)


def test_lower_confidence_narrower_limits(sleep_slope):
    wide, narrow = variance_profile(sleep_slope), variance_profile(sleep_slope, confidence=0.5)
    assert all(a.low < b.low < b.high < a.high for a, b in zip(wide, narrow, strict=True))


def test_a_failed_fit_is_found_out(sleep_slope):
    from dataclasses import replace

    ml = refit(sleep_slope, reml=False)
    wrong = replace(ml.optimum, at=replace(ml.optimum.at, value=ml.optimum.at.value + 1.0))
    with pytest.raises(ModelError, match="no one optimum"):
        variance_profile(replace(ml, optimum=wrong))


def test_course_models(nepal_slope, pig):
    """lme4's confint, which interpolates its profile: a thousandth of each interval apart at most."""
    rows = (*variance_profile(nepal_slope), *coefficient_profile(nepal_slope))
    assert closeness(rows, {
        ("sd", "Intercept", None): (0.7489801001572, 0.9554557236724),
        ("sd", "ageC", None): (0.01123484097574, 0.02846513712184),
        ("correlation", "Intercept", "ageC"): (-0.214405311239, 0.3556912521137),
        ("residual_sd", "", None): (0.448164643915, 0.5067941964692),
        ("fixed_effect", "Intercept", None): (13.809168674262, 14.077475985138),
        ("fixed_effect", "ageC", None): (0.0270782808915, 0.038049680093),
    }) < 1e-3  # fmt: skip
    fit = fit_mixed("weight ~ weeks + (1 | id)", pig)
    rows = (*variance_profile(fit), *coefficient_profile(fit))
    assert closeness(rows, {
        ("sd", "Intercept", None): (3.167026614177, 4.796660679324),
        ("residual_sd", "", None): (1.953849086376, 2.250896122176),
        ("fixed_effect", "Intercept", None): (18.165547963122, 20.545678892365),
        ("fixed_effect", "weeks", None): (6.133241300038, 6.286550366636),
    }) < 1e-3  # fmt: skip
