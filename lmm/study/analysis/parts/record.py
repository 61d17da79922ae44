"""The record of the model used: what makes the same fit again from the same data, for those who predict from it."""

from __future__ import annotations

import json
from typing import Any

from lmm.model.record import write_record
from lmm.study.analysis.parts.analysed import Analysed


def record(analysed: Analysed) -> dict[str, Any] | None:
    """Formula, theta, criterion, a digest of the rows, versions; ``None`` for a fit that did not converge."""
    fit = analysed.fits.mixed(analysed.fits.used)
    return json.loads(write_record(fit)) if fit.converged else None
