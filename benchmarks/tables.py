"""The tables: simulated with a seed, read from this repository, or exported from R's packages into the cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.peers import run
from benchmarks.places import CACHE, ROOT, TABLES

ARM_CODES = (88.8, 99.9)


def keep(name: str, columns: Mapping[str, np.ndarray]) -> Path:
    """Write columns where every engine reads them: integers are groups, the rest numbers."""
    folder = TABLES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for column, values in columns.items():
        values = np.asarray(values)
        kind, suffix = (np.int32, "group") if values.dtype.kind in "iu" else (np.float64, "number")
        np.ascontiguousarray(values, kind).tofile(folder / f"{column}.{suffix}")
    return folder


def pigs() -> Path:
    """Weights of pigs: the course's where ``LMM_CACHE_DIR`` has them, else the embedded twin."""
    return _study("pigs", "pig.csv", {"weight": float, "weeks": float, "id": np.int32})


def nepal() -> Path:
    """Arms of children with their age in months less 36, rows without an arm left out."""
    folder = _study("nepal", "Nepal.csv", {"arm": float, "age": float, "id": np.int32})
    return folder


def is_course() -> bool:
    """Whether the course's own data are used."""
    return _course("Nepal.csv") is not None and _course("pig.csv") is not None


def sleepstudy() -> Path:
    """lme4's sleepstudy."""
    table = _from_r("sleepstudy")
    return keep(
        "sleepstudy",
        {
            "Reaction": table["Reaction"].to_numpy(float),
            "Days": table["Days"].to_numpy(float),
            "Subject": table["Subject"].to_numpy(np.int32),
        },
    )


def insteval() -> Path:
    """lme4's InstEval: ratings of lecturers by students."""
    table = _from_r("InstEval")
    groups = {name: table[name].to_numpy(np.int32) for name in ("s", "d", "dept")}
    numbers = {name: table[name].to_numpy(float) for name in ("y", "service")}
    return keep("InstEval", numbers | groups)


def growth(n: int, *, shuffled: bool = False) -> Path:
    """n rows in n/10 groups of 5 to 15: y ~ x with a random line per group."""
    rng = np.random.default_rng(n)
    m = n // 10
    sizes = rng.integers(5, 16, m)
    g = np.repeat(np.arange(m, dtype=np.int32), sizes)
    g = np.resize(g, n) if len(g) >= n else np.concatenate([g, rng.integers(0, m, n - len(g))])
    g = np.sort(g)
    x = rng.normal(size=n)
    own = rng.normal(size=(m, 2)) @ np.array([[1.0, 0.3], [0.0, 0.5]])
    y = 2.0 + 0.5 * x + own[g, 0] + own[g, 1] * x + rng.normal(size=n)
    order = rng.permutation(n) if shuffled else slice(None)
    name = f"growth-{n}" + ("-shuffled" if shuffled else "")
    return keep(name, {"y": y[order], "x": x[order], "g": g[order].astype(np.int32)})


def _study(name: str, file: str, kinds: Mapping[str, type]) -> Path:
    table = pd.read_csv(_course(file) or ROOT / "data" / f"{name}.csv")
    if name == "nepal":
        table = table[table["arm"].notna() & ~table["arm"].isin(ARM_CODES)]
        table = table.assign(age=table["age"] - 36.0)
    return keep(name, {column: table[column].to_numpy(kind) for column, kind in kinds.items()})


def _course(file: str) -> Path | None:
    folder = os.environ.get("LMM_CACHE_DIR")
    path = Path(folder, file) if folder else None
    return path if path is not None and path.is_file() else None


def _from_r(name: str) -> pd.DataFrame:
    path = CACHE / f"{name}.csv"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        asked = f'write.csv(lme4::{name}, "{path}", row.names = FALSE)'
        run(["Rscript", "--vanilla", "-e", asked])
    if not path.exists():
        raise FileNotFoundError(f"{name} is exported from R's lme4, which is not here")
    return pd.read_csv(path)
