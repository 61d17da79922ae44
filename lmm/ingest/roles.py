"""Which column plays which part in a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lmm.errors import Problem
from lmm.ingest.derived import parse_derived, sources_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariate:
    """A column entered in all models: number or factor, measured each time or once for a group.

    Without a ``kind`` it is a number where all its cells are numbers, else a factor.
    """

    column: str
    kind: Literal["numeric", "factor"] | None = "numeric"
    level: Literal["measurement", "group"] = "measurement"


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherGroup:
    """A further grouping column; ``within`` is the one that tells its labels apart ('' where they do it alone)."""

    column: str
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns of a study by role; ``others`` are carried along for further models."""

    outcome: str
    group: str
    time: str | None = None
    covariates: tuple[Covariate, ...] = ()
    others: tuple[str, ...] = ()
    further_groups: tuple[FurtherGroup, ...] = ()
    within: str = ""

    @property
    def base(self) -> tuple[str, ...]:
        """The columns without which a row cannot be used, in the order of the checks."""
        time = () if self.time is None else (self.time,)
        further = (each.column for each in self.further_groups)
        return (self.group, *further, self.outcome, *time, *(c.column for c in self.covariates))

    @property
    def outer(self) -> dict[str, str]:
        """By grouping column whose labels come again, the column within which they are told apart."""
        each = ((self.group, self.within), *((g.column, g.within) for g in self.further_groups))
        return {column: within for column, within in each if within}

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, each once."""
        return tuple(dict.fromkeys((*self.base, *self.outer.values(), *self.others)))


def columns_needed(roles: Roles, derived: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The columns to read from the file for these roles (those that derived columns rest on)."""
    return sources_of(roles.columns, parse_derived(derived or {}))


def repeated_roles(roles: Roles, *, where: str) -> list[Problem]:
    """A problem for each column that was given more than one role."""
    return [
        Problem(
            message=f"column {column} has {count} roles",
            where=where,
            remedy="Outcome, group, time and covariates are different columns.",
        )
        for column, count in Counter(roles.base).items()
        if count > 1
    ]
