"""What a new group's first measurements tell of its next."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker

# Above this share of the first width three measurements have told next to nothing.
_HARDLY = 0.9


def narrowing(reading: Reading) -> Finding | None:
    """How wide the range of a new group's line is before and after its measurements; ``None`` with several factors."""
    found = reading.at("/newcomer")
    if found is None:
        return None
    say = Speaker(reading)
    widths = [row["width"] for row in found["after"]]
    decimals = max(0, fmt.significant(widths[-1], 2))
    if widths[0] == 0.0 or widths[-1] > _HARDLY * widths[0]:
        opening = f"Measuring a new {reading.one} hardly narrows what to expect of its line"
    else:
        opening = f"A new {reading.one} becomes known as it is measured"
    shown = [say.value(f"/newcomer/after/{k}/width", decimals) for k in (0, 1, 3)]
    before = fmt.with_unit(shown[0], reading.unit)
    range_there = f"{say.coverage('/study/confidence')} range of its line {time_told(reading, say)}"
    return say.finding(
        "narrowing",
        f"{opening}: the {range_there} is {before} wide before, "
        f"{shown[1]} after one measurement, {shown[2]} after three.",
    )


def time_told(reading: Reading, say: Speaker) -> str:
    """``at 42 months``."""
    at = reading.at("/newcomer/at")
    decimals = 0 if at % 1 == 0 else max(1, fmt.significant(at, 2))
    unit = reading.time_unit if at == 1 else reading.time_units
    return f"at {say.value('/newcomer/at', decimals)} {unit}"
