"""``Formula`` and table to ``Design``: y, X, the random blocks, and how new rows are encoded.

Equation: docs/mathematics.md (1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, ModelError
from lmm.model.columns import LARGEST, Encoding, encode, independent_columns
from lmm.model.formula import Bar, Formula
from lmm.model.grammar.terms import Term
from lmm.model.groups import Grouping, group_rows
from lmm.model.outline import BlockOutline, Outline
from lmm.model.table import Columns, complete_columns
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomBlock(BlockOutline):
    """A random term's columns Z (n, k) over one grouping factor; they are free to correlate."""

    Z: Array
    grouping: Grouping


@dataclass(frozen=True, slots=True, kw_only=True)
class Design(Outline):
    """What a fit needs of the data: y (n,), X (n, p) of full rank, the random blocks.

    ``rows`` (n,) are the positions used of the table given. ``weights`` (n,) are prior weights: a row's
    residual variance is sigma² divided by its weight.
    """

    y: Array
    X: Array
    blocks: tuple[RandomBlock, ...]
    rows: np.ndarray
    weights: Array | None = None

    @property
    def weighted(self) -> bool:
        """Whether rows have prior weights."""
        return self.weights is not None


def build_design(formula: Formula, table: pd.DataFrame | Mapping[str, Any]) -> Design:
    """Encode a table for a formula; rows with a missing value in any variable used are dropped.

    Raises ``DataError`` for columns that are absent or an outcome that is not numeric or constant,
    ``ModelError`` for groups that cannot carry their random effects.
    """
    columns = complete_columns(formula, table)
    y = _outcome(formula.response, columns)
    encoding, X = encode(formula.intercept, formula.terms, columns)
    read_only(X)
    made = {(formula.intercept, formula.terms): (encoding, X)}
    groupings: dict[tuple[str, ...], Grouping] = {}
    blocks = tuple(_block(bar, columns, made, groupings) for bar in formula.bars)
    kept = independent_columns(X)
    check_estimable(len(y), len(kept), blocks)
    return Design(
        formula=formula,
        y=read_only(y),
        X=X if len(kept) == X.shape[1] else read_only(np.asfortranarray(X[:, kept])),
        encoding=replace(encoding, kept=tuple(kept)),
        blocks=blocks,
        rows=read_only(columns.rows),
        rows_dropped=columns.dropped,
        columns_dropped=tuple(name for j, name in enumerate(encoding.names) if j not in set(kept)),
    )


def _outcome(name: str, columns: Columns) -> Array:
    column = columns[name]
    check_any_row(name, len(column))
    if column.dtype.kind not in "iuf":
        example = np.asarray(column)[0]
        raise DataError(
            f"the outcome {name!r} is not numeric: it holds, for example, {example!r}",
            remedy="A linear model needs a measured, numeric outcome.",
        )
    y = np.array(column, float)
    check_outcome(name, float(y.min()), float(y.max()))
    return y


def check_any_row(name: str, n: int) -> None:
    """Raise ``DataError`` where none of the rows is complete, the outcome's ``name`` in the message."""
    if n == 0:
        raise DataError(
            f"no row has all the values the formula needs ({name!r} and the rest)",
            where="formula",
            remedy="Leave out the column that is nearly always missing.",
        )


def check_outcome(name: str, low: float, high: float) -> None:
    """Raise ``DataError`` where the outcome's smallest and largest value are not finite, or one number."""
    if not -LARGEST < low <= high < LARGEST:
        raise DataError(
            f"the outcome {name!r} has values that are not finite, or beyond {LARGEST:g}",
            remedy="Correct them, or leave them missing.",
        )
    if low == high:
        raise DataError(
            f"the outcome {name!r} is constant ({low:g} in every row): it has no variation to explain",
            remedy="Is it the right column?",
        )


def _block(
    bar: Bar,
    columns: Columns,
    made: dict[tuple[bool, tuple[Term, ...]], tuple[Encoding, Array]],
    groupings: dict[tuple[str, ...], Grouping],
) -> RandomBlock:
    """The block of a bar; what was made for the same terms or the same group before is shared."""
    terms = (bar.intercept, bar.terms)
    if terms not in made:
        made[terms] = encode(*terms, columns)
    if bar.group not in groupings:
        groupings[bar.group] = group_rows(bar.group, columns)
    encoding, Z = made[terms]
    return RandomBlock(bar=bar, encoding=encoding, Z=read_only(Z), grouping=groupings[bar.group])


def check_estimable(n: int, p: int, blocks: tuple[BlockOutline, ...]) -> None:
    """Raise ``ModelError`` where n rows cannot carry p fixed effects and the blocks' random effects."""
    if n <= p:
        raise ModelError(
            f"{n} rows cannot determine {p} fixed effects and a residual",
            remedy="Use fewer terms, or more data.",
        )
    for block in blocks:
        name, m, k = block.grouping.name, block.grouping.m, len(block.names)
        if m < 2:
            raise ModelError(
                f"the group column {name!r} has one level only: at least 2 groups are needed",
                remedy="The spread between groups cannot be estimated from one group.",
            )
        if m * k >= n and n == m:
            raise ModelError(
                f"every level of {name!r} has one observation per group ({m} groups, {n} rows)",
                remedy="The spread between groups cannot be told from the residual; "
                "repeated measurements per group are needed.",
            )
        if m * k >= n and k > 1:
            raise ModelError(
                f"{n} rows cannot carry {k} random effects for each of {m} levels of {name!r}",
                remedy="Use fewer random terms: the residual would not be determined.",
            )
