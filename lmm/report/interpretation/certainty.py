"""Sentences on how sure a coefficient is: robust against model errors, few groups, within against between."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import model_name
from lmm.report.reading import Finding, Reading, Speaker


def errors_disagree(reading: Reading) -> Finding | None:
    """Where the model used, or the smaller one beside it, is surer (or less sure) of the slope than the data."""
    smaller = ("random_intercept",) if reading.used == "random_slope" else ()
    found = [
        (model, place) for model in (reading.used, *smaller) if (place := _flagged(reading, model))
    ]
    if not found:
        return None
    model, place = found[0]
    say = Speaker(reading)
    row = reading.at(place)
    decimals = fmt.decimals_for(min(row["se_model"], row["se_robust"]), 3)
    own, robust = (say.value(f"{place}/{key}", decimals) for key in ("se_model", "se_robust"))
    way = "too small" if row["ratio"] > 1.0 else "too large"
    is_used = model == reading.used
    rest = "" if is_used else " The model used allows for that."
    return say.finding(
        "errors_disagree",
        f"The {model_name(model)} model{'' if is_used else ' alone'} would put the standard error of "
        f"{_term(reading, row['term'])} at {own}; what the {reading.many} themselves show, without leaning on a "
        f"model, is {robust}, {say.value(f'{place}/ratio', 2)} times as much: the model’s is {way}.{rest}",
    )


def rests_on_few(reading: Reading, model: str) -> Finding | None:
    """The coefficient of a model that is carried by few groups, and what allowing for it makes of its p."""
    check = reading.at(f"/certainty/{model}/few_groups")
    terms = [term for term in check["where"] if _is_rare(reading, model, term)]
    if not terms:
        return None
    place = reading.find(f"/certainty/{model}/coefficients", term=terms[0])
    row = reading.at(place)
    say = Speaker(reading)
    name = fmt.capital(_term(reading, row["term"]))
    if row["rarer_groups"] is not None:
        rarer = say.count(f"{place}/rarer_groups")
        have = "has" if row["rarer_groups"] == 1 else "have"
        groups = say.count("/data/groups_used")
        carried = f"{name} rests on few {reading.many}: {rarer} of {groups} {have} the rarer value"
    else:
        carried = (
            f"{name} rests on few {reading.many}: its information is that of "
            f"{say.value(f'{place}/effective_groups', 1)} equally telling ones"
        )
    dof = say.value(f"{place}/dof_robust", 1)
    robust = say.p(f"{place}/p_robust")
    key = "p_kenward_roger" if row["p_kenward_roger"] is not None else "p_satterthwaite"
    return say.finding(
        f"few_groups_{model}",
        f"{carried}. Standard errors that do not lean on the model leave it {dof} degrees of freedom and "
        f"{robust}, where the model says {say.p(f'{place}/{key}')}.",
    )


def within_or_between(reading: Reading) -> Finding | None:
    """Whether the slope within groups is the one between them."""
    rows = reading.at("/within_between/covariates")
    place = next(
        (
            f"/within_between/covariates/{i}"
            for i, row in enumerate(rows)
            if row["term"] == reading.slope
        ),
        None,
    )
    if place is None or reading.at(place)["contextual"] is None:
        return None
    say = Speaker(reading)
    decimals = fmt.decimals_for(reading.at(f"{place}/within/se"))
    within = say.value(f"{place}/within/estimate", decimals)
    between = say.value(f"{place}/between/estimate", decimals)
    p = say.p(f"{place}/contextual/p")
    # a threshold of wording, not of a decision: below it the two are told apart
    apart = reading.at(f"{place}/contextual/p") < 1.0 - reading.study["confidence"]
    verdict = (
        f"the data tell them apart ({p}), so the average slope mixes two different things"
        if apart
        else f"the data do not tell them apart ({p})"
    )
    return say.finding(
        "within_or_between",
        f"Followed within {reading.many} the slope is {within}, compared between {reading.many} it is "
        f"{reading.rate(between)}: {verdict}.",
    )


def explained(reading: Reading) -> Finding:
    """R² of the model used, and what is left."""
    say = Speaker(reading)
    r2 = f"/explained/{reading.used}/r2"
    fixed, both = say.percent(f"{r2}/marginal"), say.percent(f"{r2}/conditional")
    what = "The average line" if reading.slope else "The mean"
    return say.finding(
        "explained",
        f"{what} accounts for {fixed} of the variance of {reading.outcome}; with the differences between "
        f"{reading.many} it is {both}.",
        level="technical",
    )


def centring(reading: Reading) -> Finding | None:
    """How far the test of an uncorrelated slope depends on where time is zero; ``None`` without such tests."""
    rows = reading.at("/centring")
    if len(rows) < 2:
        return None
    say = Speaker(reading)
    low = min(range(len(rows)), key=lambda i: rows[i]["statistic"])
    high = max(range(len(rows)), key=lambda i: rows[i]["statistic"])
    ends = [say.value(f"/centring/{i}/statistic", 1) for i in (low, high)]
    if ends[0] == ends[1]:
        return None
    steady = say.value(f"/centring/{high}/correlated_statistic", 1)
    return say.finding(
        "centring",
        f"Held uncorrelated with the level, differing slopes get a likelihood ratio from {ends[0]} to {ends[1]}, "
        f"depending on where time is counted from; free to correlate they get {steady} everywhere, which is why "
        "that test leads.",
        level="technical",
    )


def groups_guide(reading: Reading) -> Finding:
    """What speaks for calling groups random: how many there are, and how often each was measured."""
    say = Speaker(reading)
    place = "/within_between/groups"
    groups = reading.at(place)
    count = say.count(f"{place}/groups")
    least, most = say.count(f"{place}/smallest"), say.count(f"{place}/largest")
    often = (
        f"each measured {least} times"
        if groups["balanced"]
        else f"measured {least} to {most} times each"
    )
    once = ""
    if groups["singletons"] and not groups["balanced"]:
        verb, counts = ("tells", "counts") if groups["singletons"] == 1 else ("tell", "count")
        once = (
            f" {fmt.capital(say.count(f'{place}/singletons'))} measured once {verb} nothing of change within "
            f"{fmt.an(reading.one)}, but {counts} for the spread between them."
        )
    return say.finding(
        "groups_guide",
        f"There are {count} {reading.many}, {often}. A random effect describes {reading.many} in general and learns "
        f"from their number; fixed levels describe these {reading.many} only and learn from the measurements of each."
        + once,
        level="technical",
    )


def _flagged(reading: Reading, model: str) -> str | None:
    """Pointer of the coefficient of the trend where the check speaks of it."""
    if model not in reading.at("/certainty"):
        return None
    check = reading.at(f"/certainty/{model}/errors_agree")
    if check["verdict"] == "fine" or reading.slope not in check["where"]:
        return None
    return reading.find(f"/certainty/{model}/coefficients", term=reading.slope)


def _is_rare(reading: Reading, model: str, term: str) -> bool:
    """Whether it is the coefficient that rests on few groups, and not the study that has few."""
    row = reading.at(reading.find(f"/certainty/{model}/coefficients", term=term))
    groups = reading.at("/data/groups_used")
    carried = row["rarer_groups"] if row["rarer_groups"] is not None else row["effective_groups"]
    return 2.0 * carried < groups


def _term(reading: Reading, term: str) -> str:
    if term == reading.slope:
        return "the slope"
    if term == "Intercept":
        return "the level"
    return f"“{fmt.shortened(term)}”"
