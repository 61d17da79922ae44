"""Fixed effects with standard errors, degrees of freedom, t, p and intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from lmm.inference.satterthwaite import satterthwaite_dof
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedEffect:
    """A coefficient: ``low`` to ``high`` is its t interval on ``dof`` degrees of freedom."""

    term: str
    estimate: float
    se: float
    dof: float
    t: float
    p: float
    low: float
    high: float
    dof_method: str


def fixed_effects(fit: Fit | OrdinaryFit, *, confidence: float = 0.95) -> tuple[FixedEffect, ...]:
    """One row a coefficient; degrees of freedom by Satterthwaite for mixed fits, else residual ones."""
    if isinstance(fit, Fit):
        names, dofs, method = fit.design.names, satterthwaite_dof(fit), "Satterthwaite"
    else:
        names, method = fit.names, "residual"
        dofs = np.full(len(names), float(fit.dof_residual))
    se = np.sqrt(np.diag(fit.vcov))
    return tuple(
        coefficient(name, estimate, error, dof, method=method, confidence=confidence)
        for name, estimate, error, dof in zip(names, fit.beta, se, dofs, strict=True)
    )


def coefficient(
    term: str, estimate: float, se: float, dof: float, *, method: str, confidence: float = 0.95
) -> FixedEffect:
    """The row of one estimate: two-sided t test of zero and interval."""
    t = estimate / se
    reach = t_quantile(confidence, dof) * se
    return FixedEffect(
        term=term,
        estimate=float(estimate),
        se=float(se),
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
