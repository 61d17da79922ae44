"""From a raw table to the rows that every model uses, with an account of all the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import DataError
from lmm.ingest.cells import Codes
from lmm.ingest.contract import Quarantine, screen
from lmm.ingest.contract_terms import Contract
from lmm.ingest.interpreting import interpret
from lmm.ingest.labels import label_column
from lmm.ingest.ledger import MISSING, Exclusion, Ledger
from lmm.ingest.requirements import no_value, unmet
from lmm.ingest.roles import Roles
from lmm.ingest.source import RawTable, SourceFacts, counted
from lmm.ingest.suspects import SuspectedCode
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanTable:
    """The rows that can be used, ``frame`` (n rows, the columns of the roles).

    Numbers are float64; the group, factors and other text are categoricals, labels in natural
    order. Columns outside the base roles may be missing in some rows. ``rows`` (n,) are the rows'
    places in the file's data, from 1. ``quarantine`` holds those that a data contract set aside.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    roles: Roles
    ledger: Ledger
    source: SourceFacts
    notes: tuple[str, ...]
    suspects: tuple[SuspectedCode, ...]
    quarantine: Quarantine | None = None


def clean(
    raw: RawTable,
    *,
    roles: Roles,
    missing_codes: Mapping[str, Codes] | None = None,
    derived: Mapping[str, Any] | None = None,
    contract: Contract | None = None,
) -> CleanTable:
    """Interpret the columns by their roles and leave out the rows that lack a base one.

    A row is left out for one reason, the first of: the contract, group, outcome, time, covariates
    in their order. Raises one ``DataError`` with every problem: a broken contract that refuses; or
    cells that are no numbers, a constant outcome, fewer than two groups, one row in every group,
    group-level columns that vary.
    """
    codes = missing_codes or {}
    whole, quarantine = raw, None
    if contract is not None:
        raw, quarantine = screen(whole, contract, missing_codes=codes, label=roles.group)
    read = interpret(raw, roles, missing_codes=codes, derived=derived or {})
    where = raw.source.file
    problems = list(read.problems)
    readable = [name for name in roles.base if name not in read.refused]
    empty = [name for name in readable if pd.isna(read.columns[name]).all()]
    problems += [no_value(name, where=where) for name in empty]
    sound = [name for name in readable if name not in empty]
    used, exclusions = _used_rows(read.columns, sound, len(raw.frame))
    frame = pd.DataFrame({name: _rows_of(read.columns[name], used) for name in roles.columns})
    exclusions = (*raw.left_out, *exclusions)
    problems += unmet(frame, roles, sound, exclusions, where=where)
    if problems:
        raise DataError(problems)
    group = read.columns[roles.group]
    if quarantine is not None:
        group = label_column(whole, roles.group, missing_codes=codes.get(roles.group, ())).values
    ledger = Ledger(
        rows_read=len(used) + sum(gone.rows for gone in raw.left_out),
        rows_used=len(frame),
        groups_read=len(pd.Categorical(group).categories),
        groups_used=len(frame[roles.group].cat.categories),
        exclusions=exclusions,
        recoded=read.recoded,
    )
    return CleanTable(
        frame=frame,
        rows=read_only(raw.placed.row[used]),
        roles=roles,
        ledger=ledger,
        source=raw.source,
        notes=(*raw.source.notes, *read.notes, *_group_notes(roles, exclusions)),
        suspects=read.suspects,
        quarantine=quarantine,
    )


def _used_rows(
    columns: Mapping[str, Array | pd.Categorical], base: Sequence[str], n: int
) -> tuple[np.ndarray, tuple[Exclusion, ...]]:
    """Which rows are used, (n,), and the others by the first base column that they lack."""
    used = np.ones(n, bool)
    exclusions = []
    for name in base:
        lacking = used & pd.isna(columns[name])
        if lacking.any():
            exclusions.append(Exclusion(reason=MISSING, column=name, rows=int(lacking.sum())))
        used &= ~lacking
    return used, tuple(exclusions)


def _rows_of(column: Array | pd.Categorical, used: np.ndarray) -> Array | pd.Categorical:
    kept = column[used]
    return kept if isinstance(kept, np.ndarray) else kept.remove_unused_categories()


def _group_notes(roles: Roles, exclusions: tuple[Exclusion, ...]) -> list[str]:
    return [
        f"column {roles.group}: no group in {counted(exclusion.rows, 'row')}, left out"
        for exclusion in exclusions
        if exclusion.column == roles.group and exclusion.reason == MISSING
    ]
