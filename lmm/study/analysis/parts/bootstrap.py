"""Intervals by new data drawn from the model used: of every parameter, and of shares that have no other."""

from __future__ import annotations

from typing import Any

from lmm.errors import ModelError
from lmm.inference.variance_tests.bootstrap import bootstrap_intervals
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed

# With B + 1 a multiple of 40, the ends of a 95% interval are draws themselves.
DRAWS = 1999
# Beyond so many rows the refits cost more than they tell: estimates are normal by then.
_ROWS = 20_000


def bootstrap(analysed: Analysed) -> dict[str, Any]:
    """The intervals with how they were made; without ``intervals`` the ``reason`` says why."""
    fit = analysed.fits.mixed(analysed.fits.used)
    made: dict[str, Any] = {
        "model": analysed.fits.used,
        "draws": DRAWS,
        "seed": analysed.study.seed,
        "failed": 0,
        "boundary": 0,
        "intervals": [],
        "reason": "",
    }
    if fit.n > _ROWS:
        return {**made, "reason": f"more than {_ROWS} rows"}
    try:
        found = bootstrap_intervals(
            fit, draws=DRAWS, seed=analysed.study.seed, confidence=analysed.study.confidence
        )
    except ModelError as error:
        return {**made, "reason": error.reason}
    return {
        **made,
        "failed": found.failed,
        "boundary": found.boundary,
        "intervals": to_records(found.intervals),
    }
