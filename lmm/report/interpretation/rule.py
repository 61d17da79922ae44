"""Sentences on the rule that chose: what other criteria say, and what a test of slopes depends on."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker


def other_criteria(reading: Reading) -> Finding | None:
    """What conditional AIC prefers, and BIC where it counts groups; ``None`` for one mixed model, several factors."""
    if not reading.has("random_slope"):
        return None
    say = Speaker(reading)
    models = ("random_intercept", "random_slope")
    if any(reading.at(f"/explained/{name}/conditional_aic") is None for name in models):
        return None
    places = [f"/explained/{name}/conditional_aic/caic" for name in models]
    conditional = [say.value(place, 1) for place in places]
    bics = [reading.find("/sample_sizes", model=name) for name in models]
    by_groups = [say.value(f"{place}/bic_groups", 1) for place in bics]
    rows, groups = (say.count(f"{bics[0]}/{key}") for key in ("rows", "groups"))
    return say.finding(
        "other_criteria",
        f"Conditional AIC, which asks how well these {reading.many} themselves are predicted, is {conditional[0]} for "
        f"the random intercept and {conditional[1]} for the random slope (lower is better). BIC counts {rows} rows; "
        f"counting {groups} {reading.many} instead it is {by_groups[0]} and {by_groups[1]}.",
        level="technical",
    )


def centring(reading: Reading) -> Finding | None:
    """How far the test of an uncorrelated slope depends on where time is zero, and whether the conclusion does."""
    found = reading.at("/centring")
    if found is None or len(found["rows"]) < 2:
        return None
    rows = found["rows"]
    say = Speaker(reading)
    high, low = (pick(range(len(rows)), key=lambda i: rows[i]["statistic"]) for pick in (max, min))
    told = [_test_at(reading, say, i) for i in (high, low)]
    if rows[high]["statistic"] - rows[low]["statistic"] < 0.05:
        return None
    steady = say.value(f"/centring/rows/{high}/correlated_statistic", 1)
    moves = (
        "whether slopes differ would depend on that choice"
        if found["moves"]
        else "the conclusion is the same"
    )
    return say.finding(
        "centring",
        f"Held uncorrelated with the level, differing slopes get a likelihood ratio of {told[0]} and one of {told[1]}: "
        f"{moves}. Free to correlate they get {steady} wherever time starts, which is why that test leads.",
        level="technical",
    )


def _test_at(reading: Reading, say: Speaker, index: int) -> str:
    place = f"/centring/rows/{index}"
    centre = reading.at(f"{place}/centre")
    at = say.value(f"{place}/centre", 0 if centre % 1 == 0 else max(1, fmt.significant(centre, 2)))
    unit = reading.time_unit if centre == 1 else reading.time_units
    return (
        f"{say.value(f'{place}/statistic', 1)} ({say.p(f'{place}/p_mixture')}) with time counted from "
        f"{at} {unit}"
    )
