"""Sentences on further grouping factors: how they lie to the main one, how much of the variation is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker

# What the report of one grouping factor has, and that of several has not, by where it would stand.
_ONE_FACTOR_ONLY = (
    ("/within_between/covariates", "slopes within and between groups with Hausman’s test"),
    ("/explained/random_intercept/conditional_aic", "conditional AIC"),
    ("/bootstrap/intervals", "bootstrap intervals"),
)


def layout(reading: Reading) -> Finding | None:
    """Whether the factors are nested or crossed, pair by pair; ``None`` with one factor."""
    if not reading.further:
        return None
    say = Speaker(reading)
    lies = reading.at("/factors/lies")
    told = [_pair(reading, say, f"/factors/lies/{i}", lies[i]) for i in range(len(lies))]
    apart = [each for each in (reading.study["group"], *reading.further) if each["within"]]
    told += [
        f"Labels of {each['plural']} come again in every {reading.nouns(each['within'])[0] or each['within']}, so "
        f"each of the {each['plural']} is named by both."
        for each in apart
    ]
    return say.finding("layout", " ".join(told))


def _pair(reading: Reading, say: Speaker, place: str, lie: Mapping[str, Any]) -> str:
    (one, many), (other, others) = reading.nouns(lie["group"]), reading.nouns(lie["other"])
    levels = {row["column"]: i for i, row in enumerate(reading.at("/factors/levels"))}
    counts = [say.count(f"/factors/levels/{levels[lie[key]]}/groups") for key in ("group", "other")]
    if lie["relation"] == "within":
        return (
            f"Each of the {counts[0]} {many} belongs to one of {counts[1]} {others}: {many} are nested in "
            f"{others}."
        )
    if lie["relation"] == "around":
        return (
            f"Each of the {counts[1]} {others} belongs to one of {counts[0]} {many}: {others} are nested in "
            f"{many}."
        )
    if lie["relation"] == "crossed":
        met = f"Every one of the {counts[0]} {many} meets every one of the {counts[1]} {others}"
        return f"{met}: the two are crossed.{_doubt(reading, lie, one, other)}"
    cells, possible = say.count(f"{place}/cells"), say.count(f"{place}/possible")
    return (
        f"The {counts[0]} {many} and {counts[1]} {others} are crossed in part: {cells} of {possible} possible pairs "
        f"occur.{_doubt(reading, lie, one, other)}"
    )


def _doubt(reading: Reading, lie: Mapping[str, Any], one: str, other: str) -> str:
    """What the data cannot show: that equal labels are not the same group, where pairs have rows enough."""
    if lie["fewest"] < 2:
        return ""
    return (
        f" That takes a {one} of one label for the same in every {other}; if it is another one, “within: "
        f"{lie['other']}” in the configuration says so."
    )


def average(reading: Reading, *, whose: str = "its") -> str:
    """What a group is pulled to: the average, or that of the group around it."""
    outer = around(reading)
    return f"average of {whose} {outer}" if outer else "average"


def counts(reading: Reading) -> str:
    """`` in 10 batches`` or `` and 6 samples`` after the count of the main groups."""
    told = ""
    for i, each in enumerate(reading.further):
        word = "in" if around(reading) == each["singular"] else "and"
        groups = reading.at(f"/factors/levels/{i + 1}/groups")
        told += f" {word} {fmt.count(groups)} {each['plural']}"
    return told


def around(reading: Reading) -> str:
    """What one group around the main ones is called where these are nested; empty where they are not."""
    for lie in reading.at("/factors/lies"):
        if lie["group"] == reading.group and lie["relation"] == "within":
            return reading.nouns(lie["other"])[0]
    return ""


def all_of_them(reading: Reading) -> str:
    """``casks and batches``: the groups of every factor."""
    return fmt.listed([reading.many, *(each["plural"] for each in reading.further)])


def in_brief(reading: Reading, say: Speaker) -> str:
    """The shares of the further factors as the end of the lead; empty with one factor."""
    some = [each for each in reading.further if reading.at(f"{_share(reading, each)}/share") > 0.0]
    none = [each["plural"] for each in reading.further if each not in some]
    told = [
        f"{say.percent(f'{_share(reading, each)}/share')} {'lies ' if i == 0 else ''}between {each['plural']}"
        for i, each in enumerate(some)
    ]
    text = f" A further {fmt.listed(told)}." if told else ""
    return f"{text} None lies between {fmt.listed(none)}." if none else text


def shares(reading: Reading) -> Finding | None:
    """How much of the variation is whose, with intervals; ``None`` with one factor."""
    if not reading.further:
        return None
    say = Speaker(reading)
    told = []
    for each in reading.further:
        place = _share(reading, each)
        interval = " to ".join(say.percent(f"{place}/{end}") for end in ("low", "high"))
        verb = "" if told else "lies "
        told.append(
            f"{say.percent(f'{place}/share')} {verb}between {each['plural']} ({say.certainty()} {interval})"
        )
    rest = reading.find("/factors/shares/random_intercept", group="")
    left = say.percent(f"{rest}/share")
    return say.finding(
        "factor_shares",
        f"A further {fmt.listed(told)}; {left} is left to single measurements.",
    )


def tests(reading: Reading) -> Finding | None:
    """Whether each further factor matters, by the surest test there is; ``None`` with one factor."""
    if not reading.further:
        return None
    say = Speaker(reading)
    told = [_tested(reading, say, each) for each in reading.further]
    return say.finding("factor_tests", " ".join(told))


def _tested(reading: Reading, say: Speaker, factor: Mapping[str, Any]) -> str:
    place = f"/boundary/level of {factor['column'].replace('~', '~0').replace('/', '~1')}"
    found = reading.at(f"{place}/tests")
    if not found:
        return f"Whether {factor['plural']} differ is not tested: {reading.at(f'{place}/reason')}."
    last = len(found) - 1
    p = say.p(f"{place}/tests/{last}/p")
    sure = found[last]["p"] < 1.0 - reading.study["confidence"]
    verdict = (
        f"{fmt.capital(factor['plural'])} differ by more than chance"
        if sure
        else f"The data do not show that {factor['plural']} differ"
    )
    if found[last]["method"] in ("wald_f", "means_f"):
        return f"{verdict} ({p}, an exact F test)."
    level = next(
        i
        for i, row in enumerate(reading.at("/factors/levels"))
        if row["column"] == factor["column"]
    )
    count = say.count(f"/factors/levels/{level}/groups")
    return f"{verdict} ({p}, likelihood ratio; its reference is for many {factor['plural']}, and there are {count})."


def not_here(reading: Reading) -> Finding | None:
    """What methods for one factor cannot say, and is left out; ``None`` with one factor."""
    if not reading.further:
        return None
    absent = [words for place, words in _ONE_FACTOR_ONLY if not reading.at(place)]
    absent += ["between–within degrees of freedom"]
    clusters = reading.at(f"/certainty/{reading.used}/clusters")
    if clusters:
        robust = f" Robust errors take {reading.nouns(clusters)[1]} for independent, the outermost groups."
    else:
        robust = ""
        absent.append(
            "cluster-robust errors, for no part of crossed data is independent of the rest"
        )
    if reading.slope:
        absent.append("serial correlation as a rival")
    return Speaker(reading).finding(
        "not_here",
        f"With several grouping factors some things are left out, because their methods are for one: "
        f"{fmt.listed(absent)}.{robust}",
        level="technical",
    )


def _share(reading: Reading, factor: Mapping[str, Any]) -> str:
    return reading.find("/factors/shares/random_intercept", group=factor["column"])
