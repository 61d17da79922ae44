"""What each check found, in words; how many are fine; and the concern that the answer has to carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks import codes, far, fit, shape
from lmm.report.interpretation.checks.words import agree, label
from lmm.report.reading import Finding, Reading, Speaker

# A sentence for each check, whatever its verdict.
SENTENCES: Mapping[str, Callable[[Reading, Speaker, str], str]] = {
    "convergence": fit.convergence,
    "boundary": fit.boundary,
    "missing-codes": codes.missing_codes,
    "repeats": fit.repeats,
    "constants": fit.constants,
    "attrition": fit.attrition,
    "groups": fit.groups,
    "cells": fit.cells,
    "collinearity": fit.collinearity,
    "linearity": shape.linearity,
    "spread": shape.spread,
    "group-spread": shape.group_spread,
    "serial": shape.serial,
    "residual-skewness": shape.residual_skewness,
    "residual-tails": shape.residual_tails,
    "effect-skewness": shape.effect_skewness,
    "effect-tails": shape.effect_tails,
    "far-rows": far.far_rows,
    "far-groups": far.far_groups,
    "influence": far.influence,
    "conclusions": far.conclusions,
}

# What a fault does to the answers, the worst first: all of them wrong, the trend, its error, single ranges.
_GRAVITY = (
    *("convergence", "missing-codes", "repeats", "groups", "influence", "cells", "linearity"),
    *("serial", "attrition", "collinearity", "far-rows", "far-groups", "group-spread", "spread"),
    *("effect-skewness", "effect-tails", "residual-skewness", "residual-tails"),
    *("conclusions", "boundary", "constants"),
)

# So many notes are named in the section's first sentence; of more, their number is told.
_LISTED = 3


def check(reading: Reading, index: int) -> Finding:
    """The sentence of the check at a place of the results."""
    say = Speaker(reading)
    place = f"/checks/{index}"
    id = reading.at(place)["id"]
    return say.finding(f"check_{id.replace('-', '_')}", SENTENCES[id](reading, say, place))


def sentence(reading: Reading, id: str) -> str:
    """The sentence of one check; empty where the study has no such check."""
    found = [i for i, each in enumerate(reading.at("/checks")) if each["id"] == id]
    return check(reading, found[0]).text if found else ""


def tally(reading: Reading) -> Finding:
    """``16 checks fine, 3 notes, 1 concern``."""
    say = Speaker(reading)
    parts = [
        f"{say.count('/tally/fine')} {agree(reading.at('/tally/fine'), 'check', 'checks')} fine"
    ]
    for verdict in ("note", "concern"):
        if count := reading.at(f"/tally/{verdict}"):
            parts.append(f"{say.count(f'/tally/{verdict}')} {agree(count, verdict, f'{verdict}s')}")
    return say.finding("tally", ", ".join(parts))


def trust(reading: Reading) -> Finding:
    """Whether the answers can be trusted: how many checks are fine, and which are not."""
    say = Speaker(reading)
    found = reading.at("/tally")
    every = say.count("/tally/checks")
    notes, concerns = (_labels(reading, verdict) for verdict in ("note", "concern"))
    if not notes and not concerns:
        return say.finding(
            "trust", f"Nothing speaks against the answers: all {every} checks are fine."
        )
    fine = f"{say.count('/tally/fine')} of {every} checks are fine"
    also = f"; to note: {fmt.listed(notes)}" if notes else ""
    if len(notes) > _LISTED:
        also = f"; {say.count('/tally/note')} are to note"
    if not concerns:
        return say.finding("trust", f"{fine}, none is a concern{also}.")
    concern = found["concern"]
    verb = "one is a concern" if concern == 1 else f"{say.count('/tally/concern')} are a concern"
    return say.finding("trust", f"{fine}, but {verb}: {fmt.listed(concerns)}{also}.")


def concern(reading: Reading) -> Finding | None:
    """The gravest concern and what it would change; ``None`` where no check is one."""
    found = [i for i, each in enumerate(reading.at("/checks")) if each["verdict"] == "concern"]
    if not found:
        return None
    gravest = min(found, key=lambda i: _GRAVITY.index(reading.at(f"/checks/{i}/id")))
    say = Speaker(reading)
    opening = "One check is a concern."
    if len(found) > 1:
        opening = f"{say.count('/tally/concern')} checks are a concern; the gravest is this."
    place = f"/checks/{gravest}"
    text = SENTENCES[reading.at(place)["id"]](reading, say, place)
    return say.finding("concern", f"{opening} {text}")


def _labels(reading: Reading, verdict: str) -> list[str]:
    names = [
        label(reading, each["id"]) for each in reading.at("/checks") if each["verdict"] == verdict
    ]
    return [name[:1].lower() + name[1:] for name in names]
