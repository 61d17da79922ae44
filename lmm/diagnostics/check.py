"""What a check says: a statistic, the threshold it is held against, a verdict, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
