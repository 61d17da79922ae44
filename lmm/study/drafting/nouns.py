"""Words for groups and times, as far as the names of the columns give them away."""

from __future__ import annotations

from lmm.ingest.guesses import words_of

_UNITS = ("year", "month", "week", "day", "hour", "minute", "visit", "wave", "term", "session")
_IRREGULAR = {"child": "children", "person": "people", "mouse": "mice", "litter": "litters"}
# Words that say that a column names something, not what.
_EMPTY = frozenset((
    "id", "ids", "nr", "no", "number", "code", "key", "name", "group", "groups", "subj",
    "subject"
))  # fmt: skip


def group_nouns(column: str) -> tuple[str, str]:
    """One group and several of them, from child_id or pig; ('', '') where the name tells nothing."""
    words = sorted(words_of(column) - _EMPTY)
    if len(words) != 1 or len(words[0]) < 3 or not words[0].isascii():
        return "", ""
    one = words[0]
    if one in _IRREGULAR.values():
        one = next(single for single, many in _IRREGULAR.items() if many == one)
    elif one.endswith("ies"):
        one = f"{one[:-3]}y"
    elif one.endswith("s") and not one.endswith("ss"):
        one = one[:-1]
    return one, plural(one)


def plural(one: str) -> str:
    """Several of them, by the usual rules."""
    if one in _IRREGULAR:
        return _IRREGULAR[one]
    if one.endswith("y") and one[-2:-1] not in tuple("aeiou"):
        return f"{one[:-1]}ies"
    return f"{one}es" if one.endswith(("s", "x", "ch", "sh")) else f"{one}s"


def time_unit(column: str) -> str:
    """The unit that the name of a time gives away (weeks, visit_month), or ''."""
    words = {word.removesuffix("s") for word in words_of(column)}
    return next((unit for unit in _UNITS if unit in words), "")
