"""``Design`` and times to ``SerialFit``: a mixed model whose residuals within a group are correlated over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError, choice_of
from lmm.model.covariance import CovarianceTemplate
from lmm.model.design import Design, build_design
from lmm.model.determined import check_outcome_left, check_residual, largest_outcome
from lmm.model.factors import Factor, factors_of
from lmm.model.fitted import in_users_units
from lmm.model.formula import Formula, parse_formula
from lmm.model.serial.criterion import SerialObjective
from lmm.model.serial.fit import SerialFit
from lmm.model.serial.search import minimise_over_phi
from lmm.model.serial.series import series_of
from lmm.model.units import Units, internal_units
from lmm.numerics import read_only


def fit_serial(
    formula: str | Formula,
    table: pd.DataFrame | Mapping[str, Any],
    *,
    time: str,
    reml: bool = True,
) -> SerialFit:
    """Fit a mixed model with one grouping factor and CAR(1) residuals in the column ``time``.

    Raises ``LmmError`` where the request cannot be met: times missing or repeated within a group, say.
    """
    if isinstance(formula, str):
        formula = parse_formula(formula)
    design = build_design(formula, table)
    return fit_serial_design(design, time_of(design, table, time), reml=reml)


def time_of(design: Design, table: pd.DataFrame | Mapping[str, Any], time: str) -> pd.Series:
    """The time of every row of a design. Raises ``DataError`` where the table lacks the column."""
    if time not in table:
        raise DataError(
            f"the time column {time!r} is not in the table",
            remedy=choice_of(time, map(str, table), are="columns"),
        )
    column = pd.Series(table[time]).reset_index(drop=True)
    return column.iloc[design.rows].rename(time)


def fit_serial_design(design: Design, time: pd.Series, *, reml: bool = True) -> SerialFit:
    """Fit the model of a design with ``time`` (n,). Raises ``ModelError`` for several grouping factors."""
    objective, units = serial_objective(design, time, reml=reml)
    statistics = objective.statistics(objective.rows)
    check_outcome_left(design.formula, largest_outcome(design), statistics, units)
    check_residual(statistics)
    return _minimised(design, units, objective)


def serial_objective(
    design: Design, time: pd.Series, *, reml: bool
) -> tuple[SerialObjective, Units]:
    """The criterion of a design with serial correlation in internal units, and the way back.

    Columns are centred and scaled first: once whitened, an intercept is not constant.
    """
    factor = _one_factor(design)
    series = series_of(factor.grouping, time)
    if series.one_lag and any(block.encoding.intercept for block in design.blocks):
        raise ModelError(
            f"no level of {factor.grouping.name!r} has more than two measurements, always equally far apart: "
            "serial correlation cannot be told from a random intercept",
            remedy="Fit the model with one of the two.",
        )
    XY, Z, units = internal_units(design)
    objective = SerialObjective(
        series=series,
        rows=read_only(np.column_stack([XY, Z])[series.order]),
        codes=read_only(factor.grouping.codes[series.order]),
        m=factor.m,
        p=design.X.shape[1],
        template=CovarianceTemplate(sizes=tuple(block.Z.shape[1] for block in design.blocks)),
        reml=reml,
    )
    return objective, units


def refit_serial(fit: SerialFit, *, reml: bool) -> SerialFit:
    """The same design and times fitted by the other criterion."""
    return _minimised(fit.design, fit.given_phi.units, replace(fit.objective, reml=reml))


def _minimised(design: Design, units: Units, objective: SerialObjective) -> SerialFit:
    place, visited = minimise_over_phi(objective)
    return SerialFit(
        given_phi=in_users_units(
            design,
            sufficient=place.statistics,
            units=units,
            optimum=place.optimum,
            reml=objective.reml,
        ),
        objective=objective,
        rate=place.rate,
        phi=objective.series.phi(place.rate),
        log_det=place.log_det,
        slope=place.slope,
        places=visited,
    )


def _one_factor(design: Design) -> Factor:
    factors = factors_of(design)
    if len(factors) == 1:
        return factors[0]
    names = ", ".join(factor.grouping.name for factor in factors)
    raise ModelError(
        f"serial correlation is offered for one grouping factor; the model has several ({names})",
        remedy="Fit a model with one grouping factor for it.",
    )
