"""What a check says: a statistic, the threshold it is held against, a verdict, and where to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

# Some twenty checks stand on one page: each may speak of a clean study once in a hundred times.
ALPHA = 0.01

Verdict = Literal["fine", "note", "concern"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``statistic`` against ``threshold`` (beyond it: a note; beyond ``serious``, where given: a concern).

    ``where`` names the groups, rows or columns it points at, the worst first; ``source`` is the citation of
    the threshold. ``statistic`` is ``None`` where the data cannot carry the check, and the verdict then fine.
    """

    id: str
    statistic: float | None
    threshold: float
    serious: float | None = None
    verdict: Verdict
    where: tuple[str, ...] = ()
    source: str


def judge(statistic: float, threshold: float, serious: float | None = None) -> Verdict:
    """Fine up to the threshold, a note beyond it, a concern beyond the serious one."""
    if serious is not None and statistic > serious:
        return "concern"
    return "note" if statistic > threshold else "fine"


def judge_below(statistic: float, threshold: float, serious: float | None = None) -> Verdict:
    """The same for a statistic that is bad where it is small: fine down to the threshold."""
    return judge(-statistic, -threshold, None if serious is None else -serious)


class Sized(Protocol):
    """A size along one variable, with the threshold that this variable's design gives it."""

    @property
    def variable(self) -> str:
        """Its name."""
        ...

    @property
    def size(self) -> float:
        """How far it is off."""
        ...

    @property
    def threshold(self) -> float:
        """Beyond which it speaks."""
        ...


S = TypeVar("S", bound=Sized)


def worst_of(
    found: Sequence[S],
    *,
    id: str,
    excess: Callable[[S], float],
    thresholds: tuple[float, float],
    source: str,
) -> Check:
    """The check of the size with the largest ``excess`` over its own threshold; ``thresholds`` are the least
    ones for a note and for a concern. Fine where nothing was ``found``.
    """
    smallest, least_serious = thresholds
    if not found:
        return Check(id=id, statistic=None, threshold=smallest, verdict="fine", source=source)
    ranked = sorted(found, key=excess, reverse=True)
    worst = ranked[0]
    serious = max(least_serious, worst.threshold)
    return Check(
        id=id,
        statistic=worst.size,
        threshold=worst.threshold,
        serious=serious,
        verdict=judge(worst.size, worst.threshold, serious),
        where=tuple(each.variable for each in ranked if each.size > each.threshold),
        source=source,
    )
