"""How sure each fixed effect is, by every method side by side, and whether the methods agree."""

from __future__ import annotations

from typing import Any

from lmm.diagnostics.standard_errors import few_groups, model_and_robust_errors
from lmm.inference.standard_errors import standard_errors
from lmm.model.fit import Fit
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed


def certainty(analysed: Analysed) -> dict[str, dict[str, Any]]:
    """Model, Satterthwaite, Kenward–Roger, between–within and robust errors of each mixed fit, with two checks."""
    found = {}
    for name, fit in analysed.fits.fits.items():
        if isinstance(fit, Fit):
            rows = standard_errors(fit)
            agree, rest = to_records([model_and_robust_errors(rows), few_groups(rows)])
            found[name] = {
                "coefficients": to_records(rows),
                "errors_agree": agree,
                "few_groups": rest,
            }
    return found
