"""Cells to numbers, strictly: what is not plainly a number is refused with its row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lmm.errors import Problem
from lmm.ingest.cells import (
    MISSING_TOKENS,
    Codes,
    cells_of,
    is_among,
    is_number,
    is_text,
    trimmed,
    type_in_words,
)
from lmm.ingest.faults import BOOLEAN_HINT, faults_of
from lmm.ingest.ledger import Recoded
from lmm.ingest.source import RawTable
from lmm.numerics import Array, read_only

# Sign, digits with an optional fraction, exponent: no underscores, hexadecimals or other scripts.
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_INFINITY = r"(?i)^[+-]?inf(inity)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericColumn:
    """A column read as numbers: ``values`` (n,), not-a-number where missing, and what happened.

    ``missing`` counts cells that were empty or a missing-value token, ``recoded`` the declared
    codes; ``problems`` say which cells are not (finite) numbers: not-a-number in ``values`` too.
    """

    name: str
    values: Array
    missing: int
    recoded: tuple[Recoded, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCells:
    """The cells of a column read as numbers (n,): not-a-number in ``values`` wherever a mask is set.

    ``text`` are the cells, ``missing``, ``infinite`` and ``other`` (no number at all) masks.
    """

    text: pa.Array
    values: Array
    missing: np.ndarray
    infinite: np.ndarray
    other: np.ndarray
    recoded: tuple[Recoded, ...]


def number_cells(
    raw: RawTable, name: str, *, missing_codes: Codes = (), decimal: str | None = None
) -> NumberCells | None:
    """The cells of a column as numbers; None where its type holds none (dates, truth values)."""
    cells = cells_of(raw, name)
    if is_text(cells.type):
        text = trimmed(cells)
        mark = raw.source.decimal if decimal is None else decimal
        values, missing, infinite, other = _parsed(text, mark)
    elif is_number(cells.type) or pa.types.is_null(cells.type):
        text = cells
        values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).copy()
        missing, infinite, other = np.isnan(values), np.isinf(values), np.zeros(len(values), bool)
    else:
        return None
    recoded = []
    narrow = np.float32 if pa.types.is_float32(cells.type) else np.float64
    for code in missing_codes:
        hit = _is_code(code, values, text, narrow)
        if hit.any():
            recoded.append(Recoded(column=name, code=code, rows=int(hit.sum())))
        values[hit] = np.nan
        missing, infinite, other = missing & ~hit, infinite & ~hit, other & ~hit
    values[infinite] = np.nan
    return NumberCells(
        text=text,
        values=read_only(values),
        missing=missing,
        infinite=infinite,
        other=other,
        recoded=tuple(recoded),
    )


def numeric_column(
    raw: RawTable, name: str, *, missing_codes: Codes = (), decimal: str | None = None
) -> NumericColumn:
    """Read a column as float64; ``decimal`` defaults to that of the source.

    Codes that are numbers are compared as numbers (88.8 finds "88.80"), other codes as text.
    """
    cells = number_cells(raw, name, missing_codes=missing_codes, decimal=decimal)
    if cells is None:
        return _not_numbers(raw, name, cells_of(raw, name))
    return NumericColumn(
        name=name,
        values=cells.values,
        missing=int(cells.missing.sum()),
        recoded=cells.recoded,
        problems=faults_of(
            raw, name, cells.text, other=cells.other, infinite=cells.infinite
        ).problems,
    )


def slips(column: NumericColumn) -> tuple[str, ...]:
    """A note on a column that is no number because of some of its cells only: it becomes a factor."""
    numbers = int(np.isfinite(column.values).sum())
    return slip_notes(column.problems, numbers, of=len(column.values) - column.missing)


def slip_notes(problems: tuple[Problem, ...], numbers: int, *, of: int) -> tuple[str, ...]:
    """The same from the column's problems and how many ``of`` its cells with a value are numbers."""
    if not problems or 2 * numbers < of:
        return ()
    return (f"{problems[0].message}; it is taken as a factor",)


def looks_numeric(raw: RawTable, name: str, *, missing_codes: Codes = ()) -> bool:
    """Whether every cell that is not missing is a number, and at least one is."""
    column = numeric_column(raw, name, missing_codes=missing_codes)
    return not column.problems and bool(np.isfinite(column.values).any())


def _parsed(text: pa.Array, decimal: str) -> tuple[Array, np.ndarray, np.ndarray, np.ndarray]:
    """Values, and masks of the cells that are missing, infinite, or no number at all."""
    if decimal == ",":
        pointed = pc.match_substring(text, ".")  # type: ignore[attr-defined]
        plain = pc.replace_substring(text, ",", ".")  # type: ignore[attr-defined]
        plain = pc.if_else(pointed, "", plain)  # type: ignore[attr-defined]
    else:
        plain = text
    numeric = pc.match_substring_regex(plain, _NUMBER)  # type: ignore[attr-defined]
    digits = pc.if_else(numeric, plain, "nan")  # type: ignore[attr-defined]
    values = digits.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    missing = is_among(text, MISSING_TOKENS)
    named = pc.match_substring_regex(text, _INFINITY)  # type: ignore[attr-defined]
    infinite = np.isinf(values) | named.to_numpy(zero_copy_only=False)
    other = np.isnan(values) & ~missing & ~infinite
    return values, missing, infinite, other


def _is_code(code: float | str, values: Array, text: pa.Array, narrow: type) -> np.ndarray:
    """Which rows hold the code; single-precision columns are compared in single precision."""
    try:
        return values == float(narrow(float(code)))
    except ValueError:
        if is_text(text.type):
            return is_among(text, [str(code).strip()])
        return np.zeros(len(values), bool)


def _not_numbers(raw: RawTable, name: str, cells: pa.Array) -> NumericColumn:
    kind = type_in_words(cells.type)
    boolean = pa.types.is_boolean(cells.type)
    problem = Problem(
        message=f"column {name} is not numeric: it holds {kind}",
        where=raw.source.file,
        remedy=BOOLEAN_HINT if boolean else "Give the column one plain number a row.",
    )
    values = read_only(np.full(len(cells), np.nan))
    return NumericColumn(
        name=name, values=values, missing=cells.null_count, recoded=(), problems=(problem,)
    )
