"""The verdict over the whole ladder: what the answers use, what nearly ties, and which rival explains as much.

The answers use the random intercept or the random slope, by the rule of ``verdict.py``. Two more things
are told and decide nothing: every model whose AIC lies within 2 of the lowest, and how the two models with
serial correlation stand to the one used. Serial correlation and group slopes explain the same drift of a
group away from the common line, so that the evidence for slopes is given without and with it (Pinheiro
and Bates 2000, section 5.4; Verbeke and Molenberghs 2000, section 9.5).
"""

from __future__ import annotations

from dataclasses import dataclass

from lmm.inference.structures.ladder import SERIAL, Absent, Ladder, Step
from lmm.inference.structures.rungs import Rung
from lmm.inference.structures.verdict import AIC_MARGIN, Verdict, verdict

# A p below this is held to be evidence for slopes, when it is asked whether that evidence fades.
LEVEL = 0.05
# Of an AIC, in which two searches for one optimum agree.
_DIGITS = 4
WINS, TIES, LOSES = "wins", "ties", "loses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A model with serial correlation against the one used.

    Differences are used minus rival: positive favours the rival. ``standing``: it wins or loses where the
    AIC differs by more than the margin, else it ties. ``phi`` per unit of time with the mixture p of
    phi = 0 (REML) against the same model without it; ``estimate`` and ``se`` are the followed coefficient's.
    """

    model: str
    aic_difference: float
    bic_difference: float
    standing: str
    phi: float | None
    phi_p_mixture: float | None
    estimate: float | None
    se: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeEvidence:
    """Likelihood ratio (REML) and mixture p of group slopes, alone and beside serial correlation.

    ``fades``: below ``level`` alone, not below it beside serial correlation. ``nuisance_on_boundary``:
    another variance is zero beside it, and that p is a guess.
    """

    statistic: float
    p_mixture: float
    statistic_beside_serial: float
    p_mixture_beside_serial: float
    nuisance_on_boundary: bool
    level: float
    fades: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``used`` by ``choice``, the rule (``None``: there is no random slope to choose); ``margin`` of AIC.

    ``lowest`` has the lowest AIC, ``near_ties`` are within the margin of it. The stratified model takes no
    part: its likelihood is that of these groups, not of groups like them.
    """

    used: str
    choice: Verdict | None
    margin: float
    lowest: str
    near_ties: tuple[str, ...]
    rivals: tuple[Rival, ...]
    slope_evidence: SlopeEvidence | None
    absent: tuple[Absent, ...]


def standing(ladder: Ladder) -> Standing:
    """Read the ladder by the rule; it must have a random intercept."""
    rungs = {rung.model: rung for rung in ladder.rungs}
    steps = {(step.smaller, step.larger): step for step in ladder.steps}
    intercept, slope = rungs["random_intercept"], rungs.get("random_slope")
    choice = slope and verdict(intercept, slope, larger_on_boundary=slope.on_boundary)
    used = choice.used if choice else intercept.model
    # A parameter that adds nothing costs 2 exactly: what the search left must not decide between such models.
    compared = sorted(
        (rung for rung in ladder.rungs if rung.model != "stratified"),
        key=lambda rung: round(rung.aic, _DIGITS),
    )
    lowest = compared[0]
    return Standing(
        used=used,
        choice=choice,
        margin=AIC_MARGIN,
        lowest=lowest.model,
        near_ties=tuple(
            r.model for r in compared[1:] if round(r.aic - lowest.aic, _DIGITS) <= AIC_MARGIN
        ),
        rivals=tuple(
            _rival(rungs[name], rungs[used], steps.get((base, name)))
            for name, base in SERIAL.items()
            if name in rungs
        ),
        slope_evidence=_slope_evidence(
            steps.get(("random_intercept", "random_slope")),
            steps.get(("random_intercept_serial", "random_slope_serial")),
        ),
        absent=ladder.absent,
    )


def _rival(rival: Rung, used: Rung, step: Step | None) -> Rival:
    gain = used.aic - rival.aic
    return Rival(
        model=rival.model,
        aic_difference=gain,
        bic_difference=used.bic - rival.bic,
        standing=WINS if gain > AIC_MARGIN else TIES if gain >= -AIC_MARGIN else LOSES,
        phi=rival.phi,
        phi_p_mixture=step.reml_p_mixture if step else None,
        estimate=rival.estimate,
        se=rival.se,
    )


def _slope_evidence(alone: Step | None, beside: Step | None) -> SlopeEvidence | None:
    if alone is None or beside is None:
        return None
    return SlopeEvidence(
        statistic=alone.reml_statistic,
        p_mixture=alone.reml_p_mixture,
        statistic_beside_serial=beside.reml_statistic,
        p_mixture_beside_serial=beside.reml_p_mixture,
        nuisance_on_boundary=beside.nuisance_on_boundary,
        level=LEVEL,
        fades=alone.reml_p_mixture < LEVEL <= beside.reml_p_mixture,
    )
