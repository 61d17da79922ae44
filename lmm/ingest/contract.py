"""A data contract: what a table has to keep to, and what becomes of the rows that break a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError, Problem
from lmm.ingest.cells import Codes
from lmm.ingest.contract_rules import (
    Breach,
    column_breaches,
    lacking,
    unique_breach,
)
from lmm.ingest.contract_terms import ColumnContract, Contract
from lmm.ingest.ledger import QUARANTINED, Exclusion
from lmm.ingest.source import RawTable, counted, shortened

# Every violation is listed, up to so many; the rest is counted.
MAX_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule broken: in which file, row (from 1), column, by which value, and the rule in words."""

    file: str
    row: int
    column: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """What was set aside: every violation, in the order of the rows, and the rows with all their cells (as text)."""

    violations: tuple[Violation, ...]
    rows: tuple[dict[str, Any], ...]


def screen(
    raw: RawTable,
    contract: Contract,
    *,
    missing_codes: Mapping[str, Codes],
    label: str = "",
) -> tuple[RawTable, Quarantine | None]:
    """The rows that keep the contract, and those set aside (None where all do).

    ``label`` names the group, whose cells are compared as text. Raises ``DataError`` with every
    violation where the contract says refuse, and for a column that lacks more values than allowed:
    no row can be blamed for that.
    """
    breaches = [
        breach
        for name, rules in contract.columns.items()
        for breach in column_breaches(raw, name, rules, missing_codes.get(name, ()))
    ]
    if contract.unique:
        breaches += unique_breach(raw, contract.unique, missing_codes=missing_codes, label=label)
    shares = [
        problem
        for name, rules in contract.columns.items()
        for problem in _missing(raw, name, rules, missing_codes.get(name, ()))
    ]
    violations = _violations(raw, breaches)
    if shares or (violations and contract.on_violation == "refuse"):
        listed = violations if contract.on_violation == "refuse" else ()
        raise DataError([*_problems(raw, listed), *shares])
    if not violations:
        return raw, None
    broken = np.logical_or.reduce([breach.rows for breach in breaches])
    gone = Exclusion(reason=QUARANTINED, column="", rows=int(broken.sum()))
    aside = Quarantine(violations=violations, rows=_set_aside(raw, broken, breaches))
    return raw.only(~broken, gone), aside


def _violations(raw: RawTable, breaches: Sequence[Breach]) -> tuple[Violation, ...]:
    """One for each broken rule of each row, in the order of the rows."""
    at = raw.placed
    found = [
        (int(row), order)
        for order, each in enumerate(breaches)
        for row in np.flatnonzero(each.rows)
    ]
    return tuple(
        Violation(
            file=at.files[at.file[row]],
            row=int(at.row[row]),
            column=breaches[order].column,
            value=breaches[order].value(row),
            rule=breaches[order].rule,
        )
        for row, order in sorted(found)
    )


def _problems(raw: RawTable, violations: Sequence[Violation]) -> list[Problem]:
    problems = [
        Problem(
            message=f"row {each.row}: column {each.column} holds '{shortened(each.value)}', which {each.rule}",
            where=each.file,
            remedy="",  # the last of them says what to do
        )
        for each in violations[:MAX_LISTED]
    ]
    if not violations:
        return []
    more = len(violations) - MAX_LISTED
    told = f"; {more:,} of them are not listed" if more > 0 else ""
    summary = Problem(
        message=f"the data contract is broken {counted(len(violations), 'time')}{told}",
        where=raw.source.file,
        remedy="Correct the cells, change the contract, or set on_violation to quarantine to go on without these rows.",
    )
    return [*problems, summary]


def _missing(raw: RawTable, name: str, rules: ColumnContract, codes: Codes) -> list[Problem]:
    if rules.missing is None or not len(raw.frame):
        return []
    rows = int(lacking(raw, name, rules, codes).sum())
    share = rows / len(raw.frame)
    if share <= rules.missing:
        return []
    return [
        Problem(
            message=f"column {name} is missing in {counted(rows, 'row')} of {len(raw.frame):,} "
            f"({100 * share:.3g}%), where the data contract allows {100 * rules.missing:.4g}%",
            where=raw.source.file,
            remedy="Find out why so much is missing, or allow more under contract.",
        )
    ]


def _set_aside(
    raw: RawTable, broken: np.ndarray, breaches: Sequence[Breach]
) -> tuple[dict[str, Any], ...]:
    at, rows = raw.placed, []
    for row in np.flatnonzero(broken):
        rules = [f"{each.column}: {each.rule}" for each in breaches if each.rows[row]]
        own = {
            "in_file": at.files[at.file[row]],
            "in_row": int(at.row[row]),
            "breaks": "; ".join(rules),
        }
        cells = {name: _cell(raw.frame[name].iloc[row]) for name in raw.frame.columns}
        rows.append({**own, **{name: cell for name, cell in cells.items() if name not in own}})
    return tuple(rows)


def _cell(value: Any) -> str:
    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)
