"""Which column plays which part in a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Roles:
    """The columns of a study by role; ``others`` are carried along for further models.

    ``further_groups`` group the rows beside ``group``; ``told_apart`` are those grouping columns that are made of
    the labels of two columns, (outer, inner), because the inner ones come again in every outer group.
    """

    outcome: str
    group: str
    time: str | None = None
    covariates: tuple[Covariate, ...] = ()
    others: tuple[str, ...] = ()
    further_groups: tuple[str, ...] = ()
    told_apart: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def groupings(self) -> tuple[str, ...]:
        """The main grouping column, then the further ones."""
        return (self.group, *self.further_groups)

    @property
    def base(self) -> tuple[str, ...]:
        """The columns without which a row cannot be used, in the order of the checks."""
        time = () if self.time is None else (self.time,)
        return (*self.groupings, self.outcome, *time, *(c.column for c in self.covariates))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, each once."""
        return tuple(dict.fromkeys((*self.base, *self.others)))

    @property
    def sources(self) -> tuple[str, ...]:
        """The same with a grouping column that is made of two others replaced by these."""
        made = [self.told_apart.get(name, (name,)) for name in self.columns]
        return tuple(dict.fromkeys(name for names in made for name in names))


def columns_needed(roles: Roles, derived: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The columns to read from the file for these roles (those that derived columns rest on)."""
    return sources_of(roles.sources, parse_derived(derived or {}))


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
