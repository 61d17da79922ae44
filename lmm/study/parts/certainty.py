"""How sure each fixed effect is, by every method side by side."""

from __future__ import annotations

from typing import Any

from lmm.inference.standard_errors import standard_errors
from lmm.model.fit import Fit
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed


def certainty(analysed: Analysed) -> dict[str, list[dict[str, Any]]]:
    """Model, Satterthwaite, Kenward–Roger, between–within and robust errors of each mixed fit."""
    return {
        name: to_records(standard_errors(fit))
        for name, fit in analysed.fits.fits.items()
        if isinstance(fit, Fit)
    }
