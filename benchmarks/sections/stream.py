"""10⁷ rows in a Parquet file to y ~ x + (x | g), without holding them: time and the most memory."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.findings import Bar, Section, difference, duration, times
from benchmarks.peers import run
from benchmarks.places import ENGINES, TABLES

FORMULA = "y ~ x + (x | g)"
SMALLER = ("y ~ x + (1 | g)", "y ~ 1 + (1 | g)")
# Rows, groups, whether the rows are in the order of their groups.
TABLES_TOLD = (
    (1_000_000, 100_000, True),
    (10_000_000, 100_000, True),
    (10_000_000, 1_000_000, True),
    (10_000_000, 1_000_000, False),
)
WAYS = ("read", "streamed", "held")


def section() -> Section:
    """Every table and way in a process of its own."""
    rows, raw = [], {}
    for n, m, sorted_rows in TABLES_TOLD:
        path = _written(n, m, sorted_rows=sorted_rows)
        at = {way: _asked(way, path) for way in WAYS}
        path.unlink()
        label = f"{n:,}, {m:,} groups{'' if sorted_rows else ', in no order'}"
        rows.append(_row(label, at))
        raw[label] = at
    return Section(
        title="A Parquet table read and let go",
        text="`y ~ x + (x | g)` from a Parquet file written in one row group. *Read* is pyarrow reading the columns "
        "and nothing else; *streamed* is `lmm.fit` with the file's name; *held* is `pandas.read_parquet` and "
        "`lmm.fit`. Memory is the most that a process took beyond what Python and the libraries take. *Further "
        "models* are two smaller ones from the same statistics.",
        header=(
            "rows",
            "read",
            "streamed",
            "held",
            "streamed/read",
            "further models",
            "memory: read",
            "streamed",
            "held",
            "Δ criterion",
        ),
        rows=tuple(rows),
        bars=_bars(raw),
        raw=raw,
    )


def _row(label: str, at: dict[str, dict[str, float]]) -> tuple[str, ...]:
    seconds = [at[way]["seconds"] for way in WAYS]
    return (
        label,
        *map(duration, seconds),
        times(seconds[1] / seconds[0]),
        duration(at["streamed"]["smaller"]),
        *(f"{_memory(at[way]):.0f} MiB" for way in WAYS),
        difference(at["streamed"]["criterion"] - at["held"]["criterion"]),
    )


def _bars(raw: dict[str, dict[str, dict[str, float]]]) -> tuple[Bar, ...]:
    short, long, many, _ = (_memory(at["streamed"]) for at in raw.values())
    growth, against = long - short, many / _memory(list(raw.values())[2]["held"])
    return (
        Bar(
            what="streamed: memory of ten times the rows of as many groups",
            wanted="≤ 32 MiB more",
            found=f"{growth:+.0f} MiB",
            met=None if math.isnan(growth) else growth <= 32.0,
        ),
        Bar(
            what="10⁷ rows in 10⁶ groups streamed: memory against the table held",
            wanted="≤ 0.5×",
            found=times(against),
            met=None if math.isnan(against) else against <= 0.5,
        ),
    )


def _memory(found: dict[str, float]) -> float:
    return found["peak"] - found["before"]


def _asked(way: str, path: Path) -> dict[str, float]:
    script = str(ENGINES / "ours_from_parquet.py")
    return json.loads(run([sys.executable, script, way, str(path), FORMULA, *SMALLER]))


def _written(n: int, m: int, *, sorted_rows: bool) -> Path:
    rng = np.random.default_rng(n + m)
    g = rng.integers(0, m, n, dtype=np.int32)
    if sorted_rows:
        g.sort()
    x = rng.normal(size=n)
    own = rng.normal(size=(m, 2)) @ np.array([[1.0, 0.3], [0.0, 0.5]])
    y = 2.0 + 0.5 * x + own[g, 0] + own[g, 1] * x + rng.normal(size=n)
    TABLES.mkdir(parents=True, exist_ok=True)
    path = TABLES / "stream.parquet"
    pd.DataFrame({"y": y, "x": x, "g": g}).to_parquet(path, row_group_size=n, index=False)
    return path
