"""Cells to labels of groups and factors: verbatim text, in an order that people expect."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lmm.errors import Problem
from lmm.ingest.cells import (
    MISSING_LABELS,
    MISSING_TOKENS,
    Codes,
    cells_of,
    is_among,
    is_number,
    is_text,
    trimmed,
    type_in_words,
)
from lmm.ingest.ledger import Recoded
from lmm.ingest.source import RawTable, shortened

MAX_LABEL_CHARACTERS = 500

# Whole floats up to here are exact, so that 7.0 may be called 7.
_EXACT = 2.0**53


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelColumn:
    """A column read as labels: ``values`` (n,), levels in natural order, and what happened."""

    name: str
    values: pd.Categorical
    missing: int
    recoded: tuple[Recoded, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def label_column(
    raw: RawTable,
    name: str,
    *,
    missing_codes: Codes = (),
) -> LabelColumn:
    """Read a column as labels, verbatim (007, 7 and 7.0 are three); numbers by their exact text.

    Missing are ``MISSING_LABELS`` (an empty cell, NA …) and the declared codes, compared as text.
    """
    cells = cells_of(raw, name)
    text = _as_text(cells)
    if text is None:
        return _no_labels(raw, name, cells)
    plain = trimmed(text)
    missing = is_among(plain, MISSING_LABELS)
    blank = missing.copy()
    recoded = []
    for code in missing_codes:
        hit = is_among(plain, _spellings(code)) & ~missing
        if hit.any():
            recoded.append(Recoded(column=name, code=code, rows=int(hit.sum())))
        missing |= hit
    values = _categorical(text, missing)
    levels = [str(level) for level in values.categories]
    return LabelColumn(
        name=name,
        values=values,
        missing=int(blank.sum()),
        recoded=tuple(recoded),
        notes=tuple(_look_alikes(name, levels)),
        problems=tuple(_overlong(name, levels, raw.source.file)),
    )


def natural_order(label: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts 2 before 10 and a7 before a11; numbers come before text."""
    parts = re.split(r"([0-9]{1,400})", label)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)


def _as_text(cells: pa.Array) -> pa.Array | None:
    kind = cells.type
    if is_text(kind):
        return cells
    if pa.types.is_boolean(kind):
        return pc.if_else(cells, "True", "False")  # type: ignore[attr-defined]
    if pa.types.is_floating(kind):
        numbers = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
        held = numbers[~np.isnan(numbers)]
        whole = bool((held == np.floor(held)).all() and (np.abs(held) <= _EXACT).all())
        cells = pa.array(numbers, from_pandas=True)
        return (cells.cast(pa.int64()) if whole else cells).cast(pa.string())
    if is_number(kind) or pa.types.is_temporal(kind) or pa.types.is_null(kind):
        return cells.cast(pa.string())
    return None


def _categorical(text: pa.Array, missing: np.ndarray) -> pd.Categorical:
    kept = pc.if_else(pa.array(missing), None, text)  # type: ignore[attr-defined]
    encoded = kept.dictionary_encode()
    seen = encoded.dictionary.to_pylist()
    order = sorted(range(len(seen)), key=lambda place: natural_order(seen[place]))
    position = np.empty(len(seen) + 1, np.int64)
    position[order] = np.arange(len(seen))
    position[-1] = -1
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(position[indices], categories=[seen[i] for i in order])


def _spellings(code: float | str) -> list[str]:
    """A code as it may stand in a cell: 9 and 9.0 for the number nine."""
    if isinstance(code, float) and code.is_integer():
        return [str(code), str(int(code))]
    return [str(code).strip()]


def _look_alikes(name: str, levels: list[str]) -> Iterable[str]:
    """Notes on labels that a reader may take for one or for none, but which are kept."""
    for token in sorted(set(levels).intersection(MISSING_TOKENS)):
        yield f"column {name}: the label {token} is kept as a label, not read as missing"
    for what, key in (
        ("differ only in spaces or capitals", _folded),
        ("are equal as numbers", _as_number),
    ):
        alike = _first_alike(levels, key)
        if alike:
            shown = ", ".join(f"'{shortened(level)}'" for level in alike[:4])
            yield f"column {name}: labels {shown} {what}; they are kept as different ones"


def _first_alike(levels: list[str], key: Callable[[str], Hashable | None]) -> list[str]:
    together: dict[Hashable, list[str]] = defaultdict(list)
    for level in levels:
        common = key(level)
        if common is not None:
            together[common].append(level)
    alike = max(together.values(), key=len, default=[])
    return alike if len(alike) > 1 else []


def _folded(level: str) -> str:
    return " ".join(level.split()).casefold()


def _as_number(level: str) -> Decimal | None:
    try:
        number = Decimal(level)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _overlong(name: str, levels: list[str], where: str) -> Iterable[Problem]:
    longest = max(levels, key=len, default="")
    if len(longest) > MAX_LABEL_CHARACTERS:
        yield Problem(
            message=f"column {name} has a label of {len(longest):,} characters "
            f"({shortened(longest)}); the limit is {MAX_LABEL_CHARACTERS}",
            where=where,
            remedy="Give the groups and factor levels short labels.",
        )


def _no_labels(raw: RawTable, name: str, cells: pa.Array) -> LabelColumn:
    problem = Problem(
        message=f"column {name} cannot be read as labels: it holds {type_in_words(cells.type)}",
        where=raw.source.file,
        remedy="Give the column one text or number a row.",
    )
    return LabelColumn(
        name=name,
        values=pd.Categorical([None] * len(cells)),
        missing=cells.null_count,
        recoded=(),
        notes=(),
        problems=(problem,),
    )
