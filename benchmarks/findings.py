"""What a section hands back: a table, the bars it was held against, the raw numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One aim: what was wanted, what came out; ``met`` is None where it could not be told. ``why`` it fell short."""

    what: str
    wanted: str
    found: str
    met: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of work: ``rows`` under ``header``, as text; ``raw`` medians and counts for the JSON file."""

    title: str
    text: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[Bar, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)


def duration(seconds: float) -> str:
    """Seconds as a reader takes them in."""
    if math.isnan(seconds):
        return "–"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def times(ratio: float) -> str:
    """A ratio, or a dash where a side is missing."""
    return "–" if math.isnan(ratio) else f"{ratio:.3g}×"


def at_least(what: str, ratio: float, wanted: float, *, why: str = "") -> Bar:
    """The bar of a ratio of times."""
    met = None if math.isnan(ratio) else ratio >= wanted
    return Bar(what=what, wanted=f"≥ {wanted:g}×", found=times(ratio), met=met, why=why)


def difference(value: float) -> str:
    """A difference of criteria with its size; zero is exact."""
    if math.isnan(value):
        return "–"
    return "0" if value == 0 else f"{value:+.1e}"
