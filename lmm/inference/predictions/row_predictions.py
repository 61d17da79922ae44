"""Each row of a table predicted from a fit, with intervals, by all that is known of the row's group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError
from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.inference.fixed_effects.uncertainty import uncertainty_of
from lmm.inference.predictions.knowledge import Knowledge, of_group, of_new_group
from lmm.inference.predictions.lines import Line
from lmm.inference.predictions.new_rows import check_level, frame_with
from lmm.inference.predictions.shared import Shared, shared_by_groups
from lmm.model.fit import Fit
from lmm.model.groups import group_rows
from lmm.numerics import Array

Kind = Literal["population", "known group", "measured group", "new group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPrediction:
    """A row's expected outcome, its ``value`` with ``se`` and interval, and the range of one measurement.

    ``kind`` says whose mean it is: the ``population``'s; that of a ``known group``, which the fit has used;
    of a ``measured group``, new but with outcomes in the table; or of a ``new group``, of which nothing is
    known: its value is the population's, its interval holds groups' means. ``measurements`` of the group
    stand behind it.
    """

    kind: Kind
    measurements: int
    value: float
    se: float
    low: float
    high: float
    observation_low: float
    observation_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows in the fit's columns: X (k, p), Z (k, q), y (k,) not-a-number where not measured, labels."""

    X: Array
    Z: Array
    y: Array
    labels: list[str | None]


def predict_table(
    fit: Fit,
    table: pd.DataFrame | Mapping[str, Any],
    *,
    level: str = "group",
    confidence: float = 0.95,
) -> tuple[RowPrediction, ...]:
    """One prediction a row, in order; the outcome's column may be absent, and at ``population`` the group's.

    Outcomes of known groups are not used: the fit has them, or should be made anew. Rows without a label
    are new groups, each on its own. Raises ``ModelError`` for another level, absent columns and, at ``group``,
    several grouping factors; ``DataError`` for outcomes that are not finite numbers.
    """
    check_level(level)
    rows = _rows(fit, table, level=level)
    shared = shared_by_groups(fit)
    found: list[RowPrediction | None] = [None] * len(rows.y)
    for known, kind, places in _known_of_all(shared, rows, level=level):
        line = known.line(rows.X[places], rows.Z[places])
        sd, reach = line.sd, line.reach(confidence)
        if kind == "population":
            sd, dof = _of_the_mean(fit, rows.X)
            reach = t_quantile(confidence, dof) * sd
        made = _intervals(line, sd, reach, line.observation_reach(confidence))
        for place, numbers in zip(places, made, strict=True):
            found[place] = RowPrediction(kind=kind, measurements=known.measurements, **numbers)
    return tuple(row for row in found if row is not None)


def _known_of_all(
    shared: Shared, rows: _Rows, *, level: str
) -> Iterator[tuple[Knowledge, Kind, np.ndarray]]:
    """What is known of each group with the places of its rows; all of whom nothing is known come last."""
    new = of_new_group(shared)
    left = np.ones(len(rows.y), bool)
    levels = {label: i for i, label in enumerate(shared.fit.grouping.levels)}
    numbers = np.column_stack([rows.X, rows.Z, rows.y])
    usable = np.asarray(np.isfinite(numbers).all(axis=1))
    for label, places in _groups(rows.labels).items():
        measured = places[usable[places]]
        if label in levels:
            yield of_group(shared, levels[label]), "known group", places
        elif measured.size:
            known = new.after(rows.X[measured], rows.Z[measured], rows.y[measured])
            yield known, "measured group", places
        else:
            continue
        left[places] = False
    yield new, "population" if level == "population" else "new group", np.flatnonzero(left)


def _of_the_mean(fit: Fit, X: Array) -> tuple[Array, Array]:
    """Standard error and degrees of freedom of the population's mean, equal rows once, (n,) each."""
    distinct, back = np.unique(X, axis=0, return_inverse=True)
    variances, dof = uncertainty_of(fit, distinct)
    return np.sqrt(variances)[back.ravel()], dof[back.ravel()]


def _intervals(line: Line, sd: Array, reach: Array, wide: Array) -> list[dict[str, float]]:
    columns = {
        "value": line.value,
        "se": sd,
        "low": line.value - reach,
        "high": line.value + reach,
        "observation_low": line.value - wide,
        "observation_high": line.value + wide,
    }
    return [
        dict(zip(columns, map(float, numbers), strict=True))
        for numbers in zip(*columns.values(), strict=True)
    ]


def _rows(fit: Fit, table: pd.DataFrame | Mapping[str, Any], *, level: str) -> _Rows:
    formula = fit.design.formula
    if level == "group" and len(fit.factors) > 1:
        raise ModelError(
            "groups are predicted for one grouping factor only; the model has several",
            remedy="Ask for the level of the population.",
        )
    names = {name for bar in formula.bars for name in bar.group}
    needed = (name for name in formula.variables[1:] if level == "group" or name not in names)
    frame = frame_with(needed, table)
    measured = level == "group" and formula.response in frame
    return _Rows(
        X=fit.design.encoding.matrix(frame),
        Z=np.column_stack([block.encoding.matrix(frame) for block in fit.design.blocks]),
        y=_outcomes(frame[formula.response]) if measured else np.full(len(frame), np.nan),
        labels=(
            row_labels(formula.bars[0].group, frame) if level == "group" else [None] * len(frame)
        ),
    )


def _outcomes(column: pd.Series) -> Array:
    """The outcomes of the new rows, NaN where not measured."""
    remedy = "Give finite numbers, nothing where it was not measured, or leave the column out."
    if column.dtype.kind not in "iuf" and column.notna().any():
        raise DataError(
            f"the outcome {column.name!r} of the new rows must hold numbers", remedy=remedy
        )
    y = column.to_numpy(float, na_value=np.nan)
    if np.isinf(y).any():
        raise DataError(f"the outcome {column.name!r} of the new rows is not finite", remedy=remedy)
    return y


def row_labels(names: tuple[str, ...], frame: pd.DataFrame) -> list[str | None]:
    """Each row's group, spelled as the fit's levels are; ``None`` where a label is missing."""
    labels: list[str | None] = [None] * len(frame)
    labelled = np.flatnonzero(frame[list(names)].notna().all(axis=1).to_numpy())
    if labelled.size:
        grouping = group_rows(names, frame.iloc[labelled])
        for place, code in zip(labelled, grouping.codes, strict=True):
            labels[place] = grouping.levels[code]
    return labels


def _groups(labels: list[str | None]) -> dict[str, np.ndarray]:
    """The rows of each label."""
    places: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        if label is not None:
            places.setdefault(label, []).append(row)
    return {label: np.array(rows) for label, rows in places.items()}
