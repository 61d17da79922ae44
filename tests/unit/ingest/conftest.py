"""Small tables to read: written to a file of the test's own folder, or made in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from lmm.ingest.source import RawTable, SourceFacts


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """``written(content, name)`` is a file with this text (as UTF-8) or these bytes."""

    def write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def raw() -> Callable[..., RawTable]:
    """``raw(decimal=".", **columns)`` is a table as a reader would hand it on."""

    def make(decimal: str = ".", **columns) -> RawTable:
        frame = pd.DataFrame(columns)
        source = SourceFacts(file="table.csv", sha256="", rows=len(frame), decimal=decimal)
        return RawTable(frame=frame, source=source, available=tuple(frame.columns))

    return make
