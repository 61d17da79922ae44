"""Group labels to integer codes, in a stable order: numbers by value, other labels by natural order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lmm.model.table import Columns
from lmm.numerics import read_only

# Labels beyond this many keep the order in which pandas sorts them: natural order is for readers.
_READABLE = 100_000


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What a grouping factor's levels are called: the ``levels`` (m labels), the factor's spelled ``name``.

    ``labels`` are the levels, or the whole numbers (m,) that spell them when they are asked for.
    """

    name: str
    labels: Sequence[str] | np.ndarray

    @property
    def m(self) -> int:
        """Levels."""
        return len(self.labels)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Their labels, (m,)."""
        return tuple(_spelled(self.labels))

    def only(self, few: np.ndarray) -> Levels:
        """Those at the places ``few``."""
        labels = self.labels
        if len(few) == len(labels):
            return self
        if isinstance(labels, np.ndarray):
            return Levels(name=self.name, labels=labels[few])
        return Levels(name=self.name, labels=[labels[int(i)] for i in few])


@dataclass(frozen=True, kw_only=True)
class Grouping(Levels):
    """A grouping factor with the level of every row: ``codes`` (n,) in 0..m-1."""

    codes: np.ndarray

    @cached_property
    def sizes(self) -> np.ndarray:
        """Rows in each group, (m,)."""
        return read_only(np.bincount(self.codes, minlength=self.m))


def group_rows(names: tuple[str, ...], frame: Columns | pd.DataFrame) -> Grouping:
    """Code the rows by one column, or by the combinations of several that occur."""
    codes, labels = _codes(frame[names[0]])
    for name in names[1:]:
        inner, inner_labels = _codes(frame[name])
        pairs = codes.astype(np.int64) * len(inner_labels) + inner
        codes, seen = dense_codes(pairs)
        first, second = _spelled(labels), _spelled(inner_labels)
        labels = [f"{first[pair // len(second)]}:{second[pair % len(second)]}" for pair in seen]
    return Grouping(name=":".join(names), codes=read_only(codes), labels=labels)


def natural_order(label: str) -> tuple:
    """A sort key that puts 2 before 10, and a7 before a11; 07 and 7 differ only at the very end."""
    parts = []
    for digits, text in re.findall(r"([0-9]+)|([^0-9]+)", label):
        number = digits.lstrip("0")
        parts.append((0, len(number), number) if digits else (1, 0, text))
    return tuple(parts), label


def _spelled(labels: Sequence[str] | np.ndarray) -> Sequence[str]:
    return list(map(str, labels.tolist())) if isinstance(labels, np.ndarray) else labels


def _codes(column: Any) -> tuple[np.ndarray, Sequence[str] | np.ndarray]:
    values = np.asarray(column) if column.dtype.kind in "iu" else None
    if values is not None and values.size:
        least, largest = int(values.min()), int(values.max())
        if largest - least < 4 * values.size + 1024:
            away = values - least if values.dtype.kind == "u" else values.astype(np.int64) - least
            codes, seen = dense_codes(away.astype(np.int64, copy=False))
            exact = largest < 2**63 and least + len(seen) < 2**63
            return codes, seen + least if exact else [str(k + least) for k in seen.tolist()]
    codes, uniques = pd.factorize(column, sort=False)
    labels = [_label(value) for value in uniques]
    if column.dtype.kind in "iuf":
        order = np.argsort(np.asarray(uniques), kind="stable")
    elif len(labels) <= _READABLE:
        order = np.asarray(sorted(range(len(labels)), key=lambda i: natural_order(labels[i])), int)
    else:
        order = np.asarray(sorted(range(len(labels)), key=labels.__getitem__), int)
    position = np.empty(len(labels), np.intp)
    position[order] = np.arange(len(labels))
    return position[codes], [labels[i] for i in order]


def dense_codes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes 0..k-1 of non-negative integers in a small range, in order of value, without sorting rows."""
    if values.size and int(values.max()) > 16 * values.size + 1024:
        seen, codes = np.unique(values, return_inverse=True)
        return codes, seen
    present = np.bincount(values) > 0
    if present.all():
        return values, np.arange(len(present))
    position = np.cumsum(present) - 1
    return position[values], np.flatnonzero(present)


def _label(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
