"""Whether measurements fell where the model expected them, in words."""

from __future__ import annotations

from lmm.report.reading import Finding, Reading, Speaker


def calibration(reading: Reading) -> Finding:
    """The share of measurements inside their predictions, beside what it should be."""
    say = Speaker(reading)
    place = "/diagnostics/calibration"
    inside, level = say.percent(f"{place}/inside", 1), say.coverage(f"{place}/level")
    return say.finding(
        "calibration",
        f"Predicted from the earlier ones of the same {reading.one}, {inside} of the measurements fall into their "
        f"{level} range.",
    )
