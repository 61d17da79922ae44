"""Every column looked over for values that cannot be measurements: undeclared missing codes, impossible values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmm.ingest.suspects import one_digit_values, suspected_codes
from lmm.numerics import Array, read_only

Reason = Literal["code", "together", "range"]

# A value amid the others is suspect too where this share of its rows hold a code in another column.
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A ``value`` of a ``column`` at ``rows`` (k,) (positions from 0) and why it is doubted.

    ``code``: digits of a missing-value code, far from the rest; ``together``: such digits, not far, but mostly in
    rows in which other columns hold codes; ``range``: outside the range declared possible. ``with_others`` counts
    the rows in which another column is doubtful too.
    """

    column: str
    value: float
    rows: np.ndarray
    reason: Reason
    with_others: int


def audit(
    columns: Mapping[str, Array], *, ranges: Mapping[str, tuple[float, float]] | None = None
) -> tuple[Doubtful, ...]:
    """The doubtful values of numeric ``columns`` (n,) each, column by column, values in order.

    ``ranges`` gives the least and the greatest possible value of a column.
    """
    numbers = {name: np.asarray(values, float) for name, values in columns.items()}
    found: dict[tuple[str, float], Reason] = {}
    for name, values in numbers.items():
        low, high = (ranges or {}).get(name, (-np.inf, np.inf))
        for value in np.unique(values[(values < low) | (values > high)]):
            found[name, float(value)] = "range"
        for suspect in suspected_codes(name, values):
            found.setdefault((name, suspect.value), "code")
    coded = {name: _rows_of(numbers, found, name) for name in numbers}
    for name, values in numbers.items():
        elsewhere = _any_of(coded, but=name, n=len(values))
        for value in one_digit_values(values):
            at = values == value
            if at.sum() > 1 and elsewhere[at].mean() >= _MOSTLY and elsewhere[~at].mean() < _MOSTLY:
                found.setdefault((name, value), "together")
    coded = {name: _rows_of(numbers, found, name) for name in numbers}
    return tuple(
        Doubtful(
            column=name,
            value=value,
            rows=read_only(np.flatnonzero(numbers[name] == value)),
            reason=found[name, value],
            with_others=int(
                np.sum(_any_of(coded, but=name, n=len(numbers[name]))[numbers[name] == value])
            ),
        )
        for name, value in sorted(found, key=lambda key: (list(numbers).index(key[0]), key[1]))
    )


def _rows_of(
    numbers: Mapping[str, Array], found: Mapping[tuple[str, float], Reason], name: str
) -> np.ndarray:
    doubted = [value for column, value in found if column == name]
    return np.isin(numbers[name], doubted)


def _any_of(coded: Mapping[str, np.ndarray], *, but: str, n: int) -> np.ndarray:
    """Rows in which any column but one is doubtful, (n,)."""
    others = [rows for name, rows in coded.items() if name != but]
    return np.logical_or.reduce(others) if others else np.zeros(n, bool)
