"""Numbers that only sentences need, against the results they come from."""

from __future__ import annotations

import math
from statistics import NormalDist, stdev

import pytest

from lmm.report.derived import derived_numbers


def test_without_a_time_there_is_nothing_to_derive(canvas):
    assert derived_numbers(canvas("without_time").reading.numbers, slope=None) == {}


@pytest.mark.parametrize("case", ["rising", "falling", "two_visits"])
def test_span_and_change_over_it(case, canvas):
    reading = canvas(case).reading
    rows = canvas(case).rows
    span = float(rows.time.max() - rows.time.min())
    assert reading.at("/derived/span") == span
    effect = reading.at(reading.effect(reading.used, "month"))
    for key in ("estimate", "low", "high"):
        assert reading.at(f"/derived/change_over_span/{key}") == pytest.approx(span * effect[key])


def test_slopes_of_the_four_models_are_spanned(canvas):
    reading = canvas("rising").reading
    names = ("pooled", "stratified", "random_intercept", "random_slope")
    effects = [reading.at(reading.effect(name, "month")) for name in names]
    spread = reading.at("/derived/slope_by_model")
    assert spread["min"] == min(e["estimate"] for e in effects)
    assert spread["se_max"] == max(e["se"] for e in effects)


def test_slopes_that_stand_apart_are_counted(canvas):
    reading = canvas("rising").reading
    average = reading.at(reading.effect("random_slope", "month"))["estimate"]
    reach = NormalDist().inv_cdf(0.975)
    apart = [
        line
        for line in reading.at("/shrinkage/lines")
        if abs(line["shared_slope"] - average) > reach * line["shared_slope_se"]
    ]
    assert reading.at("/derived/slopes_apart") == {"count": len(apart), "of": 24}


def test_without_a_random_slope_no_slope_stands_apart(canvas):
    assert "slopes_apart" not in canvas("two_visits").reading.at("/derived")


@pytest.mark.parametrize(("case", "sign"), [("rising", 1), ("echoing_slopes", 1)])
def test_slopes_against_the_average_by_the_model_and_as_predicted(case, sign, canvas):
    """Φ(−|mean|/sd), wider than over the profile interval of the SD alone; predicted slopes are counted and spread."""
    reading = canvas(case).reading
    effect = reading.at(reading.effect("random_slope", "month"))
    mean = effect["estimate"]
    row = reading.at(reading.component("random_slope", "month"))
    limits = next(
        r for r in reading.at("/profiles/random_slope") if (r["kind"], r["term"]) == ("sd", "month")
    )
    found = reading.at("/derived/slopes_against")
    sd = row["sd_or_correlation"]
    share, low, high = (
        NormalDist(sign * mean, each).cdf(0.0) for each in (sd, limits["low"], limits["high"])
    )
    assert found["share"] == pytest.approx(share, rel=1e-9)
    assert 0.0 <= found["low"] < low < share < high < found["high"] < 0.5
    # how far log(mean/sd) may be off: the distances of both, by the root of their squares
    apart = [math.log(effect["estimate"] / effect["low"]), math.log(limits["high"] / sd)]
    ratio = math.exp(math.log(mean / sd) - math.hypot(*apart))
    assert found["high"] == pytest.approx(NormalDist().cdf(-ratio), rel=1e-9)
    slopes = [line["shared_slope"] for line in reading.at("/shrinkage/lines")]
    assert found["predicted"] == len([slope for slope in slopes if slope * sign < 0])
    assert found["predicted_sd"] == pytest.approx(stdev(slopes))
    assert found["of"] == len(slopes) == 24


def test_levels_that_stand_apart_are_counted(canvas):
    """A level's conditional SD is σ/√(r + σ²/τ²)."""
    reading = canvas("falling").reading
    ratio = reading.at("/shrinkage/ratio")
    sigma = reading.at("/models/random_intercept/sigma")
    reach = NormalDist().inv_cdf(0.975)
    apart = [
        row
        for row in reading.at("/shrinkage/levels")
        if abs(row["shared"] - row["expected"])
        > reach * sigma / (row["measurements"] + ratio) ** 0.5
    ]
    assert reading.at("/derived/levels_apart") == {"count": len(apart), "of": 24}
    assert 0 < len(apart) < 24
