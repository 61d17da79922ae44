"""Cells of a numeric column that are no numbers: how many, the first of them, and what is said about them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lmm.errors import Problem
from lmm.ingest.source import RawTable, counted, shortened

_EXAMPLES = 5

_CORRECT_CELLS = (
    "Correct these cells, or declare them under missing_codes if they stand for a missing value."
)
BOOLEAN_HINT = "Boolean values are not numbers here: recode them as 1 and 0 if meant."
_HINTS = (
    (r"(true|false)", BOOLEAN_HINT),
    (r"[+-]?\d+,\d+", "If the comma is the decimal mark, set decimal to ','."),
    (r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", "Commas between thousands must be removed."),
    (r"[+-]?\d{1,3}(\.\d{3})+,\d+", "Points between thousands must be removed."),
    (r"[+-]?\d+(\.\d+)?", "The decimal mark is set to ',', but these cells have a point."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``count`` cells, the first few as (place, text)."""

    count: int = 0
    examples: tuple[tuple[str, str], ...] = ()

    def __add__(self, later: Found) -> Found:
        return Found(
            count=self.count + later.count,
            examples=(*self.examples, *later.examples)[:_EXAMPLES],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Of ``rows`` cells of a column those that are ``other`` than numbers, and those that are ``infinite``."""

    name: str
    where: str
    rows: int
    other: Found
    infinite: Found

    def __add__(self, later: Faults) -> Faults:
        return Faults(
            name=self.name,
            where=self.where,
            rows=self.rows + later.rows,
            other=self.other + later.other,
            infinite=self.infinite + later.infinite,
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """One for each kind that there is."""
        return (*self._unreadable(), *self._not_finite())

    def _unreadable(self) -> Iterable[Problem]:
        if not self.other.count:
            return
        whole = self.other.count == self.rows
        share = "all" if whole else f"{self.other.count:,} of {self.rows:,}"
        yield Problem(
            message=f"column {self.name} is not numeric: text in {share} rows "
            f"({_listed(self.other.examples)})",
            where=self.where,
            remedy=_hint([value for _, value in self.other.examples]),
        )

    def _not_finite(self) -> Iterable[Problem]:
        if self.infinite.count:
            yield Problem(
                message=f"column {self.name} has values that are not finite numbers in "
                f"{counted(self.infinite.count, 'row')} ({_listed(self.infinite.examples)})",
                where=self.where,
                remedy=f"Numbers must be finite and below 1.8e308. {_CORRECT_CELLS}",
            )


def faults_of(
    raw: RawTable, name: str, text: pa.Array, *, other: np.ndarray, infinite: np.ndarray
) -> Faults:
    """The faults of a column with its cells as ``text`` (n,), by masks (n,)."""
    return Faults(
        name=name,
        where=raw.source.file,
        rows=len(text),
        other=_found(raw, text, other),
        infinite=_found(raw, text, infinite),
    )


def _found(raw: RawTable, text: pa.Array, mask: np.ndarray) -> Found:
    """The first rows of a mask by their places, with what they hold."""
    if not mask.any():
        return Found()
    first = [int(row) for row in np.flatnonzero(mask)[:_EXAMPLES]]
    return Found(
        count=int(mask.sum()),
        examples=tuple((raw.placed.words(row), str(text[row].as_py())) for row in first),
    )


def _listed(examples: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{place}: '{shortened(value)}'" for place, value in examples)


def _hint(values: list[str]) -> str:
    """What probably went wrong, where all examples look alike."""
    hints = [
        sentence
        for pattern, sentence in _HINTS
        if all(re.fullmatch(pattern, value, re.IGNORECASE | re.ASCII) for value in values)
    ]
    return " ".join(hints) or _CORRECT_CELLS
