"""What a configuration says, as values: ``Configuration`` holds one ``Study`` per entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lmm.ingest.contract_terms import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A ``query`` to a database at ``url``, or at the one that the environment's ``url_variable`` holds."""

    query: str
    url: str = ""
    url_variable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a table is and how it is written.

    One of ``file``, ``folder`` (its files by ``pattern``), ``url`` (with its ``sha256``, or
    ``network`` for whatever stands there now) and ``sql``.
    """

    file: Path | None = None
    url: str = ""
    sha256: str = ""
    file_name: str = ""
    network: bool = False
    folder: Path | None = None
    pattern: str = "*.csv"
    duplicates: Literal["refuse", "last", "first"] = "refuse"
    sql: Query | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether only asking tells if the data have changed: a query, an address without a digest."""
        return self.sql is not None or (bool(self.url) and not self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A column, what the report calls it, and its unit ('' for none)."""

    column: str
    label: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNoun:
    """A grouping column and what one and several of its groups are called.

    Where labels come again in every group of another column (class 1 of one school is not class 1 of another),
    ``column`` is ``school:class``, made of the labels ``inner`` and of those that they lie ``within``.
    """

    column: str
    singular: str = "group"
    plural: str = "groups"
    inner: str | None = None
    within: str = ""

    @property
    def told_apart(self) -> tuple[str, str] | None:
        """The two columns, outer and inner, that tell the groups apart together; ``None`` for one column."""
        return (self.within, self.inner) if self.within and self.inner else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A longer period to state slopes for: ``count`` units of time make one ``name``."""

    count: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """The variable along which the outcome is followed; in figures 0 stands for ``origin``."""

    column: str
    label: str = ""
    unit: str = ""
    units: str = ""
    origin: float = 0.0
    origin_label: str = ""
    per: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariate:
    """A further explanatory column.

    ``kind`` is numeric or factor, ``level`` measurement or group; None leaves it to the data.
    """

    column: str
    label: str = ""
    unit: str = ""
    kind: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDesign:
    """What only the people who made the study know (sentences, '' where not given)."""

    randomised: bool = False
    selection: str = ""
    missingness: str = ""
    limits: str = ""
    smallest_difference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One configured study; ``derived`` holds the entries as they are in the file.

    ``family`` is the heading that it shares with the other outcomes of its entry; ``written`` is the whole
    entry as the file has it, without comments.
    """

    name: str
    title: str
    source: Source
    outcome: Variable
    group: GroupNoun
    also_grouped_by: tuple[GroupNoun, ...] = ()
    time: Time | None = None
    family: str | None = None
    synthetic: str | None = None
    covariates: tuple[Covariate, ...] = ()
    missing_codes: Mapping[str, tuple[float | str, ...]] = field(default_factory=dict)
    derived: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.95
    seed: int = 1
    design: StudyDesign = field(default_factory=StudyDesign)
    contract: Contract | None = None
    written: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def groupings(self) -> tuple[GroupNoun, ...]:
        """The main grouping factor, then the further ones."""
        return (self.group, *self.also_grouped_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All studies by name; ``output`` receives the reports, ``results`` what is made on the way."""

    path: Path
    studies: Mapping[str, Study]
    title: str = "Mixed-model reports"
    output: Path = Path("reports")
    results: Path = Path("results")
