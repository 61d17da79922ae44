"""The numbers of a report that are followed from one version of the data to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lmm.diagnostics.drift import Drift, Followed, drifts
from lmm.report.reading import Reading
from lmm.report.rows_changed import counted, rows_changed
from lmm.rows import to_records

# A longer trail leaves its oldest versions out.
MOST_VERSIONS = 40


def followed_numbers(reading: Reading) -> tuple[Followed, ...]:
    """Trend, level, spreads, residual SD and intraclass correlation of the model used, with intervals."""
    used = reading.used
    found = [_effect(reading, "slope", str(reading.slope))] if reading.slope else []
    found.append(_effect(reading, "level", "Intercept"))
    names = {"Intercept": "level_sd", str(reading.slope): "slope_sd"}
    for row in reading.at("/profiles")[used]:
        if row["kind"] == "residual_sd":
            found.append(_unsigned("sigma", row["estimate"], row["low"], row["high"]))
        elif row["other"] is None and row["term"] in names and row["group"] == reading.group:
            found.append(_unsigned(names[row["term"]], row["estimate"], row["low"], row["high"]))
    icc = reading.at("/icc/random_intercept")
    return (*found, _unsigned("icc", icc["value"], icc["low"], icc["high"]))


def subject(reading: Reading) -> dict[str, Any]:
    """What the numbers are about: two versions with different subjects do not compare."""
    study = reading.study
    also = [each["column"] for each in reading.further]
    return {
        **({"also_grouped_by": also} if also else {}),
        "outcome": study["outcome"]["column"],
        "unit": reading.unit,
        "group": study["group"]["column"],
        "time": reading.slope,
        "formula": reading.at("/models/pooled/formula"),
    }


def changes_since(
    reading: Reading,
    previous: Mapping[str, Any] | None,
    *,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any] | None:
    """What moved since the ``previous`` line of the history; ``None`` where there is none to compare with.

    ``earlier`` are the history's lines on other data than these, oldest first, for the trail. A line without
    followed numbers, or of another outcome, group, time or formula, does not compare.
    """
    if previous is None:
        return None
    before = previous.get("headline", {})
    if before.get("subject") != subject(reading) or "followed" not in before:
        return None
    moves = drifts(
        tuple(Followed(**number) for number in before["followed"]), followed_numbers(reading)
    )
    return {
        "since": {"digest": previous["digest"], "time": previous["time"]},
        "measurements": _counts(before["measurements"], reading.at("/data/rows_used")),
        "groups": _counts(before["groups"], reading.at("/data/groups_used")),
        "rows": rows_changed(before.get("rows", {}), counted(reading.numbers)),
        "model": {"before": before["model"], "after": reading.used},
        "numbers": to_records(moves),
        "turned": sum(move.turn == "turned" for move in moves),
        "moved": sum(move.turn == "moved" for move in moves),
        "largest": _largest(moves),
        "trail": _trail(reading, earlier),
    }


def _trail(reading: Reading, earlier: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The first followed number in each version about the same, these data last (without a time)."""
    now = to_records(followed_numbers(reading)[:1])[0]
    versions = []
    for entry in earlier:
        before = entry.get("headline", {})
        numbers = before.get("followed", []) if before.get("subject") == subject(reading) else []
        versions += [
            {"time": entry["time"], **{key: row[key] for key in ("value", "low", "high")}}
            for row in numbers
            if row["id"] == now["id"] and None not in row.values()
        ]
    last = {"time": "", **{key: now[key] for key in ("value", "low", "high")}}
    return {"id": now["id"], "versions": [*versions[1 - MOST_VERSIONS :], last]}


def _effect(reading: Reading, id: str, term: str) -> Followed:
    row = reading.at(reading.effect(reading.used, term))
    return Followed(id=id, value=row["estimate"], low=row["low"], high=row["high"], signed=True)


def _unsigned(id: str, value: float, low: float | None, high: float | None) -> Followed:
    return Followed(id=id, value=value, low=low, high=high, signed=False)


def _counts(before: int, after: int) -> dict[str, int]:
    return {"before": before, "after": after, "change": after - before}


def _largest(moves: tuple[Drift, ...]) -> int | None:
    """The place of the number that moved most, as a share of the old interval's width."""
    widths = [
        (abs(move.change) / (move.before_high - move.before_low), place)
        for place, move in enumerate(moves)
        if move.before_low is not None
        and move.before_high is not None
        and move.before_high > move.before_low
    ]
    return max(widths)[1] if widths else None
