"""Sentences on whether the model could be fitted, and whether the data can carry it."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.interpretation import factors
from lmm.report.interpretation.checks.words import (
    agree,
    effect,
    effects,
    named,
    variable,
)
from lmm.report.reading import Reading, Speaker


def convergence(reading: Reading, say: Speaker, check: str) -> str:
    """Whether the optimum was found."""
    if reading.at(check)["verdict"] == "fine":
        return "The search for the best fit ended at a proven optimum."
    return (
        "The search for the best fit did not end at a proven optimum: every number of the model used may be off. "
        "A simpler model, or time counted in other units, may help."
    )


def boundary(reading: Reading, say: Speaker, check: str) -> str:
    """Which spread is estimated as zero, or moves only with another."""
    found = reading.at("/diagnostics/boundary")
    if not found:
        return (
            f"No spread between {factors.all_of_them(reading)} is estimated as zero, and none moves only with "
            "another."
        )
    names = fmt.listed([effects(reading, name) for name in found[0]["terms"]])
    many = reading.nouns(found[0]["group"])[1]
    if found[0]["kind"] == "perfect correlation":
        return (
            f"The {names} of {many} are estimated to move together exactly: the data do not tell them apart, and "
            "their correlation is not to be believed."
        )
    return (
        f"The estimated spread of {names} between {many} is zero: the data show no more of it than chance would "
        "give. The model without it fits as well and gives the same average line."
    )


def groups(reading: Reading, say: Speaker, check: str) -> str:
    """Whether there are groups enough."""
    verdict, where = reading.at(check)["verdict"], reading.at(check)["where"]
    levels = reading.at("/factors/levels")
    named = next((i for i, row in enumerate(levels) if row["column"] in where), 0)
    many, count = levels[named]["plural"], say.count(f"/factors/levels/{named}/groups")
    if verdict == "fine":
        wanted = say.value(f"{check}/threshold", 0)
        return f"{count} {many} are enough to see how they differ ({wanted} are wanted)."
    if verdict == "note":
        return (
            f"Only {count} {many} show how {many} differ: the spreads between them are rough, and "
            f"intervals may be too narrow ({say.value(f'{check}/threshold', 0)} are wanted)."
        )
    return (
        f"Only {count} {many} tell next to nothing of how {many} in general differ "
        f"({say.value(f'{check}/serious', 0)} are wanted at least): take the spread between them, and what rests "
        "on it, as a guess."
    )


def cells(reading: Reading, say: Speaker, check: str) -> str:
    """Whether a value of a variable rests on few groups."""
    found = reading.at(check)
    if found["statistic"] is None:
        return f"No variable has just two values, so none can rest on a few {reading.many} that have the rarer one."
    count = int(found["statistic"])
    one, many = reading.nouns(reading.at("/diagnostics/cells/0/group"))
    held = say.value(f"{check}/statistic", 0)
    if found["verdict"] == "fine":
        return f"Each value of a variable of two values occurs in {held} {many} or more."
    name = reading.at("/diagnostics/cells/0/column")
    return (
        f"{fmt.capital(effect(reading, name))} rests on {held} {agree(count, one, many)}, the only "
        f"{agree(count, 'one', 'ones')} with the rarer value: its interval and p-value look surer than they are."
    )


def collinearity(reading: Reading, say: Speaker, check: str) -> str:
    """Whether explanatory variables can be told apart."""
    found = reading.at(check)
    if found["statistic"] is None:
        return "No two explanatory variables compete, so none can stand in for another."
    times = say.value(f"{check}/statistic", 1)
    if found["verdict"] == "fine":
        return (
            "The explanatory variables can be told apart: overlap with the others multiplies the variance of an "
            f"effect by {times} at most."
        )
    names = fmt.listed([variable(reading, name) for name in found["where"]])
    return (
        f"The effects of {names} can hardly be told apart: overlap with the others multiplies the variance of one "
        f"by {times}. Their sum is surer than each."
    )


def repeats(reading: Reading, say: Speaker, check: str) -> str:
    """Whether a group has several rows at one time."""
    found, verdict = reading.at("/diagnostics/repeats"), reading.at(check)["verdict"]
    if found["by_design"]:
        return (
            f"Most {reading.many} have several rows at one time: that is the design, and no slip."
        )
    if verdict == "fine":
        met = [
            each["singular"]
            for each in reading.further
            if each["singular"] != factors.around(reading)
        ]
        of_one = f" of one {fmt.listed(met)}" if met else ""
        return f"No {reading.one} has two rows{of_one} at one time."
    rows = say.count("/diagnostics/repeats/rows")
    who = named(reading, found["groups"])
    text = (
        f"In {rows} {agree(found['rows'], 'row', 'rows')} a {reading.one} is measured again at a time it already "
        f"has ({who})"
    )
    if verdict == "note":
        return f"{text}: one of each pair may be a slip."
    same = say.count("/diagnostics/repeats/same_outcome")
    return f"{text}, {same} of them with the same value: copied rows count twice and make intervals too narrow."


def constants(reading: Reading, say: Speaker, check: str) -> str:
    """Whether something changes within a group that should not."""
    found = reading.at("/diagnostics/inconstant")
    if not found:
        return f"Nothing that stays the same in nearly all {reading.many} changes in a few."
    names = fmt.listed([variable(reading, each["column"]) for each in found])
    return (
        f"Within {named(reading, reading.at(check)['where'])} {names} changes, which stays the same within nearly "
        f"all other {reading.many}: it may be mistyped there."
    )


def attrition(reading: Reading, say: Speaker, check: str) -> str:
    """Whether groups seen rarely differ from those seen often."""
    found = reading.at("/diagnostics/attrition")
    if found is None:
        if len(reading.at("/data/group_sizes")) == 1:
            return f"Every {reading.one} was measured equally often."
        return f"Whether {reading.many} seen rarely differ from the others cannot be told here."
    size = say.size("/diagnostics/attrition/difference", 2)
    if reading.at(check)["verdict"] == "fine":
        return (
            f"The levels of {reading.many} seen rarely and often are much the same: {size} standard deviations "
            f"apart, and more than {say.value(f'{check}/threshold', 2)} would be noted."
        )
    side = "above" if found["difference"] > 0 else "below"
    most, least = (say.count(f"/diagnostics/attrition/{end}") for end in ("most", "least"))
    return (
        f"The level of {reading.many} measured {most} times lies {size} standard deviations {side} that of those "
        f"measured {least} {agree(found['least'], 'time', 'times')}: their absence may not be by chance, and "
        "averages then lean towards those who stayed."
    )
