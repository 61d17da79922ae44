"""A table is a tuple of rows, a row is a frozen dataclass; here they become records, frames and files."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

# A spreadsheet runs a cell that starts with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_records(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as dictionaries that JSON can hold: NumPy scalars unwrapped, not-a-number as ``None``."""
    return [{name: _plain(value) for name, value in _items(row)} for row in rows]


def to_frame(rows: Iterable[Any]):
    """Rows as a pandas ``DataFrame``, one column a field."""
    import pandas as pd

    return pd.DataFrame.from_records(to_records(rows))


def csv_text(rows: Iterable[Any]) -> str:
    """Rows (dataclasses or mappings with equal keys) as CSV; text cells cannot act as formulas."""
    records = to_records(rows)
    if not records:
        return ""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({name: _inert(value) for name, value in record.items()})
    return file.getvalue()


def write_csv(rows: Iterable[Any], path: Path) -> None:
    """Write rows to a file, as ``csv_text`` has them."""
    path.write_text(csv_text(rows), encoding="utf-8", newline="")


def _items(row: Any) -> Iterable[tuple[str, Any]]:
    if is_dataclass(row):
        return ((field.name, getattr(row, field.name)) for field in fields(row))
    if isinstance(row, Mapping):
        return row.items()
    raise TypeError(f"a row is a dataclass or a mapping, not {type(row).__name__}")


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(item) for name, item in _items(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return value


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        shown = f"'{value}" if value.startswith(_FORMULA_STARTS) else value
        # The csv module would not quote a bare carriage return, and the row would end there.
        return shown.replace("\r\n", "\n").replace("\r", "\n")
    return "" if value is None else value
