"""One rung of the ladder of structures: a model's criteria, and the coefficient that is followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.fixed_effects.coefficients import FixedEffect, fixed_effects
from lmm.inference.structures.serial import serial_fixed_effects
from lmm.inference.variance_tests.comparison import information_criteria
from lmm.model.fit import Fit, refit
from lmm.model.ordinary import OrdinaryFit
from lmm.model.serial.fit import SerialFit
from lmm.model.serial.fitting import refit_serial

AnyFit = Fit | OrdinaryFit | SerialFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A model: criteria of its ML fit, ``reml_log_likelihood`` beside them, and the ``term`` by REML.

    ``bic`` and ``aicc`` (Hurvich and Tsai 1989; ``None`` where not defined) count rows; ``phi`` is by REML.
    """

    model: str
    parameters: int
    log_likelihood: float
    reml_log_likelihood: float | None
    aic: float
    aicc: float | None
    bic: float
    on_boundary: bool
    converged: bool
    phi: float | None
    term: str
    estimate: float | None
    se: float | None
    dof: float | None


def by_ml(fit: AnyFit) -> AnyFit:
    """The same model by maximum likelihood."""
    if isinstance(fit, Fit):
        return refit(fit, reml=False)
    return refit_serial(fit, reml=False) if isinstance(fit, SerialFit) else fit


def rung(name: str, fit: AnyFit, ml: AnyFit, term: str) -> Rung:
    """The row of one model from its REML (or ordinary) fit and its fit by maximum likelihood."""
    criteria = information_criteria(name, ml)
    n, k = ml.n, criteria.parameters
    row = next((row for row in _coefficients(fit) if row.term == term), None)
    reml = reml_criterion(fit)
    ordinary = isinstance(fit, OrdinaryFit)
    return Rung(
        model=name,
        parameters=k,
        log_likelihood=criteria.log_likelihood,
        reml_log_likelihood=None if reml is None else -0.5 * reml,
        aic=criteria.aic,
        aicc=criteria.aic + 2.0 * k * (k + 1) / (n - k - 1) if n > k + 1 else None,
        bic=criteria.bic,
        on_boundary=on_boundary(ml),
        converged=ordinary or (fit.converged and not isinstance(ml, OrdinaryFit) and ml.converged),
        phi=fit.phi if isinstance(fit, SerialFit) else None,
        term=term,
        estimate=row.estimate if row else None,
        se=row.se if row else None,
        dof=row.dof if row else None,
    )


def on_boundary(fit: AnyFit) -> bool:
    """Whether a variance, a combination of random effects, or phi is estimated as zero."""
    if isinstance(fit, OrdinaryFit):
        return False
    return fit.singular or (isinstance(fit, SerialFit) and fit.uncorrelated)


def reml_criterion(fit: AnyFit) -> float | None:
    """The restricted criterion on the scale of the mixed fits; a pooled fit has one too, a stratified other X."""
    if not isinstance(fit, OrdinaryFit):
        return fit.criterion
    if fit.grouping is not None:
        return None
    log_det = -float(np.linalg.slogdet(fit.vcov / fit.sigma**2)[1])
    return fit.dof_residual * (1.0 + np.log(2.0 * np.pi * fit.sigma**2)) + log_det


def _coefficients(fit: AnyFit) -> tuple[FixedEffect, ...]:
    """By Satterthwaite throughout, for there is no Kenward–Roger with serial correlation to compare with."""
    if isinstance(fit, SerialFit):
        return serial_fixed_effects(fit)
    return fixed_effects(fit, method="satterthwaite")
