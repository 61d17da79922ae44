"""Whether what happens within groups is what is found between them."""

from __future__ import annotations

from typing import Any

from lmm.errors import ModelError
from lmm.inference.fixed_effects.hausman import hausman
from lmm.inference.fixed_effects.within_between import within_between
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def within_and_between(analysed: Analysed) -> dict[str, Any]:
    """Two slopes of every covariate that varies within groups, and Hausman's test, beside the random intercept.

    Where there is nothing to compare, the ``reason`` says why, or the covariates are none.
    """
    fit = analysed.fits.mixed("random_intercept")
    try:
        rows = within_between(fit, confidence=analysed.study.confidence)
        test = hausman(fit)
    except ModelError as error:
        return {"covariates": [], "hausman": None, "reason": error.reason}
    return {
        "covariates": to_records(rows),
        "hausman": to_records([test])[0] if test else None,
        "reason": "",
    }
