"""How alike two measurements of one group are, where the likeness depends on when they were made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.model.fit import Fit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationAt:
    """At ``value`` of the covariate: between-group SD (the outcome's unit) and intraclass correlation."""

    value: float
    between_sd: float
    icc: float


def icc_along(fit: Fit, term: str, values: Array) -> tuple[CorrelationAt, ...]:
    """z'Ψz/(z'Ψz + σ²) at each value of the one random slope (Goldstein, Browne and Rasbash 2002,
    Underst. Stat. 1:223); with prior weights, of measurements of weight one.

    Raises ``ModelError`` unless the random effects of one factor are an intercept or this slope.
    """
    rows = []
    for value, z in zip(values, _columns_at(fit, term, values), strict=True):
        between = float(z @ fit.Psi @ z)
        rows.append(
            CorrelationAt(
                value=float(value),
                between_sd=float(np.sqrt(between)),
                icc=between / (between + fit.sigma**2),
            )
        )
    return tuple(rows)


def correlation_between(fit: Fit, term: str, values: Array) -> Array:
    """Correlations (k, k) of two measurements of a group at any two of the values, 1 on the diagonal.

    z_s'Ψz_t / √((z_s'Ψz_s + σ²)(z_t'Ψz_t + σ²)): what the model implies, residuals independent.
    """
    z = _columns_at(fit, term, values)
    shared = z @ fit.Psi @ z.T
    sd = np.sqrt(np.diag(shared) + fit.sigma**2)
    correlation = shared / np.outer(sd, sd)
    correlation[np.diag_indices(len(sd))] = 1.0
    return correlation


def _columns_at(fit: Fit, term: str, values: Array) -> Array:
    """The random columns (k, q) at values of the one covariate they have."""
    fit.only  # noqa: B018 (refuses several factors)
    others = set(fit.random_names) - {"Intercept", term}
    if others:
        raise ModelError(
            f"the random effects are of more than {term!r}: of {', '.join(sorted(others))} too",
            remedy=f"Ask it of a model with ({term} | group) and nothing more.",
        )
    values = np.asarray(values, float)
    return np.column_stack(
        [np.ones(len(values)) if name == "Intercept" else values for name in fit.random_names]
    )
