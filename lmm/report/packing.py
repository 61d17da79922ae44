"""Results as a page carries them: without repetition, then squeezed to text.

A long list of like records becomes columns and rows. The page's script writes them out again, so that a
saved file is ``results.json``.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

COLUMNS, ROWS = "@columns", "@rows"
_WORTH_IT = 4


def pack(value: Any) -> Any:
    """The value with every list of at least four records of equal keys packed, at any depth."""
    if isinstance(value, Mapping):
        return {key: pack(part) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) >= _WORTH_IT and all(isinstance(row, Mapping) for row in value):
        columns = list(value[0])
        if columns and all(list(row) == columns for row in value):
            return {
                COLUMNS: columns,
                ROWS: [[pack(part) for part in row.values()] for row in value],
            }
    return [pack(part) for part in value]


def unpack(value: Any) -> Any:
    """What was packed."""
    if isinstance(value, Mapping):
        if set(value) == {COLUMNS, ROWS}:
            names = value[COLUMNS]
            return [dict(zip(names, map(unpack, row), strict=True)) for row in value[ROWS]]
        return {key: unpack(part) for key, part in value.items()}
    return [unpack(part) for part in value] if isinstance(value, list) else value


def squeeze(text: str) -> str:
    """The text deflated (RFC 1950), in base64: what a browser undoes by itself."""
    return b64encode(zlib.compress(text.encode(), 9)).decode()


def unsqueeze(text: str) -> str:
    """What was squeezed."""
    return zlib.decompress(b64decode(text)).decode()
