"""Small simulated studies with a known truth, as files and settings."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lmm.study.configuration.settings import GroupNoun, Source, Study, Time, Variable

GROUPS, VISITS = 20, 5


def rows(*, seed: int = 2, slope_sd: float = 0.0, sex_effect: float = 0.0) -> list[dict[str, Any]]:
    """y = 10 + 0.5 t + sex_effect·(sex = m) + own level + own slope·t + error, 20 groups of 5 times."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(GROUPS):
        level, slope = rng.normal(0, 2), rng.normal(0, 1) * slope_sd
        for t in range(VISITS):
            y = 10 + level + (0.5 + slope) * t + sex_effect * (i % 2) + rng.normal(0, 1)
            made.append(
                {
                    "id": f"c{i + 1}",
                    "t": t,
                    "y": round(y, 6),
                    "sex": "fm"[i % 2],
                    "dose": 3 * (i % 4),
                }
            )
    return made


def study(table: Sequence[Mapping[str, Any]], folder: Path, **settings: Any) -> Study:
    """The study of a table, which is written to the folder."""
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    usual: dict[str, Any] = {
        "name": "made",
        "title": "A made-up study",
        "source": Source(file=path),
        "outcome": Variable(column="y", label="height", unit="cm"),
        "group": GroupNoun(column="id", singular="child", plural="children"),
        "time": Time(column="t", label="time", unit="year", units="years"),
    }
    return Study(**{**usual, **settings})


def column(table: Sequence[Mapping[str, Any]], name: str) -> np.ndarray:
    """One column as numbers."""
    return np.array([row[name] for row in table], float)
