"""Sentences on the average line: what it does, how sure one can be, what each model says of it."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation import factors
from lmm.report.reading import Finding, Reading, Speaker

MODEL_NAMES = {
    "pooled": "pooled",
    "stratified": "stratified",
    "random_intercept": "random intercept",
    "random_slope": "random slope",
    "random_slope_independent": "random slope, uncorrelated",
    "random_intercept_serial": "random intercept, serial correlation",
    "random_slope_serial": "random slope, serial correlation",
}

# From this share of the remaining variance on, groups are said to differ a lot; below the other, little.
_LARGE_SHARE, _SMALL_SHARE = 0.5, 0.1


def model_name(name: str) -> str:
    """A model's name in words."""
    return MODEL_NAMES.get(name, name.replace("_", " "))


def lead(reading: Reading) -> Finding:
    """The answer in one breath: the trend (or the mean), and how much groups differ; none without a best fit."""
    say = Speaker(reading)
    if not reading.at(f"/models/{reading.used}/converged"):
        return say.finding(
            "lead",
            "There is no answer yet: the search for the best fit did not reach it, and no number below is to be "
            "relied on.",
        )
    first = _trend_in_brief(reading, say) if reading.slope else _mean_in_brief(reading, say)
    second = _differences_in_brief(reading, say)
    return say.finding("lead", f"{first} {second}{factors.in_brief(reading, say)}")


def _differences_in_brief(reading: Reading, say: Speaker) -> str:
    icc = "/icc/random_intercept"
    around = "around the average line" if reading.slope else "around the mean"
    if reading.at(reading.component("random_intercept", "Intercept"))["sd_or_correlation"] == 0.0:
        return f"The data show no lasting differences between {reading.many}."
    if reading.at(f"{icc}/low") == 0.0:
        high = say.percent(f"{icc}/high")
        return (
            f"Whether {reading.many} differ is not settled: anything up to {high} of the variation "
            f"{around} may lie between them."
        )
    share = reading.at(f"{icc}/value")
    how = "a lot" if share >= _LARGE_SHARE else "little" if share < _SMALL_SHARE else "somewhat"
    shown = say.percent(f"{icc}/value")
    return f"{fmt.capital(reading.many)} differ {how}: {shown} of the variation {around} lies between them."


def _trend_in_brief(reading: Reading, say: Speaker) -> str:
    effect = reading.effect(reading.used, str(reading.slope))
    factor, period = reading.period
    decimals = fmt.decimals_for(factor * reading.at(f"{effect}/se"), 1)
    if crosses_zero(reading, effect):
        low = say.value(f"{effect}/low", decimals, factor=factor)
        high = say.value(f"{effect}/high", decimals, factor=factor)
        return (
            f"The data do not settle whether {reading.outcome} rises or falls: the average change lies "
            f"between {low} and {fmt.with_unit(high, reading.unit)} {fmt.an(period)}."
        )
    size = fmt.with_unit(say.size(f"{effect}/estimate", decimals, factor=factor), reading.unit)
    return (
        f"In the average {reading.one}, {reading.outcome} {_verb(reading, effect)} "
        f"by {size} {fmt.an(period)}."
    )


def _mean_in_brief(reading: Reading, say: Speaker) -> str:
    effect = reading.effect(reading.used, "Intercept")
    decimals = fmt.decimals_for(reading.at(f"{effect}/se"), 1)
    size = fmt.with_unit(say.value(f"{effect}/estimate", decimals), reading.unit)
    return f"The average {reading.outcome} is {size}."


def trend(reading: Reading) -> Finding:
    """The slope per unit of time with interval, then p; over the observed span."""
    say = Speaker(reading)
    effect = reading.effect(reading.used, str(reading.slope))
    decimals = fmt.decimals_for(reading.at(f"{effect}/se"))
    size = fmt.with_unit(say.size(f"{effect}/estimate", decimals), reading.unit)
    text = (
        f"Mean {reading.outcome} is {size} "
        f"{'higher' if reading.at(f'{effect}/estimate') >= 0 else 'lower'} for each additional {reading.time_unit} "
        f"({say.certainty()} {say.interval(effect, decimals)}; {say.p(f'{effect}/p')})."
    )
    if crosses_zero(reading, effect):
        return say.finding(
            "trend", f"{text} The interval contains zero: the data do not settle the direction."
        )
    return say.finding("trend", f"{text} {_over_the_span(reading, say)}")


def _over_the_span(reading: Reading, say: Speaker) -> str:
    change = "/derived/change_over_span"
    decimals = fmt.significant(reading.at(f"{change}/estimate"), 2)
    span = reading.at("/derived/span")
    span_decimals = 0 if span % 1 == 0 else max(1, fmt.significant(span, 2))
    units = reading.time_unit if span == 1 else reading.time_units
    size = fmt.with_unit(say.size(f"{change}/estimate", decimals), reading.unit)
    return f"Over the {say.value('/derived/span', span_decimals)} {units} seen, that is {size}."


def level(reading: Reading) -> Finding:
    """The mean level at the origin of time with its interval; says where that lies outside the data."""
    say = Speaker(reading)
    effect = reading.effect(reading.used, "Intercept")
    decimals = fmt.decimals_for(reading.at(f"{effect}/se"))
    size = fmt.with_unit(say.value(f"{effect}/estimate", decimals), reading.unit)
    where = f"{fmt.capital(reading.origin)}, mean" if reading.origin else "Mean"
    text = (
        f"{where} {reading.outcome} is {size} ({say.certainty()} {say.interval(effect, decimals)})."
    )
    if reading.slope and not _origin_was_seen(reading):
        text += f" No {reading.one} was measured then: the line is carried beyond the data."
    if reading.study["covariates"]:
        text += f" This is with {fmt.listed(reading.study['covariates'])} at zero, or at a factor’s first level."
    return say.finding("level", text)


def level_needs_care(reading: Reading) -> bool:
    """Whether the level is not what a reader would take it for: outside the data, or with covariates at zero."""
    return bool(reading.study["covariates"]) or bool(
        reading.slope and not _origin_was_seen(reading)
    )


def _origin_was_seen(reading: Reading) -> bool:
    origin = reading.study["time"]["origin"]
    return reading.at("/data/time/min") <= origin <= reading.at("/data/time/max")


def models_agree(reading: Reading) -> Finding:
    """How far the slope and its standard error move between the models."""
    say = Speaker(reading)
    if not reading.slope:
        return say.finding(
            "models",
            "The models describe the same mean; they differ in what they make of the groups.",
        )
    spread = "/derived/slope_by_model"
    decimals = fmt.decimals_for(reading.at(f"{spread}/se_min"))
    low, high = (say.value(f"{spread}/{end}", decimals) for end in ("min", "max"))
    se = [say.value(f"{spread}/se_{end}", decimals + 1) for end in ("min", "max")]
    slopes = (
        f"Every model puts the slope at {fmt.with_unit(low, reading.unit)}"
        if low == high
        else f"The models put the slope between {low} and {fmt.with_unit(high, reading.unit)}"
    )
    return say.finding(
        "models",
        f"{slopes} {fmt.an(reading.time_unit)}. They are not equally sure of it: its standard error runs "
        f"from {se[0]} to {se[1]}.",
    )


def crosses_zero(reading: Reading, effect: str) -> bool:
    """Whether the interval of the effect at the pointer leaves its sign open."""
    return reading.at(f"{effect}/low") <= 0.0 <= reading.at(f"{effect}/high")


def _verb(reading: Reading, effect: str) -> str:
    return "rises" if reading.at(f"{effect}/estimate") > 0 else "falls"
