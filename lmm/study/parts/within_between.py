"""Whether what happens within groups is what is found between them, and what the groups allow to be asked."""

from __future__ import annotations

from typing import Any

from lmm.errors import ModelError
from lmm.inference.group_structure import group_structure
from lmm.inference.hausman import hausman
from lmm.inference.within_between import within_between
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed


def within_and_between(analysed: Analysed) -> dict[str, Any]:
    """Each covariate's two slopes by the random-intercept model, Hausman's test, and the groups counted."""
    fit = analysed.fits.mixed("random_intercept")
    try:
        rows = within_between(fit)
    except ModelError:
        rows = ()
    try:
        test = hausman(fit)
    except ModelError:
        test = None
    return {
        "covariates": to_records(rows),
        "hausman": to_records([test])[0] if test else None,
        "groups": to_records([group_structure(fit)])[0],
    }
