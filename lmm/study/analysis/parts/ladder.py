"""The ladder of structures with its verdict: serial correlation as a rival of differing slopes."""

from __future__ import annotations

from typing import Any

from lmm.inference.structures.ladder import structure_ladder
from lmm.inference.structures.standing import standing
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def ladder(analysed: Analysed) -> dict[str, Any] | None:
    """Rungs, steps, what is missing, and how the rivals stand; ``None`` without a time."""
    if analysed.slope is None:
        return None
    found = structure_ladder(
        analysed.fits.fits, analysed.table.frame, term=analysed.slope, time=analysed.slope
    )
    record, judged = to_records([found, standing(found)])
    return {**record, "standing": judged}
