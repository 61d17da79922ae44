"""Whether the model's standard errors are to be believed, and whether a coefficient rests on few groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lmm.diagnostics.check import Check, Verdict, judge

# By this factor, up or down, the model's standard errors may differ from the robust ones.
FACTOR, SERIOUS_FACTOR = 1.25, 1.5
FACTOR_SOURCE = (
    "a 95 % interval with a standard error too small by f covers 2Φ(1.96/f) − 1: 88 % at 1.25, 81 % at 1.5; "
    "King and Roberts 2015, Polit. Anal. 23:159, on what a difference says of the model"
)
# A difference that chance gives this often, where the model holds, is no concern.
CHANCE = 0.05

FEW_GROUPS, VERY_FEW_GROUPS = 20.0, 5.0
GROUPS_SOURCE = (
    "Cameron and Miller 2015, J. Hum. Resour. 50:317, section VI (few: less than 20); Tipton 2015, Psychol. "
    "Methods 20:375 (tests need 4 degrees of freedom); Carter, Schnepel and Steigerwald 2017 for the measure"
)


class _Errors(Protocol):
    """What is read of a row of the panel."""

    @property
    def term(self) -> str: ...
    @property
    def ratio(self) -> float | None: ...
    @property
    def p_ratio(self) -> float | None: ...
    @property
    def effective_groups(self) -> float | None: ...


def model_and_robust_errors(rows: Sequence[_Errors]) -> Check:
    """The largest factor between robust and model standard errors of a coefficient, up or down.

    Beyond 1.5 it is a concern only where chance, with so few groups, would rarely give it. Coefficients
    without a robust error take no part.
    """
    ranked = sorted((row for row in rows if row.ratio is not None), key=_factor, reverse=True)
    verdicts = {row.term: _verdict(row) for row in ranked}
    found = set(verdicts.values())
    verdict: Verdict = "concern" if "concern" in found else "note" if "note" in found else "fine"
    return Check(
        id="model_and_robust_errors",
        statistic=_factor(ranked[0]) if ranked else None,
        threshold=FACTOR,
        serious=SERIOUS_FACTOR,
        verdict=verdict,
        where=tuple(row.term for row in ranked if verdicts[row.term] != "fine"),
        source=FACTOR_SOURCE,
    )


def few_groups(rows: Sequence[_Errors]) -> Check:
    """The least effective number of groups behind a coefficient; here less is worse."""
    known = [(row.effective_groups, row.term) for row in rows if row.effective_groups is not None]
    ranked = sorted(known, key=lambda each: each[0])
    least = ranked[0][0] if ranked else None
    return Check(
        id="few_groups",
        statistic=least,
        threshold=FEW_GROUPS,
        serious=VERY_FEW_GROUPS,
        verdict="fine" if least is None else judge(-least, -FEW_GROUPS, -VERY_FEW_GROUPS),
        where=tuple(term for groups, term in ranked if groups < FEW_GROUPS),
        source=GROUPS_SOURCE,
    )


def may_be_chance(row: _Errors) -> bool:
    """Whether so few groups give such a difference by chance more often than ``CHANCE``."""
    return row.p_ratio is not None and row.p_ratio >= CHANCE


def _factor(row: _Errors) -> float:
    ratio = 1.0 if row.ratio is None else row.ratio
    return max(ratio, 1.0 / ratio)


def _verdict(row: _Errors) -> Verdict:
    verdict = judge(_factor(row), FACTOR, SERIOUS_FACTOR)
    return "note" if verdict == "concern" and may_be_chance(row) else verdict
