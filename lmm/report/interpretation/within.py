"""Sentences on change within groups and differences between them, and on calling groups fixed or random."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker


def within_or_between(reading: Reading) -> Finding | None:
    """Whether the slope within groups is the one between them; ``None`` where the data have no second slope."""
    place = _of_time(reading)
    if place is None:
        return None
    say = Speaker(reading)
    row = reading.at(place)
    if row["contextual"] is None:
        if row["between_share"]:
            return None
        return say.finding(
            "within_or_between",
            f"No {reading.one} was measured earlier or later on average than another: the average slope is change "
            f"within {reading.many}, and no difference between them enters it.",
        )
    decimals = fmt.decimals_for(min(row["within"]["se"], row["between"]["se"]))
    within, between = (
        say.value(f"{place}/{key}/estimate", decimals) for key in ("within", "between")
    )
    inner, outer = (say.interval(f"{place}/{key}", decimals) for key in ("within", "between"))
    apart = say.value(f"{place}/contextual/estimate", decimals)
    sure = f"{say.interval(f'{place}/contextual', decimals)}; {say.p(f'{place}/contextual/p')}"
    verdict = (
        f"so that comparing {reading.many} says something else than following each {reading.one}"
        if is_apart(reading)
        else "so that the data do not tell the two apart"
    )
    return say.finding(
        "within_or_between",
        f"Followed within {reading.many} the slope is {reading.rate(within)} ({say.certainty()} {inner}), compared "
        f"between {reading.many} {between} ({outer}). In a model with both they differ by {apart} ({sure}), {verdict}.",
    )


def is_apart(reading: Reading) -> bool:
    """Whether change within groups and the difference between them are told apart: their difference excludes zero."""
    place = _of_time(reading)
    contextual = reading.at(place)["contextual"] if place else None
    return contextual is not None and (contextual["low"] > 0.0 or contextual["high"] < 0.0)


def hausman(reading: Reading) -> Finding | None:
    """Hausman's test, for readers who look for it."""
    found = reading.at("/within_between/hausman")
    if found is None:
        return None
    say = Speaker(reading)
    if found["statistic"] is None:
        return say.finding(
            "hausman",
            "Hausman’s test has nothing to compare: fixed and random levels give the same slopes by design.",
            level="technical",
        )
    statistic = say.value("/within_between/hausman/statistic", 2)
    dof = say.count("/within_between/hausman/dof")
    return say.finding(
        "hausman",
        f"Hausman’s test compares the slopes under fixed levels with those under random ones: χ² = {statistic} on "
        f"{dof} degree{'' if found['dof'] == 1 else 's'} of freedom ({say.p('/within_between/hausman/p')}). It asks "
        "what the group means ask beside the covariates; where the two differ, put the means in.",
        level="technical",
    )


def groups_guide(reading: Reading) -> Finding:
    """What speaks for calling groups random: how many there are, and how often each was measured."""
    say = Speaker(reading)
    groups = reading.at("/structure")
    count = say.count("/structure/groups")
    least, most = say.count("/structure/smallest"), say.count("/structure/largest")
    often = (
        f"each measured {least} times"
        if groups["balanced"]
        else f"measured {least} to {most} times each"
    )
    once = ""
    if groups["singletons"] and not groups["balanced"]:
        verb, counts = ("tells", "counts") if groups["singletons"] == 1 else ("tell", "count")
        once = (
            f" {fmt.capital(say.count('/structure/singletons'))} measured once {verb} nothing of change within "
            f"{fmt.an(reading.one)}, but {counts} for the spread between them."
        )
    return say.finding(
        "groups_guide",
        f"There are {count} {reading.many}, {often}. A random effect describes {reading.many} in general and learns "
        f"from their number; fixed levels describe these {reading.many} only and learn from the measurements of each."
        + once,
        level="technical",
    )


def _of_time(reading: Reading) -> str | None:
    rows = reading.at("/within_between/covariates")
    found = [i for i, row in enumerate(rows) if row["term"] == reading.slope]
    return f"/within_between/covariates/{found[0]}" if found else None
