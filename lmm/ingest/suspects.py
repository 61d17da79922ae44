"""Values that look like undeclared missing-value codes: 99.9 among weights of about 12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lmm.numerics import Array

# A code of this many equal digits is suspect even where it stands only once (999, 888.8).
_TELLING_DIGITS = 3

# Distance from the median, and gap to the nearest ordinary value, in robust standard deviations.
_FAR = 8.0
_GAP = 3.0

# The median absolute deviation of a normal distribution is its standard deviation over this.
_MAD_TO_SD = 1.4826

# The numbers written with one digit only, and how many digits: 9, -9, 99, 9.9, 999, 99.9, 9.99, …
_PATTERNS = {
    float(f"{sign}{digit * (length - places)}.{digit * places}"): length
    for sign in ("", "-")
    for digit in "789"
    for length in range(1, 7)
    for places in range(min(length, 3))
}
ONE_DIGIT = tuple(_PATTERNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedCode:
    """A ``value`` of a ``column`` that may mean "missing", and how many ``rows`` hold it."""

    column: str
    value: float
    rows: int


def suspected_codes(column: str, values: Array) -> tuple[SuspectedCode, ...]:
    """Values made of one digit 7, 8 or 9 (-9, 99, 88.8, 999 …) that stand far from all the others.

    Far is 8 robust standard deviations from the median and 3 from the nearest other value; a
    negative one among values that are all positive counts as far. Those of fewer than three digits
    must recur.
    """
    present, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    candidate = np.isin(present, ONE_DIGIT)
    rest = np.repeat(present[~candidate], counts[~candidate])
    if not candidate.any() or not rest.size:
        return ()
    counted = dict(zip(present[candidate].tolist(), counts[candidate].tolist(), strict=True))
    return far_codes(column, counted, rest, low=rest.min(), high=rest.max())


def far_codes(
    column: str, counted: Mapping[float, int], rest: Array, *, low: float, high: float
) -> tuple[SuspectedCode, ...]:
    """Those of the one-digit values, ``counted``, that stand far from the ``rest``, or an even sample of it.

    ``low`` and ``high`` are the ends of all of the rest.
    """
    centre = np.median(rest)
    spread = _MAD_TO_SD * np.median(np.abs(rest - centre)) or rest.std()
    suspects = []
    for value, count in counted.items():
        gap = max(low - value, value - high)
        far = abs(value - centre) > _FAR * spread and gap > _GAP * spread
        telling = count > 1 or _PATTERNS[value] >= _TELLING_DIGITS
        if telling and (far or (value < 0 <= low)):
            suspects.append(SuspectedCode(column=column, value=value, rows=count))
    return tuple(suspects)


def one_digit_values(values: Array) -> tuple[float, ...]:
    """The values made of one digit 7, 8 or 9 that occur, far from the others or not, in order."""
    return tuple(float(value) for value in np.unique(values) if float(value) in _PATTERNS)


def suspicion(
    suspects: tuple[SuspectedCode, ...], *, declared_by: str = "under missing_codes"
) -> str:
    """The sentence that asks about the suspected codes of one column, and says how they are declared."""
    listed = ", ".join(f"{suspect.value:g} ({_times(suspect.rows)})" for suspect in suspects)
    question = "a missing-value code" if len(suspects) == 1 else "missing-value codes"
    pronoun = "it" if len(suspects) == 1 else "them"
    return (
        f"column {suspects[0].column} holds {listed}, far from the rest: {question}? "
        f"If so, declare {pronoun} {declared_by}"
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
