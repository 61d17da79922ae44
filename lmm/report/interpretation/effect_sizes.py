"""Sentences on sizes of effects: the smallest that the study could have shown."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import term, with_unit
from lmm.report.reading import Finding, Reading, Speaker


def could_have_shown(reading: Reading) -> Finding | None:
    """The smallest trend (without time: first effect) that such a study shows; ``None`` without an effect."""
    rows = reading.at("/effect_sizes/effects")
    if not rows:
        return None
    followed = [i for i, row in enumerate(rows) if row["term"] == reading.slope]
    place = f"/effect_sizes/effects/{followed[0] if followed else 0}"
    row = reading.at(place)
    say = Speaker(reading)
    size = say.value(f"{place}/detectable", fmt.significant(row["detectable"], 2))
    return say.finding(
        "detectable",
        f"A study of this size finds {term(reading, row['term'])} with a power of "
        f"{say.percent('/effect_sizes/power')} where it is {with_unit(reading, row['term'], size)} or more, the "
        "smallest that it could have shown.",
        level="technical",
    )
