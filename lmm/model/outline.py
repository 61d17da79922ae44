"""What remains of a design when its rows have gone by: the formula, how columns are made, the groups' names."""

from __future__ import annotations

from dataclasses import dataclass

from lmm.model.columns import Encoding
from lmm.model.formula import Bar, Formula
from lmm.model.groups import Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOutline:
    """A random term: how its k columns are made, and the levels over which they vary."""

    bar: Bar
    encoding: Encoding
    grouping: Levels

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the k columns."""
        return self.encoding.names


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A model and what was made of its table, without the rows.

    ``rows_dropped`` is how many had a missing value, ``columns_dropped`` the fixed columns that the others
    already make up.
    """

    formula: Formula
    encoding: Encoding
    blocks: tuple[BlockOutline, ...]
    rows_dropped: int
    columns_dropped: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the p fixed columns kept."""
        return tuple(self.encoding.names[j] for j in self.encoding.kept)

    @property
    def weighted(self) -> bool:
        """Whether rows have prior weights: only those that are held can have them."""
        return False
