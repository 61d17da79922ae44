"""Sentences on the choice between models: what the rule compared, who disagrees, what the test means."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation import structure
from lmm.report.interpretation.trend import model_name
from lmm.report.reading import Finding, Reading, Speaker


def choice(reading: Reading) -> Finding:
    """Which model is used, by AIC, and whether BIC agrees."""
    say = Speaker(reading)
    verdict = reading.at("/verdict")
    used, other = model_name(verdict["used"]), model_name(verdict["other"])
    aic = say.size("/verdict/aic_difference", 1)
    bic = say.size("/verdict/bic_difference", 1)
    if verdict["larger_on_boundary"]:
        slope = reading.at(reading.component(verdict["other"], str(reading.slope)))
        is_apart = bool(slope["sd_or_correlation"])
        spread = "estimated spread of levels and slopes" if is_apart else "spread of slopes"
        return say.finding(
            "choice",
            f"The {used} model is used: in the {other} model the {spread} sits on the boundary of what "
            f"is possible (AIC differs by {aic}).",
        )
    favoured = "lower" if verdict["aic_prefers"] == verdict["used"] else "higher"
    reason = (
        f"its AIC is {aic} {favoured}"
        if favoured == "lower"
        else f"the {other} model's AIC is lower by only {aic}, "
        f"less than the {say.value('/verdict/margin', 0)} asked for"
    )
    if verdict["bic_prefers"] == verdict["used"]:
        second = f"BIC agrees, by {bic}."
    else:
        second = f"BIC, which is stricter, prefers the {other} model by {bic}."
    return say.finding("choice", f"The {used} model is used: {reason}. {second}")


def slope_test(reading: Reading) -> Finding:
    """The likelihood-ratio test of differing slopes, with both reference distributions."""
    say = Speaker(reading)
    test = reading.find("/comparisons", larger="random_slope")
    statistic = say.value(f"{test}/statistic", 2)
    mixture = say.p(f"{test}/p_mixture")
    text = f"Letting each {reading.one} have a slope of its own lowers −2 log-likelihood by {statistic} ({mixture})."
    if fmt.p_value(reading.at(f"{test}/p_naive")) != mixture:
        naive = say.p(f"{test}/p_naive")
        text += f" The usual χ² table gives {naive}: it is too cautious, because a variance cannot be negative."
    return say.finding("slope_test", text)


def consequence(reading: Reading) -> Finding:
    """How much the trend depends on the choice."""
    say = Speaker(reading)
    slope = str(reading.slope)
    both = [reading.effect(name, slope) for name in ("random_intercept", "random_slope")]
    decimals = fmt.decimals_for(min(reading.at(f"{effect}/se") for effect in both))
    values = [say.value(f"{effect}/estimate", decimals) for effect in both]
    errors = [say.value(f"{effect}/se", decimals + 1) for effect in both]
    slopes = (
        f"{reading.rate(values[0])} in both models"
        if values[0] == values[1]
        else f"{values[0]} with random intercepts, {reading.rate(values[1])} with random slopes"
    )
    ratio = reading.at(f"{both[1]}/se") / reading.at(f"{both[0]}/se")
    verdict = (
        "The choice decides how sure one may be"
        if ratio > 1.25 or ratio < 0.8
        else f"The choice matters more for single {reading.many} than for the trend"
    )
    return say.finding(
        "consequence",
        f"{verdict}: the average slope is {slopes} (standard errors {errors[0]} and {errors[1]}).",
    )


def slope_answer(reading: Reading) -> Finding:
    """Whether slopes differ between groups, by the rule that chooses the model; the spread first."""
    say = Speaker(reading)
    test = reading.find("/comparisons", larger="random_slope")
    component = reading.component("random_slope", str(reading.slope))
    sd = reading.at(f"{component}/sd_or_correlation")
    if not sd:
        return say.finding(
            "slope_answer",
            f"The data show no sign of it: the estimated spread of slopes between {reading.many} is zero.",
        )
    size = say.value(f"{component}/sd_or_correlation", fmt.significant(sd, 2))
    p = say.p(f"{test}/p_mixture")
    spread = f"Their slopes spread with a standard deviation of {reading.rate(size)} ({p}, boundary-corrected)"
    if structure.evidence_fades(reading):
        beside = say.p("/ladder/standing/slope_evidence/p_mixture_beside_serial")
        return say.finding(
            "slope_answer",
            f"The data cannot tell. {spread}. If neighbouring measurements may be alike, that explains as much "
            f"({beside} then).",
        )
    if reading.used == "random_slope":
        return say.finding("slope_answer", f"The data say so. {spread}.")
    return say.finding("slope_answer", f"The data leave it open. {spread}.")
