"""The residuals, summarised."""

from __future__ import annotations

from typing import Any

from lmm.diagnostics.residuals import scaled_residuals
from lmm.model.fit import Fit
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def residuals(analysed: Analysed) -> dict[str, Any]:
    """Quantiles of the scaled residuals of every mixed fit."""
    return {
        name: to_records([scaled_residuals(fit)])[0]
        for name, fit in analysed.fits.fits.items()
        if isinstance(fit, Fit)
    }
