"""A fit as the JSON object that files and other programs read."""

from __future__ import annotations

import math
from typing import Any

from lmm.diagnostics.boundary import boundary_terms
from lmm.diagnostics.optimality import optimality_messages
from lmm.inference.fixed_effects.coefficients import FixedEffect, fixed_effects
from lmm.inference.groups.blups import blups
from lmm.inference.structures.serial import serial_correlation, serial_fixed_effects
from lmm.inference.variances.components import variance_components
from lmm.model.fit import Fit
from lmm.model.groups import Levels
from lmm.model.ordinary import OrdinaryFit
from lmm.model.serial.fit import SerialFit
from lmm.rows import to_records

SCHEMA = 1


def coefficients_of(
    fit: Fit | OrdinaryFit | SerialFit, *, confidence: float = 0.95, dof: str = "auto"
) -> tuple[FixedEffect, ...]:
    """The fixed effects of any fit; a serial fit has its own degrees of freedom, whatever ``dof`` says."""
    if isinstance(fit, SerialFit):
        return serial_fixed_effects(fit, confidence=confidence)
    return fixed_effects(fit, confidence=confidence, method=dof)


def fit_record(
    fit: Fit | OrdinaryFit | SerialFit,
    *,
    confidence: float = 0.95,
    with_blups: bool = False,
    dof: str = "auto",
) -> dict[str, Any]:
    """Everything a fit says, in plain values; ``random_effects`` is empty for an ordinary fit.

    ``dof`` is the method behind intervals and p of the fixed effects, as in ``fixed_effects``.
    """
    serial = fit if isinstance(fit, SerialFit) else None
    mixed = serial.given_phi if serial else fit if isinstance(fit, Fit) else None
    groupings = fit_groupings(fit)
    log_likelihood = float(fit.log_likelihood)
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "formula": fit.outline.formula.text or str(fit.outline.formula),
        "method": ("REML" if mixed.reml else "ML") if mixed else "OLS",
        "n_obs": fit.n,
        "n_groups": {grouping.name: grouping.m for grouping in groupings},
        "rows_dropped": fit.outline.rows_dropped,
        "converged": True if isinstance(fit, OrdinaryFit) else fit.converged,
        "singular": mixed.singular if mixed else False,
        "messages": list(fit_messages(fit)),
        "criterion": -2.0 * log_likelihood,
        "log_likelihood": log_likelihood,
        "parameters": fit.parameters,
        "aic": -2.0 * log_likelihood + 2.0 * fit.parameters,
        "bic": -2.0 * log_likelihood + math.log(fit.n) * fit.parameters,
        "sigma": float(fit.sigma),
        "fixed_effects": to_records(coefficients_of(fit, confidence=confidence, dof=dof)),
        "random_effects": to_records(variance_components(mixed)) if mixed else [],
    }
    if serial:
        record["serial_correlation"] = to_records(
            [serial_correlation(serial, confidence=confidence)]
        )[0]
    if mixed and with_blups:
        record["blups"] = to_records(blups(mixed))
    return record


def fit_groupings(fit: Fit | OrdinaryFit | SerialFit) -> tuple[Levels, ...]:
    """The grouping factors of a fit, none for a pooled one."""
    if isinstance(fit, SerialFit):
        return (fit.given_phi.grouping,)
    if isinstance(fit, Fit):
        return tuple(factor.group for factor in fit.factors)
    return (fit.grouping,) if fit.grouping else ()


def fit_messages(fit: Fit | OrdinaryFit | SerialFit) -> tuple[str, ...]:
    """What a reader should know of a fit: columns left out, boundary, no convergence."""
    if isinstance(fit, SerialFit):
        return (*fit_messages(fit.given_phi), *_serial_messages(fit))
    messages = []
    dropped = fit.columns_dropped if isinstance(fit, OrdinaryFit) else fit.outline.columns_dropped
    if dropped:
        messages.append(
            f"left out, because the other columns already make them up: {', '.join(dropped)}"
        )
    if fit.outline.weighted:
        messages.append(
            "rows are weighted: the residual variance of a row is sigma² divided by its weight"
        )
    if isinstance(fit, Fit):
        messages.extend(map(str, boundary_terms(fit)))
        messages.extend(optimality_messages(fit))
    return tuple(messages)


def _serial_messages(fit: SerialFit) -> tuple[str, ...]:
    messages = []
    if fit.uncorrelated:
        messages.append(
            f"boundary fit: the correlation of residuals over {fit.series.time} is estimated as zero; "
            "the model without it fits the data as well"
        )
    if fit.given_phi.converged and not fit.converged:
        messages.append("the fit did not converge in the correlation over time")
    return tuple(messages)
