"""Sentences on the rival of differing slopes: neighbouring measurements that are alike."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import model_name
from lmm.report.reading import Finding, Reading, Speaker

_STANDING = "/ladder/standing"


def has_rival(reading: Reading) -> bool:
    """Whether serial correlation could be looked at."""
    return reading.at("/ladder") is not None and bool(reading.at(f"{_STANDING}/rivals"))


def evidence_fades(reading: Reading) -> bool:
    """Whether the evidence for differing slopes is gone once neighbours may be alike."""
    evidence = reading.at(f"{_STANDING}/slope_evidence")
    return evidence is not None and evidence["fades"]


def rival(reading: Reading) -> Finding:
    """How serial correlation stands to the model used, and what it makes of the slopes and the trend."""
    say = Speaker(reading)
    rivals = reading.at(f"{_STANDING}/rivals")
    best = max(range(len(rivals)), key=lambda i: rivals[i]["aic_difference"])
    place = f"{_STANDING}/rivals/{best}"
    if rivals[best]["phi"] == 0.0:
        return say.finding(
            "rival",
            f"Neighbouring measurements of one {reading.one} are no more alike than others: the estimated "
            "correlation between them, beyond what the model already holds, is zero.",
        )
    alike = f"A model in which neighbouring measurements of {fmt.an(reading.one)} are more alike"
    gain = say.size(f"{place}/aic_difference", 1)
    if rivals[best]["aic_difference"] <= 0.0:
        return say.finding("rival", f"{alike} fits no better: its AIC is {gain} higher.")
    opening = (
        f"{alike} fits better still: its AIC is {gain} lower."
        if rivals[best]["standing"] == "wins"
        else f"{alike} fits about as well: its AIC is {gain} lower, less than the "
        f"{say.value(f'{_STANDING}/margin', 0)} asked for."
    )
    return say.finding("rival", f"{opening} {_slopes_beside(reading, say)}".rstrip())


def near_ties(reading: Reading) -> Finding:
    """Which models lie within the margin of the lowest AIC."""
    say = Speaker(reading)
    margin = say.value(f"{_STANDING}/margin", 0)
    lowest = model_name(reading.at(f"{_STANDING}/lowest"))
    ties = [f"“{model_name(name)}”" for name in reading.at(f"{_STANDING}/near_ties")]
    others = (
        f"within {margin} of it: {fmt.listed(ties)}"
        if ties
        else f"no other model comes within {margin} of it"
    )
    return say.finding(
        "near_ties",
        f"Of all these structures the lowest AIC is that of “{lowest}”; {others}. The answers use one of the two "
        "models without serial correlation, whatever its rivals do.",
        level="technical",
    )


def _slopes_beside(reading: Reading, say: Speaker) -> str:
    """What becomes of the evidence for slopes beside serial correlation."""
    evidence = reading.at(f"{_STANDING}/slope_evidence")
    if evidence is None:
        return ""
    p = say.p(f"{_STANDING}/slope_evidence/p_mixture_beside_serial")
    if evidence["fades"]:
        return (
            f"In it the evidence for differing slopes fades ({p}): {reading.many} may differ in slope, or drift "
            "for a while around a common one."
        )
    if evidence["p_mixture_beside_serial"] < evidence["level"]:
        return f"Slopes still differ in it ({p})."
    return f"It leaves no sign of differing slopes ({p})."
