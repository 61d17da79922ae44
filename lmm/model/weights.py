"""Prior weights: a row's residual variance is sigma²/w, as in lme4 and in weighted least squares.

Rows times the root of their weight have equal residual variances; the density of y itself then gains
Σ log w (Bates, Mächler, Bolker and Walker 2015, J. Stat. Softw. 67(1), section 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError, choice_of
from lmm.model.columns import LARGEST
from lmm.model.design import Design, build_design
from lmm.model.formula import Formula
from lmm.numerics import Array, read_only

Weights = str | Sequence[float] | np.ndarray | pd.Series


def weighted_design(
    formula: Formula, table: pd.DataFrame | Mapping[str, Any], weights: Weights | None
) -> Design:
    """The design with the weights of its rows: a column's name, or one number a row of the table, in order.

    Rows without a weight are dropped and counted. Raises ``DataError`` where a weight is not a positive,
    finite number, or where there are not as many as rows.
    """
    if weights is None:
        return build_design(formula, table)
    frame: pd.DataFrame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(dict(table))
    values, name = _values(weights, frame)
    rows = np.flatnonzero(~np.isnan(values))
    design = build_design(formula, frame if len(rows) == len(values) else frame.iloc[rows])
    used = rows[design.rows]
    _check(values[used], name, used)
    return replace(
        design,
        rows=read_only(used),
        rows_dropped=len(values) - len(used),
        weights=read_only(values[used]),
    )


def refuse_weights(design: Design, what: str) -> None:
    """Raise ``ModelError`` where ``what`` would ignore a design's weights."""
    if design.weights is not None:
        raise ModelError(
            f"{what} is not offered for a model with prior weights",
            remedy="Fit the model without weights for it.",
        )


def _values(weights: Weights, frame: pd.DataFrame) -> tuple[Array, str]:
    if isinstance(weights, str):
        if weights not in frame:
            raise DataError(
                f"the column of weights {weights!r} is not in the table",
                remedy=choice_of(weights, map(str, frame), are="columns"),
            )
        name, column = f"the column of weights {weights!r}", frame[weights]
    else:
        name, column = "the weights", pd.Series(np.asarray(weights).ravel())
    if len(column) != len(frame):
        raise DataError(
            f"there are {len(column)} weights for {len(frame)} rows",
            remedy="Give one weight a row of the table, in its order; rows without one may hold a missing value.",
        )
    if column.dtype.kind not in "iuf":
        example = column.dropna().iloc[0] if column.notna().any() else None
        raise DataError(
            f"{name} must hold numbers, and not {example!r}",
            remedy="Give one positive number a row.",
        )
    return column.to_numpy(float, na_value=np.nan), name


def _check(values: Array, name: str, rows: np.ndarray) -> None:
    bad = np.flatnonzero(~((values > 1.0 / LARGEST) & (values < LARGEST)))
    if bad.size:
        raise DataError(
            f"{name}: {values[bad[0]]:g} (row {int(rows[bad[0]]) + 1} of the table; {bad.size} in all) "
            "is not a positive, finite number",
            remedy="A weight of zero means a row that says nothing: leave the row out, or its weight missing.",
        )
