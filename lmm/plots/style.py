"""What every picture shares: palette, sizes, axis words, and how numbers and labels are written.

The colours of :data:`LIGHT` are sentinels. The figures are drawn in them, so matplotlib shows what
the page will show; :mod:`lmm.plots.svg` then writes each one as the CSS class of the same name and
the page's variables decide what it looks like on a dark screen, in print or in forced colours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lmm.numerals import fixed, raised

LIGHT: dict[str, str] = {
    "bg": "#ffffff",
    "ink": "#16191d",
    "ink2": "#454d55",
    "grey": "#737c85",
    "soft": "#c3c9cf",
    "rule": "#e2e6ea",
    "model": "#0a5ea8",
    "model-light": "#8fbbe3",
    "high": "#b8400a",
    "low": "#00705a",
    "ok": "#00664f",
    "note": "#8a5300",
    "bad": "#b3261e",
}
DARK: dict[str, str] = {
    "bg": "#14181c",
    "ink": "#e9ecef",
    "ink2": "#b9c1c8",
    "grey": "#8d969f",
    "soft": "#4a535b",
    "rule": "#2c343b",
    "model": "#7cbcff",
    "model-light": "#3d6b99",
    "high": "#ff9a66",
    "low": "#5fd0b0",
    "ok": "#5fd0b0",
    "note": "#f0b35a",
    "bad": "#ff8f85",
}

WIDTH = 344.0
SMALL_WIDTH = 228.0
TEXT_SIZE = 11.5
SMALL_TEXT_SIZE = 10.5
LABEL_LENGTH = 18
DASHED = (5.0, 3.5)
DOTTED = (1.5, 2.5)

Tone = Literal["high", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A group to mark: its ``index`` in the page's list of groups, its ``label`` and its tone."""

    index: int
    label: str
    tone: Tone = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of both axes, units included; x ticks fall on multiples of ``x_period`` if given."""

    x: str
    y: str = ""
    x_period: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Estimates with the ends of their intervals, each of shape (k,), all in the same unit."""

    estimate: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]


def colour(name: str) -> str:
    """Return the sentinel of a palette name; ``KeyError`` for a name the page has no class for."""
    return LIGHT[name]


def clean(text: str) -> str:
    """Return the text without what XML forbids or what would break a line (control characters)."""
    spaced = re.sub(r"\s+", " ", str(text))
    return "".join(
        "\ufffd"
        if unicodedata.category(letter) in {"Cc", "Cs"} or ord(letter) in (0xFFFE, 0xFFFF)
        else letter
        for letter in spaced
    ).strip()


def shorten(label: str, limit: int = LABEL_LENGTH) -> str:
    """Return the label in at most ``limit`` characters; an ellipsis says that some are missing."""
    text = clean(label)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def number(value: float, digits: int) -> str:
    """Return a number with a real minus sign, thousands apart, and never a negative zero."""
    return fixed(round(float(value), digits) + 0.0, digits)


def tick_texts(ticks: Sequence[float] | NDArray[Any]) -> list[str]:
    """Return ticks with the decimals they need; powers of ten where decimals would be absurd."""
    values = np.asarray(ticks, dtype=float)
    largest = float(np.abs(values).max(initial=0.0))
    if 0 < largest < 1e-3 or largest >= 1e7:
        power = int(np.floor(np.log10(largest)))
        scaled = tick_texts(values / 10.0**power)
        factor = f"×{raised(power)}"
        return [
            text if float(value) == 0 else text + factor
            for text, value in zip(scaled, values, strict=True)
        ]
    tolerance = 1e-6 * max(largest, 1e-12)
    digits = next(
        (d for d in range(7) if np.all(np.abs(values - np.round(values, d)) <= tolerance)), 6
    )
    return [number(value, digits) for value in values]


# Advance widths of a Helvetica-like face in 1/1000 em: enough to keep labels apart, whatever face
# the reader's system has. matplotlib's own metrics are those of another, wider face.
_NARROW = frozenset("iljI.,:;'|! ()[]ftr-/\\`")
_WIDE = frozenset("mwMW@%—…")


def text_width(text: str, size: float = TEXT_SIZE, *, bold: bool = False) -> float:
    """Return about how many pixels a line of text takes."""
    units = 0.0
    for letter in text:
        if letter in _NARROW:
            units += 300
        elif letter in _WIDE:
            units += 890
        elif letter.isupper():
            units += 700
        elif unicodedata.east_asian_width(letter) in {"W", "F"}:
            units += 1000
        else:
            units += 556
    return units / 1000 * size * (1.06 if bold else 1.0)


def fitting(text: str, width: float, *, bold: bool = False) -> str:
    """Return the text, shortened until it takes at most ``width`` pixels."""
    words = clean(text)
    if text_width(words, bold=bold) <= width:
        return words
    for length in range(len(words) - 1, 1, -1):
        if text_width(shorten(words, length), bold=bold) <= width:
            return shorten(words, length)
    return "…"


def thinned(count: int, limit: int) -> NDArray[np.intp]:
    """Return every k-th of ``count`` positions and the last one, about ``limit`` of them."""
    if count <= limit:
        return np.arange(count)
    step = -(-count // limit)
    return np.unique(np.append(np.arange(0, count, step), count - 1))
