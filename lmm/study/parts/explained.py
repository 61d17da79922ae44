"""How much each mixed model explains, against the model without covariates."""

from __future__ import annotations

from typing import Any

from lmm.inference.conditional_aic import conditional_aic
from lmm.inference.explained import explained_variance, null_model, variance_changes
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed


def explained(analysed: Analysed) -> dict[str, dict[str, Any]]:
    """R², conditional AIC, and the change of each variance against the null model, of the basic models."""
    null = null_model(analysed.fits.mixed("random_intercept"))
    found = {}
    for name in analysed.basic:
        fit = analysed.fits.mixed(name)
        r2, caic = to_records([explained_variance(fit), conditional_aic(fit)])
        found[name] = {
            "r2": r2,
            "conditional_aic": caic,
            "variance_changes": to_records(variance_changes(fit, null)),
        }
    return found
