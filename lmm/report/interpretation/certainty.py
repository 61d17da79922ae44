"""Sentences on how sure a coefficient is: against robust standard errors, with few groups, at a variance of zero."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import agree, with_unit
from lmm.report.interpretation.checks.words import term as called
from lmm.report.interpretation.trend import MODEL_NAMES, model_name
from lmm.report.reading import Finding, Reading, Speaker


def further_models(reading: Reading) -> list[str]:
    """The configured further mixed models."""
    return [name for name in reading.at("/certainty") if name not in MODEL_NAMES]


def errors_disagree(reading: Reading) -> Finding | None:
    """Where the model used is surer (or less sure) than its groups, or the smaller model beside it would have been."""
    if (place := _flagged(reading, reading.used)) is not None:
        text = _disagreement(reading, say := Speaker(reading), place, reading.used)
        return say.finding("errors_disagree", text)
    smaller = "random_intercept"
    if reading.used == smaller or (place := _flagged(reading, smaller, reading.slope)) is None:
        return None
    text = _disagreement(reading, say := Speaker(reading), place, smaller)
    return say.finding("errors_disagree", f"{text} The model used allows for that.")


def is_doubtful(reading: Reading) -> bool:
    """Whether the standard errors in doubt are those of the model used itself."""
    return _flagged(reading, reading.used) is not None


def errors_disagree_in(reading: Reading, model: str) -> Finding | None:
    """The same of a further model."""
    place = _flagged(reading, model)
    if place is None:
        return None
    text = _disagreement(reading, say := Speaker(reading), place, model)
    return say.finding(f"errors_disagree_{model}", text)


def _flagged(reading: Reading, model: str, term: str | None = None) -> str | None:
    """Pointer of the coefficient that the check speaks of: the one asked for, else the trend's, else the worst."""
    check = reading.at(f"/certainty/{model}/errors_agree")
    named = check["where"]
    wanted = [reading.slope] if term is None else [term]
    found = next((each for each in wanted if each in named), None)
    if found is None and term is None:
        found = next((each for each in named if each != "Intercept"), None)
    if found is None:
        return None
    return reading.find(f"/certainty/{model}/coefficients", term=found)


def _disagreement(reading: Reading, say: Speaker, place: str, model: str) -> str:
    row = reading.at(place)
    decimals = fmt.decimals_for(min(row["se_model"], row["se_robust"]), 3)
    own, robust = (say.value(f"{place}/{key}", decimals) for key in ("se_model", "se_robust"))
    times = say.value(f"{place}/ratio", 2)
    if row["may_be_chance"]:
        many = reading.nouns(reading.at(f"/certainty/{model}/clusters"))[1]
        verdict = f"with so few {many} behind it, chance alone may make such a difference"
    else:
        verdict = f"the model’s is too {'small' if row['ratio'] > 1.0 else 'large'}"
    clusters = reading.nouns(reading.at(f"/certainty/{model}/clusters"))[1]
    return (
        f"{_model(reading, model)} puts the standard error of {called(reading, row['term'])} at {own}. "
        f"What the {clusters} themselves show, without leaning on a model, is {robust}, {times} times as much: "
        f"{verdict}."
    )


def _model(reading: Reading, model: str) -> str:
    if model not in MODEL_NAMES:
        return f"The model “{model_name(model)}”"
    alone = "" if model == reading.used else " alone"
    return f"The {model_name(model)} model{alone}"


def held_at_zero(reading: Reading) -> Finding | None:
    """That Kenward–Roger takes a variance estimated as zero for known; other software does not."""
    models = [
        model_name(name)
        for name, model in reading.at("/models").items()
        if model["singular"]
        and any(row["dof_method"] == "Kenward-Roger" for row in model["fixed_effects"])
    ]
    if not models:
        return None
    where = f"the {fmt.listed(models)} {agree(len(models), 'model', 'models')}"
    return Speaker(reading).finding(
        "held_at_zero",
        f"Where a variance, or a combination of them, is estimated as zero (here in {where}), Kenward–Roger takes it "
        "as known to be zero in its standard errors and degrees of freedom; pbkrtest takes it as estimated there too "
        "and gives others.",
        level="technical",
    )


def rests_on_few(reading: Reading, model: str) -> Finding | None:
    """The coefficients of a model that few groups carry, and what allowing for it makes of the first one's p."""
    terms = _carried_by_few(reading, model)
    if not terms:
        return None
    place = reading.find(f"/certainty/{model}/coefficients", term=terms[0])
    say = Speaker(reading)
    carried = f"{fmt.capital(called(reading, terms[0]))} rests on {_carriers(reading, say, place)}"
    allowed = _allowed(reading, say, place)
    others = [called(reading, term) for term in terms[1:]]
    same = f" Few carry {fmt.listed(others)} too." if others else ""
    return say.finding(f"few_groups_{model}", f"{carried}{allowed}{same}")


def _allowed(reading: Reading, say: Speaker, place: str) -> str:
    """What standard errors that allow for few groups make of the coefficient."""
    row = reading.at(place)
    key = "p_kenward_roger" if row["p_kenward_roger"] is not None else "p_satterthwaite"
    own = say.p(f"{place}/{key}")
    if row["se_robust"] is None:
        return (
            f", and no standard error can allow for that: the model’s own ({own}) takes it on trust that "
            f"{reading.many} with either value differ alike."
        )
    decimals = fmt.decimals_for(row["se_robust"])
    size = with_unit(reading, row["term"], say.value(f"{place}/estimate", decimals))
    interval = f"{say.certainty()} {_robust_interval(say, place, decimals)}"
    robust = say.p(f"{place}/p_robust")
    instead = f"{robust} as in the model" if robust == own else f"{robust} instead of {own}"
    return f". With standard errors that allow for it, it is {size} ({interval}), with {instead}."


def _robust_interval(say: Speaker, place: str, decimals: int) -> str:
    low, high = (say.value(f"{place}/{end}_robust", decimals) for end in ("low", "high"))
    return f"{low} to {high}"


def _carriers(reading: Reading, say: Speaker, place: str) -> str:
    row = reading.at(place)
    if row["rarer_groups"] is None:
        equal = say.value(f"{place}/effective_groups", 1)
        return (
            f"few {reading.many}: it is as well known as {equal} equally telling ones would make it"
        )
    rarer = say.count(f"{place}/rarer_groups")
    groups = say.count("/structure/groups")
    ones = "the only one" if row["rarer_groups"] == 1 else "the only ones"
    return f"{rarer} of {groups} {reading.many}, {ones} with the rarer value"


def _carried_by_few(reading: Reading, model: str) -> list[str]:
    """Terms that rest on few of the study's groups (not all terms of a study that has few), two-valued ones first."""
    groups = reading.at("/structure/groups")
    terms = []
    for term in reading.at(f"/certainty/{model}/few_groups")["where"]:
        row = reading.at(reading.find(f"/certainty/{model}/coefficients", term=term))
        rarer = row["rarer_groups"]
        if (
            term != "Intercept"
            and 2 * (row["effective_groups"] if rarer is None else rarer) < groups
        ):
            terms.append((rarer is None, term))
    return [term for _, term in sorted(terms, key=lambda each: each[0])]
