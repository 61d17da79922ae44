"""Sentences on what lies far out, and on what the answers rest."""

from __future__ import annotations

from lmm.report.interpretation.checks.words import (
    agree,
    joined,
    moved,
    named,
    remedied,
    term,
)
from lmm.report.reading import Reading, Speaker

# Beyond this a limit of Cook’s distance, the quantile of an F with hardly a degree of freedom, limits nothing.
_ANY_SIZE = 100.0


def far_rows(reading: Reading, say: Speaker, check: str) -> str:
    """Whether single measurements lie further out than the furthest of so many should."""
    found = reading.at("/diagnostics/far_rows")
    furthest, limit = say.value(f"{check}/statistic", 1), say.value(f"{check}/threshold", 1)
    if not found:
        return (
            f"The furthest measurement lies {furthest} standard deviations from its line: the furthest of "
            f"so many may lie {limit} away."
        )
    levels = list(dict.fromkeys(row["level"] for row in found))
    count = len(reading.at(check)["where"])
    text = (
        f"{_some(count, 'measurement')} of {named(reading, levels)} {agree(count, 'lies', 'lie')} further from "
        f"{agree(count, 'its', 'their')} line than the furthest of so many should: {furthest} standard deviations, "
        f"where {limit} could be chance. {agree(count, 'It', 'They')} may be mistyped."
    )
    return joined(text, remedied(reading, say, "far-rows"))


def far_groups(reading: Reading, say: Speaker, check: str) -> str:
    """Whether groups lie further out than the furthest of so many should."""
    levels = reading.at(check)["where"]
    furthest, limit = say.value(f"{check}/statistic", 1), say.value(f"{check}/threshold", 1)
    if not levels:
        return (
            f"The most unusual {reading.one} lies {furthest} standard deviations from the average: the furthest "
            f"of so many may lie {limit} away."
        )
    text = (
        f"The line of {named(reading, levels)} lies further from the average than that of the most unusual of so "
        f"many should: {furthest} standard deviations, where {limit} could be chance."
    )
    return joined(text, remedied(reading, say, "far-groups"))


def influence(reading: Reading, say: Speaker, check: str) -> str:
    """How far the answers move without the group on which they rest most."""
    rows = reading.at("/influence")
    if not rows:
        return f"Without any one {reading.one} the model cannot be fitted: each is needed."
    cook = say.value("/influence/0/cook", 2)
    who = named(reading, [rows[0]["level"]])
    if reading.at(check)["threshold"] > _ANY_SIZE:
        text = (
            f"No single {reading.one} moves the answers more than chance may: {who} moves them most (Cook’s distance "
            f"{cook}), and with so few degrees of freedom chance alone may move them by any size."
        )
        return f"{text} {_furthest(reading, say)}"
    limit = say.value(f"{check}/threshold", 2)
    if reading.at(check)["verdict"] == "fine":
        text = (
            f"No single {reading.one} moves the answers much: {who} moves them most (Cook’s distance {cook}, and up "
            f"to {limit} could be chance)."
        )
        return f"{text} {_furthest(reading, say)}"
    levels = reading.at(check)["where"]
    text = (
        f"The answers lean on {named(reading, levels)} more than chance allows (Cook’s distance {cook}, where "
        f"{limit} could be chance)."
    )
    return joined(text, remedied(reading, say, "influence"))


def conclusions(reading: Reading, say: Speaker, check: str) -> str:
    """Whether a conclusion hangs on one group."""
    levels = reading.at(check)["where"]
    if reading.at(check)["statistic"] is None:
        return (
            f"Whether a conclusion hangs on one {reading.one} cannot be told: none can be left out."
        )
    if not levels:
        return (
            f"No conclusion hangs on a single {reading.one}: whichever is left out, none changes."
        )
    flips = [row["flips"] for row in reading.at("/influence") if row["level"] == levels[0]]
    names = [term(reading, name) for name in (flips[0] if flips else [])]
    of = names[0] if names else "an effect"
    return (
        f"The conclusion on {of} hangs on {named(reading, levels)}: without "
        f"{agree(len(levels), 'it', 'any one of them')}, whether it differs from zero is answered otherwise."
    )


def _furthest(reading: Reading, say: Speaker) -> str:
    """How far the followed coefficient moves at most."""
    name, place = reading.at("/diagnostics/term"), "/diagnostics/left_out"
    own = reading.effect(reading.used, name)
    who = named(reading, [reading.at(f"{place}/level")])
    change = moved(say, name, f"{place}/estimate", f"{own}/estimate", reading.at(own)["se"] / 10.0)
    return f"Without {who} {change}, and without any other it moves less."


def _some(count: int, noun: str) -> str:
    return f"One {noun}" if count == 1 else f"Some {noun}s"
