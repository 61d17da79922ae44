"""How much each mixed model explains, against the model without covariates."""

from __future__ import annotations

from typing import Any

from lmm.inference.structures.conditional_aic import conditional_aic
from lmm.inference.structures.explained import explained_variance, null_model, variance_changes
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def explained(analysed: Analysed) -> dict[str, dict[str, Any]]:
    """R², conditional AIC (of one grouping factor only), and each variance's change against the null model."""
    null = null_model(analysed.fits.mixed("random_intercept"))
    found = {}
    for name in analysed.basic:
        fit = analysed.fits.mixed(name)
        alone = len(fit.factors) == 1
        found[name] = {
            "r2": to_records([explained_variance(fit)])[0],
            "conditional_aic": to_records([conditional_aic(fit)])[0] if alone else None,
            "variance_changes": to_records(variance_changes(fit, null)),
        }
    return found
