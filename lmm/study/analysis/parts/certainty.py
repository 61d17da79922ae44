"""How sure each fixed effect is, by every method side by side, and whether the methods agree."""

from __future__ import annotations

from typing import Any

from lmm.diagnostics.standard_errors import few_groups, may_be_chance, model_and_robust_errors
from lmm.errors import ModelError
from lmm.inference.fixed_effects.clusters import cluster_factor
from lmm.inference.fixed_effects.standard_errors import standard_errors
from lmm.model.fit import Fit
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def certainty(analysed: Analysed) -> dict[str, dict[str, Any]]:
    """Model, Satterthwaite, Kenward–Roger, between–within and robust errors of each mixed fit, with two checks.

    ``clusters`` names the grouping factor that the robust errors take for independent.
    ``may_be_chance``: groups are so few that robust and model errors may differ as they do by chance.
    """
    return {
        name: _of(fit, analysed.study.confidence)
        for name, fit in analysed.fits.fits.items()
        if isinstance(fit, Fit)
    }


def _of(fit: Fit, confidence: float) -> dict[str, Any]:
    rows = standard_errors(fit, confidence=confidence)
    agree, rest = to_records([model_and_robust_errors(rows), few_groups(rows)])
    coefficients = [
        {**record, "may_be_chance": may_be_chance(row)}
        for record, row in zip(to_records(rows), rows, strict=True)
    ]
    found = {"coefficients": coefficients, "errors_agree": agree, "few_groups": rest}
    return {**found, "clusters": _clusters(fit)}


def _clusters(fit: Fit) -> str:
    """The grouping factor whose groups are independent; '' where there is none."""
    try:
        return cluster_factor(fit).grouping.name
    except ModelError:
        return ""
