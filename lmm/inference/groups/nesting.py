"""How grouping factors lie to each other: nested in one another, or crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmm.model.factors import Factor
from lmm.model.groups import Grouping

Relation = Literal["within", "around", "crossed", "partly crossed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """How ``group`` lies to ``other``: within it, around it, crossed (every level meets every one) or partly so.

    ``cells`` of ``possible`` pairs of levels occur; the rows of a pair are ``fewest`` to ``most``.
    """

    group: str
    other: str
    relation: Relation
    cells: int
    possible: int
    fewest: int
    most: int


def lie(group: Grouping, other: Grouping) -> Lie:
    """The relation of two groupings of the same rows."""
    pairs = group.codes.astype(np.int64) * other.m + other.codes
    seen, rows = np.unique(pairs, return_counts=True)
    relation: Relation = "partly crossed"
    if len(seen) == group.m:
        relation = "within"
    elif len(seen) == other.m:
        relation = "around"
    elif len(seen) == group.m * other.m:
        relation = "crossed"
    return Lie(
        group=group.name,
        other=other.name,
        relation=relation,
        cells=len(seen),
        possible=group.m * other.m,
        fewest=int(rows.min()),
        most=int(rows.max()),
    )


def outermost(factors: Sequence[Factor]) -> Factor | None:
    """The factor within which all others lie; ``None`` where none holds them all."""
    for factor in factors:
        others = [each for each in factors if each is not factor]
        if all(lie(each.grouping, factor.grouping).relation == "within" for each in others):
            return factor
    return None
