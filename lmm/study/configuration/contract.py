"""The data contract of a study, from its entry in the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmm.ingest.contract_terms import ColumnContract, Contract
from lmm.study.configuration.faults import Fault
from lmm.study.configuration.settings import Study


def contract_of(entry: Mapping[str, Any]) -> Contract:
    """The contract that a valid entry describes."""
    return Contract(
        columns={name: _column(rules) for name, rules in entry.get("columns", {}).items()},
        unique=tuple(entry.get("unique", ())),
        on_violation=entry.get("on_violation", "refuse"),
    )


def contract_clashes(study: Study) -> Iterator[Fault]:
    """Where a rule cannot be kept, or contradicts the rest of the configuration."""
    if study.contract is None:
        return
    units = _units(study)
    for name, rules in study.contract.columns.items():
        at = ("studies", study.name, "contract", "columns", name)
        if None not in (rules.low, rules.high) and float(rules.low or 0) > float(rules.high or 0):
            yield Fault(
                at=(*at, "range"),
                message=f"the least value {rules.low:g} is above the greatest {rules.high:g}",
                remedy="Write the least first.",
            )
        if rules.kind == "text" and (rules.low is not None or rules.high is not None):
            yield Fault(
                at=(*at, "range"),
                message="text has no range",
                remedy="Leave out the type or the range.",
            )
        words = [level for level in rules.levels if isinstance(level, str)]
        if rules.is_numeric and words:
            yield Fault(
                at=(*at, "levels"),
                message=f"the level {words[0]!r} is no number, which the column has to be",
                remedy="Leave out that level, or let the type be text.",
            )
        unit = units.get(name, "")
        if rules.unit and unit and rules.unit != unit:
            yield Fault(
                at=(*at, "unit"),
                message=f"the unit is {rules.unit!r} here and {unit!r} where the column is used",
                remedy="Correct one of them.",
            )
        if name in study.derived:
            yield Fault(
                at=at,
                message="a contract is about columns of the file, not derived ones",
                remedy="Name the columns that it is derived from.",
            )


def _column(rules: Mapping[str, Any]) -> ColumnContract:
    low, high = rules.get("range") or (None, None)
    return ColumnContract(
        kind=rules.get("type"),
        low=low,
        high=high,
        levels=tuple(rules.get("levels", ())),
        missing=rules.get("missing"),
        unit=rules.get("unit", ""),
    )


def _units(study: Study) -> dict[str, str]:
    """The units that the configuration states for columns of the file."""
    units = {study.outcome.column: study.outcome.unit}
    units |= {each.column: each.unit for each in study.covariates}
    return units
