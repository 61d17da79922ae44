"""From one version of the data to the next: which followed numbers moved, and which conclusions turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Turn = Literal["steady", "moved", "turned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A number that is followed: ``value`` with its interval, ``None`` where it has none.

    ``signed`` numbers are held against zero from both sides; the others, standard deviations and shares,
    end there.
    """

    id: str
    value: float
    low: float | None
    high: float | None
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A followed number before and after; ``turn`` says whether a conclusion changed with it."""

    id: str
    before: float
    before_low: float | None
    before_high: float | None
    after: float
    after_low: float | None
    after_high: float | None
    change: float
    turn: Turn


def drifts(before: tuple[Followed, ...], after: tuple[Followed, ...]) -> tuple[Drift, ...]:
    """One row a number that both versions have, in the order of ``after``.

    ``turned``: zero was inside the interval and is not now, or the reverse, or both exclude it on
    different sides. ``moved``: the new value lies outside the old interval. Else ``steady``.
    """
    known = {number.id: number for number in before}
    return tuple(_drift(known[number.id], number) for number in after if number.id in known)


def _drift(before: Followed, after: Followed) -> Drift:
    return Drift(
        id=after.id,
        before=before.value,
        before_low=before.low,
        before_high=before.high,
        after=after.value,
        after_low=after.low,
        after_high=after.high,
        change=after.value - before.value,
        turn=_turn(before, after),
    )


def _turn(before: Followed, after: Followed) -> Turn:
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return "steady"
    if _side(before) != _side(after):
        return "turned"
    return "steady" if before.low <= after.value <= before.high else "moved"


def _side(number: Followed) -> int:
    """Where the interval lies: 1 above zero, −1 below it, 0 across it (or down to it, if unsigned)."""
    assert number.low is not None and number.high is not None
    if number.low > 0.0:
        return 1
    return -1 if number.signed and number.high < 0.0 else 0
