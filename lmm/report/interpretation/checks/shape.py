"""Sentences on the shape of the data: bends, scatter, neighbours, bell curves."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import (
    effects,
    joined,
    named,
    remedied,
    rung_with_neighbours,
    term,
    variable,
    with_unit,
)
from lmm.report.reading import Reading, Speaker


def linearity(reading: Reading, say: Speaker, check: str) -> str:
    """Whether the average line bends."""
    found = reading.at(check)
    if found["statistic"] is None:
        return "No variable has values enough to show a bend."
    bend = reading.find("/diagnostics/bends", size=found["statistic"])
    name = variable(reading, reading.at(bend)["variable"])
    size, limit = say.value(f"{check}/statistic", 2), say.value(f"{check}/threshold", 2)
    if found["verdict"] == "fine":
        return (
            f"A straight line along {name} does: the data bend by {size} residual standard deviations, and more "
            f"than {limit} would be noted."
        )
    text = (
        f"The average line bends along {name}, by {size} residual standard deviations (more than {limit} is "
        "noted): its slope is the average of a changing one."
    )
    return joined(text, remedied(reading, say, "linearity"))


def spread(reading: Reading, say: Speaker, check: str) -> str:
    """Whether residuals scatter alike everywhere."""
    found = reading.at(check)
    if found["statistic"] is None:
        return "Nothing varies along which scatter could differ."
    along = reading.find("/diagnostics/spreads", size=found["statistic"])
    name = variable(reading, reading.at(along)["variable"])
    size, limit = say.value(f"{check}/statistic", 2), say.value(f"{check}/threshold", 2)
    end = "high" if reading.at(along)["ratio"] > 1 else "low"
    if found["verdict"] == "fine":
        return (
            f"Residuals scatter alike: at most {size} times as much at one end of {name} as at the other, and more "
            f"than {limit} would be noted."
        )
    return (
        f"The residuals scatter {size} times as much at the {end} end of {name} as at the other (more than {limit} "
        "is noted): ranges for single measurements are too narrow there and too wide elsewhere"
        f"{_line_stands(reading)}."
    )


def group_spread(reading: Reading, say: Speaker, check: str) -> str:
    """Whether some groups are noisier than others."""
    found = reading.at(check)
    size, limit = say.value(f"{check}/statistic", 2), say.value(f"{check}/threshold", 2)
    if found["verdict"] == "fine":
        return f"Noisy and quiet {reading.many} scatter alike: {size} to one, and more than {limit} would be noted."
    return (
        f"Some {reading.many} scatter {size} times as much as others (more than {limit} is noted), the most "
        f"{named(reading, found['where'])}: what is said of these is less sure than it looks, and of the quiet ones "
        "surer."
    )


def serial(reading: Reading, say: Speaker, check: str) -> str:
    """Whether neighbouring measurements are alike beyond what the model holds."""
    found, seen = reading.at(check), reading.at("/diagnostics/serial")
    if seen is None:
        return "The study has no time along which neighbouring measurements could be alike."
    size = say.value("/diagnostics/serial/correlation", 2)
    limit = say.value(f"{check}/threshold", 2)
    if found["verdict"] == "fine":
        return (
            f"Neighbouring measurements of {fmt.an(reading.one)} are no more alike than the model says: a correlation "
            f"of {size} is left, and more than {limit} either way would be noted."
        )
    alike = "still alike" if seen["correlation"] > 0 else "too unlike each other"
    text = (
        f"Neighbouring measurements of {fmt.an(reading.one)} are {alike}: a correlation of {size} is left (more than "
        f"{limit} is noted), and standard errors may be off."
    )
    return joined(text, _with_neighbours(reading, say))


def _with_neighbours(reading: Reading, say: Speaker) -> str:
    """The followed coefficient in the ladder's model that lets neighbours be alike."""
    if (place := rung_with_neighbours(reading)) is None:
        return ""
    slope = str(reading.slope)
    own = reading.effect(reading.used, slope)
    decimals = fmt.decimals_for(reading.at(own)["se"])
    new = with_unit(reading, slope, say.value(f"{place}/estimate", decimals))
    old = say.value(f"{own}/estimate", decimals)
    ses = [say.value(f"{p}/se", decimals + 1) for p in (place, own)]
    return (
        f"With it in the model {term(reading, slope)} is {new} (standard error {ses[0]}) instead of "
        f"{old} ({ses[1]})."
    )


