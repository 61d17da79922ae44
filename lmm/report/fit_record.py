"""A fit as the JSON object that files and other programs read."""

from __future__ import annotations

import math
from typing import Any

from lmm.diagnostics.boundary import boundary_terms
from lmm.diagnostics.optimality import optimality_messages
from lmm.inference.blups import blups
from lmm.inference.coefficients import fixed_effects
from lmm.inference.components import variance_components
from lmm.model.fit import Fit
from lmm.model.groups import Grouping
from lmm.model.ordinary import OrdinaryFit
from lmm.rows import to_records

SCHEMA = 1


def fit_record(
    fit: Fit | OrdinaryFit, *, confidence: float = 0.95, with_blups: bool = False
) -> dict[str, Any]:
    """Everything a fit says, in plain values; ``random_effects`` is empty for an ordinary fit."""
    mixed = fit if isinstance(fit, Fit) else None
    groupings = fit_groupings(fit)
    log_likelihood = float(fit.log_likelihood)
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "formula": fit.design.formula.text or str(fit.design.formula),
        "method": ("REML" if mixed.reml else "ML") if mixed else "OLS",
        "n_obs": fit.n,
        "n_groups": {grouping.name: len(grouping.levels) for grouping in groupings},
        "rows_dropped": fit.design.rows_dropped,
        "converged": mixed.converged if mixed else True,
        "singular": mixed.singular if mixed else False,
        "messages": list(fit_messages(fit)),
        "criterion": -2.0 * log_likelihood,
        "log_likelihood": log_likelihood,
        "parameters": fit.parameters,
        "aic": -2.0 * log_likelihood + 2.0 * fit.parameters,
        "bic": -2.0 * log_likelihood + math.log(fit.n) * fit.parameters,
        "sigma": float(fit.sigma),
        "fixed_effects": to_records(fixed_effects(fit, confidence=confidence)),
        "random_effects": to_records(variance_components(mixed)) if mixed else [],
    }
    if mixed and with_blups:
        record["blups"] = to_records(blups(mixed))
    return record


def fit_groupings(fit: Fit | OrdinaryFit) -> tuple[Grouping, ...]:
    """The grouping factors of a fit, none for a pooled one."""
    if isinstance(fit, Fit):
        return tuple(factor.grouping for factor in fit.factors)
    return (fit.grouping,) if fit.grouping else ()


def fit_messages(fit: Fit | OrdinaryFit) -> tuple[str, ...]:
    """What a reader should know of a fit: columns left out, boundary, no convergence."""
    messages = []
    dropped = fit.columns_dropped if isinstance(fit, OrdinaryFit) else fit.design.columns_dropped
    if dropped:
        messages.append(
            f"left out, because the other columns already make them up: {', '.join(dropped)}"
        )
    if fit.design.weights is not None:
        messages.append(
            "rows are weighted: the residual variance of a row is sigma² divided by its weight"
        )
    if isinstance(fit, Fit):
        messages.extend(map(str, boundary_terms(fit)))
        messages.extend(optimality_messages(fit))
    return tuple(messages)
