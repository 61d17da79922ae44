"""Fixed effects with standard errors, degrees of freedom, t, p and intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from lmm.inference.fixed_effects.uncertainty import UNDETERMINED, uncertainty
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedEffect:
    """A coefficient: ``low`` to ``high`` is its t interval on ``dof`` degrees of freedom.

    ``se`` is what t and interval use; ``se_model`` is the root of the model's own (X'V⁻¹X)⁻¹, which lme4
    prints. They differ under Kenward–Roger only. Where the data do not tell a variance on which a
    coefficient's own depends, ``dof_method`` is "undetermined" and only the estimate is a number to use.
    """

    term: str
    estimate: float
    se: float
    se_model: float
    dof: float
    t: float
    p: float
    low: float
    high: float
    dof_method: str


def fixed_effects(
    fit: Fit | OrdinaryFit, *, confidence: float = 0.95, method: str = "auto"
) -> tuple[FixedEffect, ...]:
    """One row a coefficient; ordinary fits have residual degrees of freedom, mixed ones by ``method``.

    ``auto`` is Kenward–Roger for REML fits with one grouping factor of at most 10 000 groups, where it
    costs milliseconds, and Satterthwaite for all others (see ``uncertainty``, which names the rest).
    """
    model = np.sqrt(np.diag(fit.vcov))
    if isinstance(fit, Fit):
        found = uncertainty(fit, method)
        names, se, dofs = fit.outline.names, np.sqrt(np.diag(found.vcov)), found.dof
        untold = found.undetermined
        methods = [UNDETERMINED if j in untold else found.method for j in range(len(names))]
    else:
        names, se = fit.names, model
        dofs, methods = np.full(len(names), float(fit.dof_residual)), ["residual"] * len(names)
    rows = (
        coefficient(name, estimate, error, dof, method=method, confidence=confidence)
        for name, estimate, error, dof, method in zip(
            names, fit.beta, se, dofs, methods, strict=True
        )
    )
    return tuple(replace(row, se_model=float(own)) for row, own in zip(rows, model, strict=True))


def covariance(fit: Fit | OrdinaryFit, *, method: str = "auto") -> Array:
    """The covariance behind the rows' ``se``, (p, p)."""
    return uncertainty(fit, method).vcov if isinstance(fit, Fit) else fit.vcov


def coefficient(
    term: str, estimate: float, se: float, dof: float, *, method: str, confidence: float = 0.95
) -> FixedEffect:
    """The row of one estimate whose ``se`` is the model's: two-sided t test of zero and interval.

    Infinite degrees of freedom make it a z test.
    """
    t = estimate / se
    reach = t_quantile(confidence, dof) * se
    return FixedEffect(
        term=term,
        estimate=float(estimate),
        se=float(se),
        se_model=float(se),
        dof=float(dof),
        t=float(t),
        p=float(2.0 * stdtr(dof, -abs(t))),
        low=float(estimate - reach),
        high=float(estimate + reach),
        dof_method=method,
    )


def t_quantile(confidence: float, dof: float | Array):
    """How many standard errors an interval reaches to each side."""
    return stdtrit(dof, 0.5 + confidence / 2.0)


def group_intercepts(fit: OrdinaryFit, *, confidence: float = 0.95) -> tuple[FixedEffect, ...]:
    """The stratified model's intercepts, one row a group, named by its level."""
    if fit.grouping is None or fit.intercepts is None or fit.intercept_se is None:
        return ()
    return tuple(
        coefficient(level, value, se, fit.dof_residual, method="residual", confidence=confidence)
        for level, value, se in zip(
            fit.grouping.levels, fit.intercepts, fit.intercept_se, strict=True
        )
    )
