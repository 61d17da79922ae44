"""Every check of a fit, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lmm.diagnostics.attrition import attrition_check
from lmm.diagnostics.cells import cells_check, groups_check
from lmm.diagnostics.check import Check
from lmm.diagnostics.collinearity import collinearity_check
from lmm.diagnostics.convergence import boundary_check, convergence_check
from lmm.diagnostics.examination import Examination, examine
from lmm.diagnostics.influence import conclusions_check, influence_check
from lmm.diagnostics.linearity import linearity_check
from lmm.diagnostics.missing_codes import missing_codes_check
from lmm.diagnostics.normality import skewness_check, tails_check
from lmm.diagnostics.outliers import outliers_check
from lmm.diagnostics.remedies import Remedy, with_curve, without_groups, without_rows
from lmm.diagnostics.repeats import constants_check, repeats_check
from lmm.diagnostics.serial import serial_check
from lmm.diagnostics.spread import groups_spread_check, spread_check
from lmm.model.fit import Fit
from lmm.numerics import Array

# The ids of all checks, in the order of the page.
IDS = (
    "convergence",
    "boundary",
    "missing-codes",
    "repeats",
    "constants",
    "attrition",
    "groups",
    "cells",
    "collinearity",
    "linearity",
    "spread",
    "group-spread",
    "serial",
    "residual-skewness",
    "residual-tails",
    "effect-skewness",
    "effect-tails",
    "far-rows",
    "far-groups",
    "influence",
    "conclusions",
)


def all_checks(
    fit: Fit,
    table: pd.DataFrame | Mapping[str, Array],
    *,
    time: str | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    dof: Sequence[float] | None = None,
) -> tuple[Check, ...]:
    """Examine a fit and judge it: see ``examine`` for the arguments. Without a time, ``repeats`` is left out."""
    return checks_of(examine(fit, table, time=time, ranges=ranges, dof=dof))


def checks_of(found: Examination) -> tuple[Check, ...]:
    """The verdicts on what was measured, in the order of ``IDS``."""
    residual, fit = (found.residuals,), found.fit
    checks = (
        convergence_check(fit),
        boundary_check(fit),
        missing_codes_check(found.codes),
        *([repeats_check(found.repeats)] if found.repeats else []),
        constants_check(found.inconstant),
        attrition_check(found.attrition),
        groups_check(fit),
        cells_check(found.cells),
        collinearity_check(found.inflations),
        linearity_check(found.bends),
        spread_check(found.spreads),
        groups_spread_check(found.group_spread, fit.grouping.levels),
        serial_check(found.serial),
        skewness_check("residual-skewness", residual),
        tails_check("residual-tails", residual),
        skewness_check("effect-skewness", found.effects),
        tails_check("effect-tails", found.effects),
        outliers_check("far-rows", found.far_rows),
        outliers_check("far-groups", found.far_groups),
        influence_check(found.influence),
        conclusions_check(found.influence),
    )
    return tuple(sorted(checks, key=lambda check: IDS.index(check.id)))


def remedies_of(
    found: Examination, checks: Sequence[Check], *, dof: Sequence[float] | None = None
) -> tuple[Remedy, ...]:
    """What heeding the checks that are not fine would change, where one refit shows it.

    Rows or groups that are far out or influential left out, a bend allowed for. What missing codes change is in
    ``found.codes``.
    """
    fit, spoken = found.fit, {check.id: check for check in checks if check.verdict != "fine"}
    remedies: list[Remedy | None] = []
    if "linearity" in spoken:
        name = spoken["linearity"].where[0]
        remedies.append(with_curve(fit, name, found.numbers[name], check="linearity", dof=dof))
    if "far-rows" in spoken:
        far = found.far_rows
        remedies.append(without_rows(fit, far.places, check="far-rows", what=far.names, dof=dof))
    for id in ("far-groups", "influence"):
        if id in spoken:
            remedies.append(without_groups(fit, spoken[id].where, check=id, dof=dof))
    return tuple(remedy for remedy in remedies if remedy is not None)
