"""Outcomes that leave nothing to be estimated: the fixed effects, or the groups with them, reproduce them exactly."""

from __future__ import annotations

import numpy as np

from lmm.errors import ModelError
from lmm.model.design import Design
from lmm.model.formula import Formula
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import cross_of_data
from lmm.model.several.crossproducts import mirror_lower
from lmm.model.several.schur import factorise
from lmm.model.statistics import GroupStatistics
from lmm.model.units import Units
from lmm.numerics import Array

_EXACT = 1e-14
_RIDGE = 1e-9


def largest_outcome(design: Design) -> float:
    """The largest outcome, sign aside; with weights, of the weighted ones."""
    given = design.y if design.weights is None else np.sqrt(design.weights) * design.y
    return max(float(given.max()), -float(given.min()))


def check_outcome_left(
    formula: Formula, largest: float, statistics: GroupStatistics, units: Units
) -> None:
    """Raise ``ModelError`` where what the regression left of y, ``largest`` as it is, is rounding."""
    squares = statistics.S[-1, -1] + np.sum(statistics.H[:, -1] ** 2)
    if units.y_scale * np.sqrt(squares / statistics.n) <= _EXACT * largest:
        raise ModelError(
            f"the fixed effects reproduce the outcome {formula.response!r} exactly",
            where="formula",
            remedy="Is the outcome, or a copy of it, among the terms?",
        )


def check_residual(statistics: GroupStatistics) -> None:
    """Where groups and fixed effects explain all and rows are left over, sigma² would be zero."""
    p = statistics.p
    if statistics.n <= statistics.m * statistics.q + p:
        return
    S, total = statistics.S, statistics.S[p, p] + np.sum(statistics.H[:, p] ** 2)
    explained = 0.0
    if S[:p, p].any():
        explained = S[:p, p] @ np.linalg.lstsq(S[:p, :p], S[:p, p], rcond=1e-12)[0]
    if S[p, p] - explained <= _EXACT * total:
        raise _no_residual()


def check_residual_of_several(statistics: CrossedStatistics) -> None:
    """The same with several factors; random effects of a huge variance say where to look closely."""
    own, p = statistics.own, statistics.p
    if own.n <= sum(factor.size for factor in statistics.factors) + p:
        return
    total = own.S[p, p] + np.sum(own.H[:, p] ** 2)
    q = sum(factor.q for factor in statistics.factors)
    cross = cross_of_data(factorise(statistics, np.sqrt(1.0 / _RIDGE) * np.eye(q)))
    near = cross[:p, p] @ np.linalg.lstsq(cross[:p, :p], cross[:p, p], rcond=1e-12)[0]
    if cross[p, p] - near > 1e3 * _RIDGE * total:
        return
    M = _normal_equations(statistics)
    on_y = np.append(statistics.S_XY[:, p], own.S[:p, p])
    explained = on_y @ np.linalg.lstsq(M, on_y, rcond=1e-12)[0]
    if own.S[p, p] - explained <= _EXACT * total:
        raise _no_residual()


def _normal_equations(statistics: CrossedStatistics) -> Array:
    """[Z₂ X]'[Z₂ X] of what the eliminated factor leaves, (q₂+p, q₂+p)."""
    own, p = statistics.own, statistics.p
    all_of_it = np.broadcast_to(np.eye(own.q)[:, :, None], (own.q, own.q, own.m))
    left = statistics.ZZ.toarray() - mirror_lower(statistics.H.spread(all_of_it))
    on_X = statistics.S_XY[:, :p]
    return np.block([[left, on_X], [on_X.T, own.S[:p, :p]]])


def _no_residual() -> ModelError:
    return ModelError(
        "the groups and the fixed effects reproduce the outcome exactly: no residual is left",
        where="formula",
        remedy="Use fewer random terms, or an outcome that varies within the groups.",
    )
