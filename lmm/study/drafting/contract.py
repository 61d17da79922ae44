"""The data contract that fits a table as it is, with room for what is still to come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lmm.ingest.guesses import kind_of
from lmm.ingest.survey import ColumnSurvey, repeats
from lmm.study.drafting.proposal import Proposal
from lmm.study.drafting.yaml_writing import commented, flow

# A range is widened on both sides by this share of what was seen.
_ROOM = 0.5
# Allowed beyond the share of missing values that was seen; shares are rounded up to the next step.
_MORE_MISSING = 0.05
_STEP = 0.05
_LEVELS_LISTED = 20


def contract_lines(proposal: Proposal) -> Iterator[str]:
    """The block, line by line, with what each rule was made from."""
    yield "# What the table has to keep to, at every run. Refused is the whole table; with"
    yield "# on_violation: quarantine only the rows that break a rule are set aside, and counted in the report."
    yield "contract:"
    yield "  on_violation: refuse"
    yield from _unique(proposal)
    yield "  columns:"
    for name in proposal.used:
        column = proposal.columns[name]
        yield commented(f"    {flow({name: _rules(proposal, column)})[1:-1]}", _seen(column))


def _unique(proposal: Proposal) -> Iterator[str]:
    if proposal.time is None:
        return
    group, time = proposal.group.column, proposal.time.column
    again = repeats(proposal.columns[group], proposal.columns[time])
    if again:
        yield f"  # unique: {flow([group, time])}  # now repeated in {again} rows"
    else:
        yield commented(f"  unique: {flow([group, time])}", "one row for each pair of values")


def _rules(proposal: Proposal, column: ColumnSurvey) -> dict[str, Any]:
    if column.name == proposal.group.column:
        return {"type": "text", "missing": _allowed(column)}
    if column.numbers is None or (
        kind_of(column)[0] == "factor" and column.name in proposal.covariates
    ):
        rules: dict[str, Any] = {"type": "text"}
        if column.distinct <= _LEVELS_LISTED:
            rules["levels"] = list(column.levels)
        return {**rules, "missing": _allowed(column)}
    kind = "integer" if column.whole else "number"
    if column.levels == ("0", "1"):
        return {"type": kind, "levels": [0, 1], "missing": _allowed(column)}
    return {"type": kind, "range": _widened(column), "missing": _allowed(column)}


def _allowed(column: ColumnSurvey) -> float:
    """The share that may be missing: none where none is, else some more than now."""
    if not column.missing:
        return 0
    share = column.missing / len(column.codes)
    return min(1.0, round(_STEP * math.ceil((share + _MORE_MISSING) / _STEP), 2))


def _widened(column: ColumnSurvey) -> list[float]:
    """The range seen and half of it more on both sides, rounded outwards; never across zero."""
    low, high = float(column.known.min()), float(column.known.max())
    span = (high - low) or abs(high) or 1.0
    step = 10.0 ** (math.floor(math.log10(span)) - 1)
    step = max(step, 1.0) if column.whole else step
    wide_low, wide_high = low - _ROOM * span, high + _ROOM * span
    if low >= 0:
        wide_low = max(wide_low, 0.0)
    if high <= 0:
        wide_high = min(wide_high, 0.0)
    bounds = (np.floor(wide_low / step) * step, np.ceil(wide_high / step) * step)
    return [float(f"{bound:.12g}") for bound in bounds]


def _seen(column: ColumnSurvey) -> str:
    missing = column.missing / len(column.codes)
    share = f"; {100 * missing:.3g}% missing" if missing else ""
    if column.numbers is None:
        return f"seen: {column.distinct} values{share}"
    return f"seen: {column.known.min():g} to {column.known.max():g}{share}"
