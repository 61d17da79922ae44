"""The engine asked for one evaluation, as no user can ask it."""

from __future__ import annotations

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.factors import factors_of, in_lme4s_order
from lmm.model.search.objective import OneFactor, SeveralFactors
from lmm.model.serial.criterion import change_in_rate
from lmm.model.serial.fitting import serial_objective
from lmm.model.serial.series import whiten
from lmm.model.several.blocks import crossed_statistics
from lmm.model.statistics import group_statistics
from lmm.model.units import internal_units


def objective_of(design, *, reml):
    """The criterion to be minimised (several factors: the design in lme4's order), its template and units."""
    template = CovarianceTemplate(sizes=tuple(block.Z.shape[1] for block in design.blocks))
    factors = factors_of(design)
    XY, Z, units = internal_units(design)
    if len(factors) > 1:
        statistics = crossed_statistics(XY, Z, factors, template.pairs)
        return SeveralFactors(statistics=statistics, reml=reml), template, units
    statistics = group_statistics(XY, Z, factors[0].grouping.codes, factors[0].m)
    return OneFactor(statistics=statistics, reml=reml), template, units


def criterion_of_engine(design, theta, *, reml):
    """What the engine makes of a user's theta, through its own units, with no search."""
    objective, template, units = objective_of(in_lme4s_order(design), reml=reml)
    T = np.linalg.solve(units.W_z, template.factor(theta))
    statistics = objective.statistics
    dof = statistics.n - statistics.p if reml else statistics.n
    return units.criterion_out(objective.derivatives(T).at.value, dof=dof, reml=reml)


def serial_parts(design, time, *, reml):
    """The objective with serial correlation, and what turns a user's theta and phi into the engine's."""
    objective, units = serial_objective(design, time, reml=reml)

    def T_of(theta):
        return np.linalg.solve(units.W_z, objective.template.factor(theta))

    return objective, units, T_of


def serial_criterion_of_engine(design, time, theta, phi, *, reml):
    """The criterion at a user's theta and phi, with its exact slope (see ``change_in_rate``), no search."""
    objective, units, T_of = serial_parts(design, time, reml=reml)
    white = whiten(objective.series, objective.rows, objective.series.rate(phi))
    at = objective.one_factor(objective.statistics(white.rows)).derivatives(T_of(theta)).at
    value = units.criterion_out(at.value + white.log_det, dof=objective.dof, reml=reml)
    return value, change_in_rate(objective, white, at, T_of(theta)).criterion
