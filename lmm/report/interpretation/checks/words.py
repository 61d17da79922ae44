"""What checks, variables and effects are called, and what heeding a check would change, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.reading import Reading, Speaker
from lmm.report.wording import in_words, is_product

# So many groups are named; of more it is said that there are more.
_NAMED = 3

_LABELS = {
    "convergence": "Search for the best fit",
    "boundary": "Spread at its limit",
    "missing-codes": "Codes for “missing”",
    "repeats": "Repeated rows",
    "constants": "What should not change",
    "attrition": "Dropping out",
    "groups": "Number of {many}",
    "cells": "Rare values",
    "collinearity": "Tangled variables",
    "linearity": "Straight line",
    "spread": "Even scatter",
    "group-spread": "Scatter by {one}",
    "serial": "Neighbours in time",
    "residual-skewness": "Lopsided errors",
    "residual-tails": "Extreme errors",
    "effect-skewness": "Lopsided differences",
    "effect-tails": "Extreme differences",
    "far-rows": "Measurements far out",
    "far-groups": "{Many} far out",
    "influence": "Influence of one {one}",
    "conclusions": "Conclusions on one {one}",
}


def label(reading: Reading, id: str) -> str:
    """What a check is called."""
    many = reading.many
    if id == "groups":  # of several grouping factors the one with fewest groups may be another
        where = reading.at(reading.find("/checks", id=id))["where"]
        many = reading.nouns(where[0])[1] if where else many
    return _LABELS[id].format(one=reading.one, many=many, Many=fmt.capital(many))


def variable(reading: Reading, name: str) -> str:
    """A column in the study's words."""
    return "the fitted value" if name == "fitted values" else in_words(reading, name)


def effects(reading: Reading, name: str) -> str:
    """A random effect in the plural: levels, slopes."""
    if name == "Intercept":
        return "levels"
    return "slopes" if name == reading.slope else f"effects of {in_words(reading, name)}"


def term(reading: Reading, name: str) -> str:
    """A coefficient: the average slope, the average level, the effect of wt."""
    if name == "Intercept":
        return f"the average level {reading.origin}".strip()
    return "the average slope" if name == reading.slope else effect(reading, name)


def effect(reading: Reading, name: str) -> str:
    """Any coefficient but a level: ``the effect of wt``, ``the interaction of sex (2 against 1) with age``."""
    kind = "interaction" if is_product(name) else "effect"
    return f"the {kind} of {in_words(reading, name)}"


def named(reading: Reading, levels: Sequence[str]) -> str:
    """``child 57``, ``children 57 and 14``, ``children 57, 14, 103 and others``."""
    shown = [fmt.shortened(level, 24) for level in levels[:_NAMED]]
    if len(levels) == 1:
        return f"{reading.one} {shown[0]}"
    if len(levels) > _NAMED:
        return f"{reading.many} {', '.join(shown)} and others"
    return f"{reading.many} {fmt.listed(shown)}"


def agree(count: int, one: str, many: str) -> str:
    """The word that goes with the count."""
    return one if count == 1 else many


def remedied(reading: Reading, say: Speaker, check: str) -> str:
    """What heeding a check would change in the followed coefficient, with its conclusion; empty without a refit."""
    found = [i for i, each in enumerate(reading.at("/remedies")) if each["check"] == check]
    if not found:
        return ""
    record: dict[str, Any] = reading.at(f"/remedies/{found[0]}")
    name = reading.at("/diagnostics/term")
    place = reading.find(f"/remedies/{found[0]}/terms", term=name)
    row = reading.at(place)
    how = (
        "With a curve in the model" if check == "linearity" else f"Without {_them(record['what'])}"
    )
    if row["after"] is None:
        return f"{how} {term(reading, name)} cannot be estimated."
    text = f"{how} {moved(say, name, f'{place}/after', f'{place}/before', row['se_before'])}"
    if name in record["flips"]:
        text += ", and whether it differs from zero is answered otherwise"
    return f"{text}."


def moved(say: Speaker, name: str, new: str, old: str, se: float) -> str:
    """``the average slope is 0.031 cm a month instead of 0.033``: the numbers at two pointers, as ``se`` supports."""
    decimals = fmt.decimals_for(se)
    after, before = say.value(new, decimals), say.value(old, decimals)
    return changed(term(say.reading, name), with_unit(say.reading, name, after), after, before)


def changed(what: str, told: str, after: str, before: str) -> str:
    """``it is 3 cm instead of 2``, or that it stays where both are shown alike; ``told`` is after with its unit."""
    return f"{what} stays at {told}" if after == before else f"{what} is {told} instead of {before}"


def with_unit(reading: Reading, name: str, shown: str) -> str:
    """A coefficient's number with its unit, where that is known."""
    if name == reading.slope:
        return reading.rate(shown)
    return fmt.with_unit(shown, reading.unit) if name == "Intercept" else shown


def _them(what: Sequence[str]) -> str:
    return "it" if len(what) == 1 else "them"


def rung_with_neighbours(reading: Reading) -> str | None:
    """The pointer of the ladder's model like the one used that lets neighbours be alike; ``None`` without one."""
    rungs = ladder["rungs"] if (ladder := reading.at("/ladder")) else []
    for name in (f"{reading.used}_serial", "random_intercept_serial"):
        for i, rung in enumerate(rungs):
            if rung["model"] == name and rung["estimate"] is not None:
                return f"/ladder/rungs/{i}"
    return None


def joined(*sentences: str) -> str:
    """The sentences that say something, one after the other."""
    return " ".join(sentence for sentence in sentences if sentence)
