"""Sentences on what changed since the last version of the data, and whether a conclusion changed with it."""

from __future__ import annotations

from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation.trend import model_name
from lmm.report.reading import Finding, Reading, Speaker

_MOST_NAMED = 4
_WORDS = ("no", "one", "two", "three", "four", "five", "six")


def verdict(reading: Reading) -> Finding:
    """Whether any conclusion changed, and which."""
    say = Speaker(reading)
    changes = reading.at("/changes")
    if changes is None:
        return say.finding(
            "changes",
            "This is the first report on these data.",
        )
    if changes["turned"]:
        rows = [row for row in changes["numbers"] if row["turn"] == "turned"]
        count = _WORDS[len(rows)]
        plural = "" if len(rows) == 1 else "s"
        return say.finding(
            "changes",
            f"{fmt.capital(count)} conclusion{plural} changed since the last version of the data. "
            + " ".join(_turned(reading, row) for row in rows),
        )
    text = "No conclusion changed since the last version of the data"
    if changes["moved"]:
        text += f", but {_moved(reading, changes)}"
    return say.finding("changes", f"{text}.")


def rows_came(reading: Reading) -> Finding:
    """How many measurements and groups there are now, and how many more or fewer that is."""
    say = Speaker(reading)
    rows, groups = (reading.at(f"/changes/{part}/change") for part in ("measurements", "groups"))
    now = (
        f"The report now rests on {say.count('/changes/measurements/after')} measurements of "
        f"{say.count('/changes/groups/after')} {reading.many}"
    )
    if rows == groups == 0:
        what = " but not the same" if has_rows_changed(reading) else ": only values were changed"
        return say.finding("rows_came", f"{now}, as many as before{what}.")
    parts = []
    for part, change, noun in (
        ("measurements", rows, ("measurement", "measurements")),
        ("groups", groups, (reading.one, reading.many)),
    ):
        if change:
            size = say.size(f"/changes/{part}/change", 0)
            named = noun[0] if abs(change) == 1 else noun[1]
            parts.append(f"{size} {named} {'more' if change > 0 else 'fewer'}")
    return say.finding("rows_came", f"{now}: {fmt.listed(parts)} than before.")


def has_rows_changed(reading: Reading) -> bool:
    """Whether any group is known to have more measurements than before, or fewer."""
    changed = reading.at("/changes/rows")
    return changed is not None and any(kind["groups"] for kind in changed.values())


def which_rows(reading: Reading) -> Finding | None:
    """Whose measurements came and whose are gone; ``None`` where none did, or that was not kept."""
    if not has_rows_changed(reading):
        return None
    changed = reading.at("/changes/rows")
    say = Speaker(reading)
    told = []
    for name, words in (
        ("new", "with {who}, new to the data"),
        ("grown", "more for {who} seen before"),
        ("shrunk", "fewer for {who}"),
        ("gone", "gone with {who}"),
    ):
        if changed[name]["groups"]:
            count = say.count(f"/changes/rows/{name}/measurements")
            told.append(
                f"{count} {words.format(who=_who(reading, changed[name]['moves'], say, name))}"
            )
    return say.finding("which_rows", f"By {reading.one}: {'; '.join(told)}.")


def _who(reading: Reading, moves: list[dict[str, Any]], say: Speaker, name: str) -> str:
    """The groups by name where they are few, else how many."""
    if len(moves) <= _MOST_NAMED:
        noun = reading.one if len(moves) == 1 else reading.many
        return f"{noun} {fmt.listed([fmt.shortened(move['level'], 20) for move in moves])}"
    return f"{say.count(f'/changes/rows/{name}/groups')} {reading.many}"


def largest_move(reading: Reading) -> Finding | None:
    """The number that moved most, from what to what; ``None`` where none has an interval to move in."""
    place = reading.at("/changes/largest")
    if place is None:
        return None
    say = Speaker(reading)
    row = reading.at(f"/changes/numbers/{place}")
    decimals = decimals_of(row)
    before, after = (
        say.value(f"/changes/numbers/{place}/{end}", decimals) for end in ("before", "after")
    )
    name = fmt.capital(f"the {label(reading, row['id'])}")
    unit = unit_of(reading, row["id"])
    if before == after:
        return say.finding(
            "largest_move_since", f"{name} moved most, and stays at {fmt.with_unit(after, unit)}."
        )
    return say.finding(
        "largest_move_since", f"{name} moved most: from {before} to {fmt.with_unit(after, unit)}."
    )


def model_change(reading: Reading) -> Finding | None:
    """That another model answers now; ``None`` where it is the same."""
    model = reading.at("/changes/model")
    if model["before"] == model["after"]:
        return None
    return Speaker(reading).finding(
        "model_change",
        f"The {model_name(model['after'])} model answers now; before, it was the "
        f"{model_name(model['before'])} model.",
    )


def label(reading: Reading, id: str) -> str:
    """What a followed number is called."""
    return {
        "slope": "average slope",
        "level": f"average level {reading.origin}".strip(),
        "level_sd": "spread of levels",
        "slope_sd": "spread of slopes",
        "sigma": "residual standard deviation",
        "icc": "intraclass correlation",
    }[id]


def unit_of(reading: Reading, id: str) -> str:
    """The unit of a followed number; a share has none."""
    if id == "icc":
        return ""
    return reading.rate_unit if id in ("slope", "slope_sd") else reading.unit


def decimals_of(row: dict[str, Any]) -> int:
    """Decimals that the earlier interval's width supports."""
    if row["before_low"] is None or row["before_high"] is None:
        return fmt.significant(row["before"], 3)
    return fmt.decimals_for((row["before_high"] - row["before_low"]) / 4.0)


def _turned(reading: Reading, row: dict[str, Any]) -> str:
    name = label(reading, row["id"])
    if row["before_low"] > 0 > row["after_high"]:
        return fmt.capital(f"the {name} was above zero and is now below it.")
    if row["before_high"] < 0 < row["after_low"]:
        return fmt.capital(f"the {name} was below zero and is now above it.")
    before, after = (
        ("includes", "excluded")
        if row["after_low"] <= 0 <= row["after_high"]
        else ("excludes", "included")
    )
    return f"The interval of the {name} {after} zero and now {before} it."


def _moved(reading: Reading, changes: dict[str, Any]) -> str:
    names = [label(reading, row["id"]) for row in changes["numbers"] if row["turn"] == "moved"]
    them = "its earlier interval" if len(names) == 1 else "their earlier intervals"
    return f"the {fmt.listed(names)} left {them}"
