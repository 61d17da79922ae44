"""Models of rows that are read and let go: two passes over them, then statistics alone.

What is gathered for one formula serves every model whose columns are among its columns: it is reduced
again, from a few rows a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.model.design import check_any_row, check_estimable, check_outcome
from lmm.model.determined import check_outcome_left, check_residual
from lmm.model.fit import fit_statistics
from lmm.model.fitted import Fit
from lmm.model.formula import Formula
from lmm.model.groups import Levels
from lmm.model.streams.gathering import Gathering, empty_gathering
from lmm.model.streams.making import Making, first_change, held_because, making_of
from lmm.model.streams.settling import settled
from lmm.model.streams.survey import Batches, Survey, survey
from lmm.model.units import Units
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """What is kept of ``rows`` rows: the statistics ``gathered`` in ``units``, how columns are ``made``."""

    made: Making
    seen: Survey
    gathered: Gathering
    units: Units
    rows: int

    @property
    def bytes(self) -> int:
        """The size of the statistics."""
        return self.gathered.R.nbytes + self.gathered.H.nbytes + self.gathered.sizes.nbytes


def gather(formula: Formula, batches: Batches) -> Streamed:
    """Read the rows twice, a batch at a time, and keep the sufficient statistics.

    Memory is that of a batch and of q² + q(p + 1) + 1 numbers a group, whatever the number of rows.
    Raises ``ModelError`` or ``DataError`` as ``build_design`` does, and for a formula that needs all rows at
    once (``held_because``).
    """
    refuse_held(formula)
    seen = survey(formula.response, batches)
    check_any_row(formula.response, seen.n)
    check_outcome(formula.response, seen.low, seen.high)
    group = formula.bars[0].group[0]
    made = making_of(formula, seen, Levels(name=group, labels=batches.labels[group]))
    change = first_change(made.design(seen.sample))
    gathered = empty_gathering(m=made.levels.m, q=len(change.units.W_z), p=len(change.centred))
    for frame in batches.frames():
        if len(frame):
            design = made.design(frame)
            gathered.add(*change.columns(design), design.blocks[0].grouping.codes)
    return Streamed(made=made, seen=seen, gathered=gathered, units=change.units, rows=batches.rows)


def fit_streamed(streamed: Streamed, formula: Formula | None = None, *, reml: bool = True) -> Fit:
    """The model of the formula gathered for, or of one whose columns are among its, without a look at the rows.

    The rows are those complete for the formula gathered for. Raises ``ModelError`` as ``fit_design`` does, and
    for a formula that needs more than was gathered.
    """
    if formula is not None and formula != streamed.made.formula:
        streamed = _narrowed(streamed, formula)
    seen, made = streamed.seen, streamed.made
    statistics, units, kept = settled(streamed.gathered, streamed.units)
    present = np.flatnonzero(streamed.gathered.sizes)
    outline = made.outline(kept, present, dropped=streamed.rows - seen.n)
    check_estimable(seen.n, len(kept), outline.blocks)
    check_outcome_left(made.formula, max(seen.high, -seen.low), statistics, units)
    check_residual(statistics)
    return fit_statistics(outline, statistics, units, reml=reml)


def _narrowed(streamed: Streamed, formula: Formula) -> Streamed:
    """The statistics of fewer columns: those gathered stand for the rows, q of them a group."""
    refuse_held(formula)
    made, gathered, units = streamed.made, streamed.gathered, streamed.units
    _check_same_variables(formula, made.formula)
    few = making_of(formula, streamed.seen, made.levels)
    change = first_change(few.design(streamed.seen.sample))
    own = [name for encoding in made.own for name in encoding.names]
    own_few = [name for encoding in few.own for name in encoding.names]
    X = _among(few.encoding.names, made.encoding.names, units.W_x, change.units.W_x)
    Z = _among(own_few, own, units.W_z, change.units.W_z)
    XY = np.zeros((len(X) + 1, X.shape[1] + 1))
    XY[:-1, :-1], XY[-1, -1] = X, units.y_scale / change.units.y_scale
    fewer = empty_gathering(m=made.levels.m, q=Z.shape[1], p=X.shape[1])
    R = np.stack([Z.T @ rows for rows in gathered.R])
    H = np.stack([XY.T @ rows for rows in gathered.H])
    fewer.add_factors(R, H, gathered.sizes)
    fewer.add_rest(gathered.root @ XY)
    return Streamed(
        made=few, seen=streamed.seen, gathered=fewer, units=change.units, rows=streamed.rows
    )


def _among(few: Sequence[str], names: Sequence[str], W: Array, W_few: Array) -> Array:
    """What turns columns ``names`` in units W into the ``few`` of them in units W_few, (names, few)."""
    _check_gathered(few, names)
    chosen = np.zeros((len(names), len(few)))
    chosen[[names.index(name) for name in few], range(len(few))] = 1.0
    return np.asarray(np.linalg.solve(W, chosen @ W_few), float)


def _check_gathered(few: Sequence[str], names: Sequence[str]) -> None:
    """Raise ``ModelError`` for a name that is not among those of what was gathered."""
    absent = [name for name in few if name not in names]
    if absent:
        raise ModelError(
            f"{absent[0]} was not gathered from the rows, which have gone by",
            where="formula",
            remedy=f"Stream a formula with all terms that are wanted; this one has {', '.join(names)}.",
        )


def _check_same_variables(formula: Formula, gathered: Formula) -> None:
    """Raise ``ModelError`` for another outcome, another group, or a variable that was not read."""
    for what, one, other in (
        ("outcome", formula.response, gathered.response),
        ("group", formula.bars[0].group_name, gathered.bars[0].group_name),
    ):
        if one != other:
            raise ModelError(
                f"the {what} gathered is {other!r}, not {one!r}",
                where="formula",
                remedy="Stream the table again for it.",
            )
    _check_gathered(formula.variables, gathered.variables)


def refuse_held(formula: Formula) -> None:
    """Raise ``ModelError`` for a formula that needs all rows at once."""
    reason = held_because(formula)
    if reason:
        raise ModelError(
            f"the model cannot be fitted from a stream of rows: {reason}",
            where="formula",
            remedy="Read the table into memory: lmm.fit(formula, pandas.read_parquet(path)).",
        )
