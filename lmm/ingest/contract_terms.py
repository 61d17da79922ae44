"""The terms of a data contract, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnContract:
    """What a column may hold: its ``kind`` of value, a closed range, levels, the share that may be missing."""

    kind: Literal["number", "integer", "text"] | None = None
    low: float | None = None
    high: float | None = None
    levels: tuple[float | str, ...] = ()
    missing: float | None = None
    unit: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether the cells have to be numbers."""
        ranged = self.low is not None or self.high is not None
        return self.kind in ("number", "integer") or (self.kind is None and ranged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Rules by column, the columns whose values no two rows share (none: ()), and what to do."""

    columns: Mapping[str, ColumnContract]
    unique: tuple[str, ...] = ()
    on_violation: Literal["refuse", "quarantine"] = "refuse"

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that a rule is about, once."""
        return tuple(dict.fromkeys((*self.columns, *self.unique)))
