"""Group labels to integer codes, in a stable order: numbers by value, other labels by natural order."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lmm.numerics import read_only

# Labels beyond this many keep the order in which pandas sorts them: natural order is for readers.
_READABLE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A grouping factor: ``codes`` (n,) in 0..m-1, the ``levels`` (m labels), its spelled ``name``."""

    name: str
    codes: np.ndarray
    levels: tuple[str, ...]

    @property
    def sizes(self) -> np.ndarray:
        """Rows in each group, (m,)."""
        return np.bincount(self.codes, minlength=len(self.levels))


def group_rows(names: tuple[str, ...], frame: pd.DataFrame) -> Grouping:
    """Code the rows by one column, or by the combinations of several that occur."""
    codes, levels = _codes(frame[names[0]])
    for name in names[1:]:
        inner, inner_levels = _codes(frame[name])
        pairs = codes.astype(np.int64) * len(inner_levels) + inner
        codes, seen = _dense(pairs)
        levels = [
            f"{levels[pair // len(inner_levels)]}:{inner_levels[pair % len(inner_levels)]}"
            for pair in seen
        ]
    return Grouping(name=":".join(names), codes=read_only(codes), levels=tuple(levels))


def natural_order(label: str) -> tuple:
    """A sort key that puts 2 before 10, and a7 before a11; 07 and 7 differ only at the very end."""
    parts = []
    for digits, text in re.findall(r"([0-9]+)|([^0-9]+)", label):
        number = digits.lstrip("0")
        parts.append((0, len(number), number) if digits else (1, 0, text))
    return tuple(parts), label


def _codes(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    values = column.to_numpy() if column.dtype.kind in "iu" else None
    if values is not None and values.size and _is_compact(values):
        least = values.min()
        away = values - least if values.dtype.kind == "u" else values.astype(np.int64) - int(least)
        codes, seen = _dense(away.astype(np.int64))
        return codes, [str(value + int(least)) for value in seen.tolist()]
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


def _is_compact(values: np.ndarray) -> bool:
    return int(values.max()) - int(values.min()) < 4 * values.size + 1024


def _dense(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes 0..k-1 of non-negative integers in a small range, in order of value, without sorting rows."""
    if values.size and int(values.max()) > 16 * values.size + 1024:
        seen, codes = np.unique(values, return_inverse=True)
        return codes, seen
    present = np.bincount(values) > 0
    position = np.cumsum(present) - 1
    return position[values], np.flatnonzero(present)


def _label(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
