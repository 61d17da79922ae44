"""Bookkeeping that goes wrong: a group measured twice at one time, a constant of the group that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lmm.diagnostics.check import Check, judge
from lmm.model.groups import Grouping
from lmm.numerics import Array

# Where this share of all (group, time) has several rows, they are replicates and no slip.
_BY_DESIGN = 0.5

# A column that is constant in this share of the groups is meant to be so in all.
_MEANT = 0.9

SOURCE = "a person is measured once at a time: SAMPL, Lang and Altman 2013, item 3; any repeat is worth a look"
SOURCE_OF_CONSTANTS = (
    "levels of covariates: LEVEL, Monsalves et al. 2020, item 6b; constant in 9 of 10 groups is meant to be "
    "constant: this project's convention"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """``rows`` beyond the first of their group and time, ``same_outcome`` of them with an outcome seen there before;
    ``groups`` those concerned. ``by_design`` where most times have several rows.
    """

    rows: int
    same_outcome: int
    groups: tuple[str, ...]
    by_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconstant:
    """A ``column`` that is constant in nearly all groups, and the ``groups`` in which it changes."""

    column: str
    groups: tuple[str, ...]


def repeats(grouping: Grouping, time: Array, outcome: Array) -> Repeats:
    """Rows of one group at one time."""
    order = np.lexsort((outcome, time, grouping.codes))
    code, at, y = grouping.codes[order], time[order], outcome[order]
    again = (code[1:] == code[:-1]) & (at[1:] == at[:-1])
    starts = np.concatenate([[True], ~again])
    several = np.bincount(np.cumsum(starts) - 1) > 1
    return Repeats(
        rows=int(again.sum()),
        same_outcome=int(np.sum(again & (y[1:] == y[:-1]))),
        groups=tuple(dict.fromkeys(grouping.levels[i] for i in np.unique(code[1:][again]))),
        by_design=bool(several.mean() >= _BY_DESIGN),
    )


def repeats_check(found: Repeats) -> Check:
    """The rows too many; a concern where one repeats the outcome too: a line copied."""
    copied = found.same_outcome > 0
    verdict = "fine" if found.by_design else judge(float(found.rows), 0.0)
    return Check(
        id="repeats",
        statistic=None if found.by_design else float(found.rows),
        threshold=0.0,
        verdict="concern" if copied and verdict == "note" else verdict,
        where=() if found.by_design else found.groups,
        source=SOURCE,
    )


def inconstant(grouping: Grouping, columns: Mapping[str, Array]) -> tuple[Inconstant, ...]:
    """Columns (n,) of numbers or codes that nearly all groups of two rows or more hold constant, but not all."""
    m, found = len(grouping.levels), []
    several = grouping.sizes > 1
    for name, column in columns.items():
        first = np.empty(m, column.dtype)
        first[grouping.codes[::-1]] = column[::-1]
        away = np.bincount(grouping.codes, weights=column != first[grouping.codes], minlength=m) > 0
        if several.any() and 0.0 < away[several].mean() <= 1.0 - _MEANT:
            groups = tuple(grouping.levels[i] for i in np.flatnonzero(away))
            found.append(Inconstant(column=name, groups=groups))
    return tuple(found)


def constants_check(found: tuple[Inconstant, ...]) -> Check:
    """The groups in which something changes that should not."""
    groups = tuple(dict.fromkeys(level for each in found for level in each.groups))
    return Check(
        id="constants",
        statistic=float(len(groups)),
        threshold=0.0,
        verdict=judge(float(len(groups)), 0.0),
        where=groups,
        source=SOURCE_OF_CONSTANTS,
    )
