"""A study's trend over the versions of its data, for the page that lists all studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmm.plots.sparkline import sparkline
from lmm.report import formatting as fmt

# Fewer versions make no trail, and older ones are left out of a longer one.
_FEWEST, _MOST = 3, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The picture, the words before it, and the same for those who cannot see it."""

    svg: str
    label: str
    alt: str


def trail(history: Sequence[Mapping[str, Any]]) -> Trail | None:
    """The average slope (without a time: the level) over the versions that are about the same; ``None`` for few."""
    if not history:
        return None
    subject = history[-1].get("headline", {}).get("subject")
    found = [
        _followed(entry) for entry in history if entry.get("headline", {}).get("subject") == subject
    ]
    rows = [row for row in found if row is not None and None not in row.values()][-_MOST:]
    if subject is None or len(rows) < _FEWEST:
        return None
    name = "average slope" if rows[-1]["id"] == "slope" else "average level"
    decimals = fmt.decimals_for((rows[-1]["high"] - rows[-1]["low"]) / 4.0)
    first, last = (fmt.number(rows[k]["value"], decimals) for k in (0, -1))
    return Trail(
        svg=sparkline(*([float(row[key]) for row in rows] for key in ("value", "low", "high"))),
        label=f"The {name} over {len(rows)} versions of the data, {first} to {last}:",
        alt=f"Line of the {name} with its interval over {len(rows)} versions of the data, from {first} to {last}.",
    )


def _followed(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    numbers = entry.get("headline", {}).get("followed", [])
    return next((row for row in numbers if row["id"] in ("slope", "level")), None)
