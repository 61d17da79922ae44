"""The grouping factors of a design: which random columns each one carries, and in which order they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from lmm.errors import ModelError
from lmm.model.design import Design
from lmm.model.groups import Grouping, Levels
from lmm.model.outline import Outline
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A grouping factor of m levels with its q random columns, ``columns`` (q,) among those of all blocks.

    ``group`` names its levels, whether the rows are held or not.
    """

    group: Levels
    columns: np.ndarray

    @property
    def grouping(self) -> Grouping:
        """The same with the level of every row. Raises ``ModelError`` where the rows have gone by."""
        if not isinstance(self.group, Grouping):
            raise rows_gone()
        return self.group

    @property
    def m(self) -> int:
        """Levels."""
        return self.group.m

    @property
    def q(self) -> int:
        """Random columns per level."""
        return len(self.columns)

    @property
    def size(self) -> int:
        """Random effects, m·q."""
        return self.m * self.q

    def own(self, T: Array) -> Array:
        """The factor's part (q, q) of a matrix over all random columns."""
        return T[np.ix_(self.columns, self.columns)]


def in_lme4s_order(design: Design) -> Design:
    """The design with its blocks as lme4 orders terms, and so theta: most levels first.

    A formula already in that order stays; else terms with equally many levels change places too
    (lme4's ``rev(order(nl))``).
    """
    levels = [block.grouping.m for block in design.blocks]
    if all(first >= second for first, second in pairwise(levels)):
        return design
    order = sorted(range(len(levels)), key=lambda k: (levels[k], k), reverse=True)
    return replace(design, blocks=tuple(design.blocks[k] for k in order))


def rows_gone() -> ModelError:
    """The refusal of what needs rows that were read and let go."""
    return ModelError(
        "this needs the rows, and those of a streamed table are read once and let go",
        remedy="Read the table into memory, or a sample of its groups, and fit that: "
        "lmm.fit(formula, pandas.read_parquet(path)).",
    )


def factors_of(design: Outline) -> tuple[Factor, ...]:
    """The distinct grouping factors in the order of the blocks. Raises ``ModelError`` without any."""
    if not design.blocks:
        raise ModelError(
            f"the formula {design.formula} has no random term",
            remedy="Add one such as (1 | group), or fit it as an ordinary model.",
        )
    columns: dict[str, list[int]] = {}
    groups: dict[str, Levels] = {}
    at = 0
    for block in design.blocks:
        k = len(block.names)
        groups.setdefault(block.grouping.name, block.grouping)
        columns.setdefault(block.grouping.name, []).extend(range(at, at + k))
        at += k
    return tuple(
        Factor(group=groups[name], columns=read_only(np.array(columns[name]))) for name in groups
    )
