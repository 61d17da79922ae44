"""Whether the test of an uncorrelated slope depends on where time is counted from."""

from __future__ import annotations

from typing import Any

import numpy as np

from lmm.errors import ModelError
from lmm.inference.structures.standing import LEVEL
from lmm.inference.variance_tests.centring import centring_rows, conclusion_moves
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.analysis.parts.forecast import round_times


def centring(analysed: Analysed) -> dict[str, Any] | None:
    """The test at round times and at the origin, as the reader counts time; ``None`` without a random slope.

    ``moves``: the p is below ``level`` at some of these times and not at others. Without ``rows`` the
    ``reason`` says why.
    """
    study = analysed.study
    if study.time is None or "random_slope" not in analysed.fits.fits:
        return None
    fit = analysed.fits.mixed("random_slope")
    places = np.union1d(round_times(analysed), [study.time.origin])
    found: dict[str, Any] = {"level": LEVEL, "moves": False, "rows": [], "reason": ""}
    try:
        rows = centring_rows(fit, study.time.column, places - study.time.origin)
    except ModelError as error:
        return {**found, "reason": error.reason}
    records = [
        {**row, "centre": float(place)} for row, place in zip(to_records(rows), places, strict=True)
    ]
    return {**found, "moves": conclusion_moves(rows, level=LEVEL), "rows": records}
