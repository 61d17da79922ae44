"""A column of a raw table as an Arrow array, and the cells that stand for a missing value."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lmm.ingest.source import RawTable

Codes = Sequence[float | str]

# Cells of a numeric column that mean "no value"; spaces around them do not matter.
MISSING_TOKENS = ("", ".", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NULL", "null", "None")

# Among labels "None" (no treatment) and "." can be meant, so there they stay.
MISSING_LABELS = tuple(token for token in MISSING_TOKENS if token not in ("None", "."))


def cells_of(raw: RawTable, name: str) -> pa.Array:
    """The column (n rows) as one Arrow array, without dictionaries; mixed types become text."""
    column = raw.frame[name]
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        text = [None if pd.api.types.is_scalar(v) and pd.isna(v) else str(v) for v in column]
        array = pa.array(text, pa.string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds text."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def is_number(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds numbers (booleans are none)."""
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def type_in_words(kind: pa.DataType) -> str:
    """An Arrow type for a message."""
    if pa.types.is_boolean(kind):
        return "True and False (boolean values)"
    if pa.types.is_nested(kind):
        return f"nested values ({kind})"
    if pa.types.is_temporal(kind):
        return f"dates or times ({kind})"
    return f"values of type {kind}"


def trimmed(text: pa.Array) -> pa.Array:
    """Text without surrounding spaces; a null becomes empty."""
    return pc.utf8_trim_whitespace(pc.fill_null(text, ""))  # type: ignore[attr-defined]


def is_among(text: pa.Array, tokens: Sequence[str]):
    """Which cells equal one of the tokens, as a NumPy mask (n,)."""
    found = pc.is_in(text, value_set=pa.array(tokens, text.type))  # type: ignore[attr-defined]
    return found.to_numpy(zero_copy_only=False)