def residual_skewness(reading: Reading, say: Speaker, check: str) -> str:
    """Whether residuals lean to one side."""
    size = say.value("/diagnostics/residuals/skewness", 2)
    if reading.at(check)["verdict"] == "fine":
        return f"The errors are about as often high as low (skewness {size})."
    side = _side(reading.at("/diagnostics/residuals/skewness"))
    return (
        f"The errors reach further {side} (skewness {size}): ranges for single measurements are too short on that "
        f"side and too long on the other{_line_stands(reading)}."
    )


def residual_tails(reading: Reading, say: Speaker, check: str) -> str:
    """Whether residuals have heavy tails."""
    size = say.value("/diagnostics/residuals/kurtosis", 2)
    if reading.at(check)["verdict"] == "fine":
        return f"Large errors are no more frequent than a bell curve has them (excess kurtosis {size})."
    beyond, n = (say.count(f"/diagnostics/residuals/{part}") for part in ("beyond_three", "n"))
    return (
        f"The errors have heavier tails than a bell curve (excess kurtosis {size}; {beyond} of {n} beyond three "
        f"standard deviations): single measurements can lie far out of their range{_line_stands(reading)}."
    )


def effect_skewness(reading: Reading, say: Speaker, check: str) -> str:
    """Whether groups' effects lean to one side."""
    if (place := _worst_effect(reading, check, "skewness")) is None:
        return f"Too few {reading.many} differ for their spread to have a shape."
    name, size = effects(reading, reading.at(place)["name"]), say.value(f"{place}/skewness", 2)
    if reading.at(check)["verdict"] == "fine":
        return f"The {name} of {reading.many} are about as often high as low (skewness {size})."
    return (
        f"The {name} of {reading.many} reach further {_side(reading.at(place)['skewness'])} (skewness {size}): the "
        f"range for a new {reading.one} is too short on that side, and unusual {reading.many} are pulled in too "
        f"far{_line_stands(reading)}."
    )


def effect_tails(reading: Reading, say: Speaker, check: str) -> str:
    """Whether groups' effects have heavy tails."""
    if (place := _worst_effect(reading, check, "kurtosis")) is None:
        return f"Too few {reading.many} differ for their spread to have tails."
    name, size = effects(reading, reading.at(place)["name"]), say.value(f"{place}/kurtosis", 2)
    if reading.at(check)["verdict"] == "fine":
        return (
            f"Unusual {name} of {reading.many} are no more frequent than a bell curve has them (excess kurtosis "
            f"{size})."
        )
    return (
        f"The {name} of {reading.many} have heavier tails than a bell curve (excess kurtosis {size}): some "
        f"{reading.many} lie far from the rest, and the model pulls those in too far."
    )


def _worst_effect(reading: Reading, check: str, key: str) -> str | None:
    statistic = reading.at(check)["statistic"]
    for i, shape in enumerate(reading.at("/diagnostics/effects")):
        if statistic is not None and abs(shape[key]) == abs(statistic):
            return f"/diagnostics/effects/{i}"
    return None


def _side(skewness: float) -> str:
    return "up than down" if skewness > 0 else "down than up"


def _line_stands(reading: Reading) -> str:
    """That only ranges are touched, and not the average line: where nothing that lies far out pulls at it."""
    pulling = {"far-rows", "far-groups", "influence"}
    calm = all(each["verdict"] == "fine" for each in reading.at("/checks") if each["id"] in pulling)
    return "; the average line is little touched" if calm else ""
