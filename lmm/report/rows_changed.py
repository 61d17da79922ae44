"""Which groups' measurements came and went between two versions of the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The history keeps the counts of so many groups; of more it keeps the sum only.
MOST_GROUPS = 5000


def counted(results: Mapping[str, Any]) -> dict[str, int]:
    """How many measurements each group has, by its label; empty where there are too many to keep."""
    levels = results.get("shrinkage", {}).get("levels", [])
    if len(levels) > MOST_GROUPS:
        return {}
    return {str(row["level"]): row["measurements"] for row in levels}


def rows_changed(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, Any] | None:
    """The groups whose measurements are more or fewer; ``None`` where either version has no counts."""
    if not before or not now:
        return None
    moves = [
        {"level": level, "before": before.get(level, 0), "after": now.get(level, 0)}
        for level in (*now, *(level for level in before if level not in now))
        if before.get(level, 0) != now.get(level, 0)
    ]
    sorts = {
        "new": [move for move in moves if not move["before"]],
        "grown": [move for move in moves if 0 < move["before"] < move["after"]],
        "shrunk": [move for move in moves if 0 < move["after"] < move["before"]],
        "gone": [move for move in moves if not move["after"]],
    }
    return {
        name: {
            "groups": len(found),
            "measurements": sum(abs(move["after"] - move["before"]) for move in found),
            "moves": found,
        }
        for name, found in sorts.items()
    }
