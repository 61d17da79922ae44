"""Few groups, and columns of two values one of which only a few groups ever have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.check import Check, judge_below
from lmm.model.fit import Fit
from lmm.model.groups import Grouping
from lmm.numerics import Array

FEWEST_GROUPS = (10.0, 5.0)
FEWEST_IN_CELL = (10.0, 5.0)

SOURCE_OF_GROUPS = (
    "fewer than 5 groups tell next to nothing of their spread: Gelman and Hill 2007, section 11.5; "
    "fewer than 10: McNeish and Stapleton 2016, Educ. Psychol. Rev. 28:295"
)
SOURCE_OF_CELLS = (
    "tests of a coefficient that few clusters carry are misleading: MacKinnon and Webb 2017, "
    "J. Appl. Econom. 32:233; 10 and 5 are this project's convention"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A fixed ``column`` of two values: its rarer one is ever held by ``groups`` groups and by ``rows`` rows.

    Groups are those of the factor spoken of, or of the one with fewest whose groups hold it constant (``group``).
    """

    column: str
    group: str
    value: float
    groups: int
    rows: int


def cells(fit: Fit) -> tuple[Cell, ...]:
    """Every fixed column of two values, fewest groups first."""
    found = []
    for name, column in zip(fit.design.names, fit.design.X.T, strict=True):
        first = column[0]
        other = column[column != first]
        if len(other) == 0 or (other != other[0]).any():
            continue
        sides = [(value, column == value) for value in (first, other[0])]
        held = [
            (len(np.unique(grouping.codes[at])), int(at.sum()), float(value), grouping.name)
            for grouping in _bearing(fit, column)
            for value, at in sides
        ]
        groups, rows, value, group = min(held)
        found.append(Cell(column=name, group=group, value=value, groups=groups, rows=rows))
    return tuple(sorted(found, key=lambda cell: (cell.groups, cell.rows)))


def _bearing(fit: Fit, column: Array) -> list[Grouping]:
    """The grouping spoken of, and the others that hold a column constant."""
    found = [fit.grouping]
    for k, factor in enumerate(fit.factors):
        codes = factor.grouping.codes
        first = np.empty(factor.m)
        first[codes[::-1]] = column[::-1]
        if k != fit.place and (column == first[codes]).all():
            found.append(factor.grouping)
    return found


def cells_check(found: tuple[Cell, ...]) -> Check:
    """The fewest groups that hold a value. Small is bad: the verdict is a note below the threshold."""
    note, concern = FEWEST_IN_CELL
    fewest = float(found[0].groups) if found else None
    return Check(
        id="cells",
        statistic=fewest,
        threshold=note,
        serious=concern,
        verdict="fine" if fewest is None else judge_below(fewest, note, concern),
        where=tuple(cell.column for cell in found if cell.groups < note),
        source=SOURCE_OF_CELLS,
    )


def groups_check(fit: Fit) -> Check:
    """The number of groups, of several grouping factors that with fewest. Small is bad."""
    note, concern = FEWEST_GROUPS
    few = min(fit.factors, key=lambda factor: factor.m)
    m = float(few.m)
    return Check(
        id="groups",
        statistic=m,
        threshold=note,
        serious=concern,
        verdict=judge_below(m, note, concern),
        where=(few.grouping.name,) if m < note else (),
        source=SOURCE_OF_GROUPS,
    )
