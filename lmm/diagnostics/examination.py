"""Everything that is looked at in a fit, measured once: the values behind checks, figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lmm.diagnostics.attrition import Attrition, attrition
from lmm.diagnostics.calibration import Calibration, calibration
from lmm.diagnostics.cells import Cell, cells
from lmm.diagnostics.collinearity import Inflation, inflations
from lmm.diagnostics.influence import Influence, influence
from lmm.diagnostics.linearity import Bend, bends
from lmm.diagnostics.missing_codes import MissingCodes, missing_codes
from lmm.diagnostics.normality import Shape, effect_shapes, residual_shape
from lmm.diagnostics.outliers import FarOut, far_groups, far_rows
from lmm.diagnostics.projection import Projection, projection
from lmm.diagnostics.repeats import Inconstant, Repeats, inconstant, repeats
from lmm.diagnostics.serial import SerialCorrelation, serial_correlation
from lmm.diagnostics.several_influence import several_influence
from lmm.diagnostics.several_projection import several_projection
from lmm.diagnostics.spread import SpreadAlong, SpreadOfGroups, spread_along, spread_of_groups
from lmm.model.fit import Fit
from lmm.model.groups import Grouping
from lmm.numerics import Array

# What the fitted values are called among the variables along which the spread is judged.
FITTED = "fitted values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was measured of a ``fit``. Without a time there are no ``repeats`` and no ``serial`` correlation."""

    fit: Fit
    projection: Projection
    numbers: Mapping[str, Array]
    codes: MissingCodes | None
    repeats: Repeats | None
    inconstant: tuple[Inconstant, ...]
    attrition: Attrition | None
    cells: tuple[Cell, ...]
    inflations: tuple[Inflation, ...]
    bends: tuple[Bend, ...]
    spreads: tuple[SpreadAlong, ...]
    group_spread: SpreadOfGroups
    residuals: Shape
    effects: tuple[Shape, ...]
    serial: SerialCorrelation | None
    calibration: Calibration
    far_rows: FarOut
    far_groups: FarOut
    influence: Influence


def examine(
    fit: Fit,
    table: pd.DataFrame | Mapping[str, Array],
    *,
    time: str | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    dof: Sequence[float] | None = None,
) -> Examination:
    """Measure everything of a fit and the table it was made from; ``time`` names the column that orders the rows.

    ``ranges`` gives columns' least and greatest possible values, ``dof`` (p,) the coefficients' degrees of freedom.
    Of several grouping factors the one that the fit speaks of is looked at: raises ``ModelError`` without one.
    """
    several = several_projection(fit) if len(fit.factors) > 1 else None
    P = several or projection(fit)
    numbers = numeric_variables(fit, table, time)
    at = numbers.get(time) if time is not None else None
    y = fit.design.y
    return Examination(
        fit=fit,
        projection=P,
        numbers=numbers,
        codes=missing_codes(fit, table, ranges=ranges),
        repeats=None if at is None else repeats(_cells(fit), at, y),
        inconstant=inconstant(fit.grouping, {n: x for n, x in numbers.items() if n != time}),
        attrition=attrition(P),
        cells=cells(fit),
        inflations=inflations(fit),
        bends=bends(P, numbers),
        spreads=spread_along(P, {FITTED: fit.fitted_values, **numbers}),
        group_spread=spread_of_groups(P),
        residuals=residual_shape(P),
        effects=effect_shapes(fit, P),
        serial=None if at is None else serial_correlation(P, time=at),
        calibration=calibration(P, time=at),
        far_rows=far_rows(fit, P),
        far_groups=far_groups(fit, P),
        influence=several_influence(fit, several, dof=dof) if several else influence(fit, dof=dof),
    )


def _cells(fit: Fit) -> Grouping:
    """Where a time comes once: in each group, met with each level of the further factors."""
    further = [f.grouping for k, f in enumerate(fit.factors) if k != fit.place]
    found = fit.grouping
    for each in further:
        pairs = found.codes.astype(np.int64) * each.m + each.codes
        seen, codes = np.unique(pairs, return_inverse=True)
        labels = [found.levels[pair // each.m] for pair in seen]
        found = Grouping(name=found.name, codes=codes, labels=labels)
    return found


def numeric_variables(
    fit: Fit, table: pd.DataFrame | Mapping[str, Array], time: str | None
) -> dict[str, Array]:
    """The numeric columns that the model explains by, and time, on the rows used; those not missing there."""
    formula = fit.design.formula
    grouping = {name for bar in formula.bars for name in bar.group}
    names = [] if time is None else [time]
    names += [name for name in formula.variables if name not in {formula.response, *grouping}]
    found = {}
    for name in dict.fromkeys(names):
        column = np.asarray(table[name])[fit.design.rows]
        if column.dtype.kind in "iuf" and np.isfinite(column).all():
            found[name] = column.astype(float)
    return found
