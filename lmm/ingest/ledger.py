"""Where the rows went: read, recoded, left out and used, as counts that must add up."""

from __future__ import annotations

from dataclasses import dataclass

# Why a row is left out: a value is missing; a rule of the data contract is broken; a row of
# another file takes its place.
MISSING, QUARANTINED, SUPERSEDED = "missing", "quarantined", "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """``rows`` left out for one ``reason`` in one ``column`` ('' where none is to blame); each row is counted once."""

    reason: str
    column: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoded:
    """``rows`` in which a declared missing-value ``code`` of a ``column`` was read as missing."""

    column: str
    code: float | str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Rows and groups read and used; why the others were left out, in the order of the checks.

    Recoded values are counted over all rows read. Raises ``ValueError`` unless the rows add up.
    """

    rows_read: int
    rows_used: int
    groups_read: int
    groups_used: int
    exclusions: tuple[Exclusion, ...] = ()
    recoded: tuple[Recoded, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_used + self.rows_dropped:
            raise ValueError(
                f"{self.rows_read} rows read are not {self.rows_used} used "
                f"and {self.rows_dropped} left out"
            )
        if not 0 <= self.groups_used <= self.groups_read:
            raise ValueError(f"{self.groups_used} groups used of {self.groups_read} read")

    @property
    def rows_dropped(self) -> int:
        """Rows left out, for whatever reason."""
        return sum(exclusion.rows for exclusion in self.exclusions)
