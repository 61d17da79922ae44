"""The ladder of structures, with serial correlation as a rival of differing slopes."""

from __future__ import annotations

from typing import Any

from lmm.inference.ladder import structure_ladder
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed


def ladder(analysed: Analysed) -> dict[str, Any] | None:
    """Rungs, steps between them and what is missing; ``None`` without a time."""
    if analysed.slope is None:
        return None
    found = structure_ladder(
        analysed.fits.fits, analysed.table.frame, term=analysed.slope, time=analysed.slope
    )
    return to_records([found])[0]
