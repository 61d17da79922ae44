"""The numbers that sentences tell, held against the results that they point into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.reading import Evidence, Finding, Reading

# Of the last decimal shown: what rounding may change, and a little for a half that no double holds.
_HALF = 0.5000001


def sentences_identity(reading: Reading, findings: Iterable[Finding]) -> dict[str, Any]:
    """How many numbers of the sentences are not those of the results, as a record like those of the fits."""
    told = [(finding.text, each) for finding in findings for each in finding.evidence]
    wrong = sum(not _is_told(reading, text, each) for text, each in told)
    return {
        "id": "sentences",
        "difference": float(wrong),
        "allowed": 0.0,
        "holds": wrong == 0,
        "checked": len(told),
        "model": "",
        "reason": "",
    }


def _is_told(reading: Reading, text: str, evidence: Evidence) -> bool:
    """Whether the number shown is the result rounded, or the end of a range that it is said to lie beyond."""
    shown = evidence.shown
    number, last = fmt.told(shown)
    value = float(reading.at(evidence.pointer)) * evidence.factor
    if abs(value - number) <= _HALF * last:
        return True
    if f"less than {shown}%" in text or f"<\u00a0{shown}" in text:
        return 0.0 <= value < number
    return f"more than {shown}%" in text and number < value <= 100.0
