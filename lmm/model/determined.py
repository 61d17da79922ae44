"""Outcomes that leave nothing to be estimated: the fixed effects, or the groups with them, reproduce them exactly."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve

from lmm.errors import ModelError
from lmm.model.blocks import CrossedStatistics
from lmm.model.design import Design
from lmm.model.statistics import GroupStatistics

_EXACT = 1e-14
_RIDGE = 1e-9


def check_outcome_left(design: Design, statistics: GroupStatistics, *, y_scale: float) -> None:
    """Raise ``ModelError`` where what the regression left of y is rounding."""
    squares = statistics.S[-1, -1] + np.sum(statistics.H[:, -1] ** 2)
    largest = max(float(design.y.max()), -float(design.y.min()))
    if y_scale * np.sqrt(squares / statistics.n) <= _EXACT * largest:
        raise ModelError(
            f"the fixed effects reproduce the outcome {design.formula.response!r} exactly",
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
    """The same with several factors; a cheap ridge regression says where to look closely."""
    own, p = statistics.own, statistics.p
    if own.n <= sum(factor.size for factor in statistics.factors) + p:
        return
    total = own.S[p, p] + np.sum(own.H[:, p] ** 2)
    columns = statistics.S_XY.shape[0] + p
    M = np.empty((columns, columns))
    M[: -p or None, : -p or None] = statistics.S.toarray()
    M[columns - p :, : columns - p] = statistics.S_XY[:, :p].T
    M[: columns - p, columns - p :] = statistics.S_XY[:, :p]
    M[columns - p :, columns - p :] = own.S[:p, :p]
    on_y = np.append(statistics.S_XY[:, p], own.S[:p, p])
    ridge = M.copy()
    ridge[np.diag_indices(columns)] += _RIDGE * own.n
    near = solve(ridge, on_y, assume_a="pos", overwrite_a=True)
    if own.S[p, p] - on_y @ near > 1e3 * _RIDGE * total:
        return
    explained = on_y @ np.linalg.lstsq(M, on_y, rcond=1e-12)[0]
    if own.S[p, p] - explained <= _EXACT * total:
        raise _no_residual()


def _no_residual() -> ModelError:
    return ModelError(
        "the groups and the fixed effects reproduce the outcome exactly: no residual is left",
        where="formula",
        remedy="Use fewer random terms, or an outcome that varies within the groups.",
    )
