"""`lmm fit` of long Parquet tables: the same fit and the same messages, and memory that does not grow with rows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmm
from lmm.cli import main
from lmm.cli.fit import fit_file
from lmm.errors import LmmError

FORMULA = "y ~ t + sex + (t | id)"


def table_of(n=5000, m=400):
    rng = np.random.default_rng(2)
    codes, t = rng.integers(0, m, n), np.round(rng.normal(30.0, 8.0, n), 3)
    sex = np.where(rng.random(m) < 0.5, "girl", "boy")[codes]
    b = rng.normal(size=(m, 2)) @ [[2.0, 0.0], [0.0, 0.1]]
    y = 12.0 + b[codes, 0] + (0.1 + b[codes, 1]) * (t - 30.0) + rng.normal(size=n)
    return pd.DataFrame({"y": y, "t": t, "sex": sex, "id": codes + 1})


@pytest.fixture(scope="module")
def table():
    return table_of()


@pytest.fixture
def long(monkeypatch):
    """Every Parquet table is long enough to be streamed, and a batch of it is short."""
    monkeypatch.setattr("lmm.cli.streaming.LONG", 0)
    monkeypatch.setattr("lmm.ingest.parquet_batches.ROWS", 700)


@pytest.fixture
def put(tmp_path):
    def write(table: pd.DataFrame, **options) -> Path:
        path = tmp_path / "table.parquet"
        table.to_parquet(path, index=False, **options)
        return path

    return write


def both(path: Path, monkeypatch, formula=FORMULA, **options):
    """What is said of the table held and of the table streamed."""
    held = fit_file(path, formula, **options)
    monkeypatch.setattr("lmm.cli.streaming.LONG", 0)
    monkeypatch.setattr("lmm.ingest.parquet_batches.ROWS", 700)
    return held, fit_file(path, formula, **options)


def numbers_of(record):
    """The record's estimates, in order."""
    effects = [
        [row[key] for key in ("estimate", "se", "dof", "low", "high")]
        for row in record["fixed_effects"]
    ]
    spread = [row["variance_or_covariance"] for row in record["random_effects"]]
    return [*np.ravel(effects), *spread, record["sigma"]]


def changed(table, name):
    """Tables that hold the same rows in other types, or lack some."""
    if name == "text groups":
        return table.assign(id=[f"g{k}" for k in table["id"]])
    if name == "gaps":
        rng = np.random.default_rng(8)
        gaps = table.astype({"id": "Int64"})
        for column in ("y", "t", "sex", "id"):
            gaps.loc[rng.random(len(gaps)) < 0.02, column] = pd.NA if column == "id" else None
        return gaps
    if name == "numbers as text":
        return table.assign(t=[f" {value} " for value in table["t"]], y=table["y"].astype(str))
    if name == "single precision":
        return table.assign(t=table["t"].astype("float32"), y=table["y"].astype("float32"))
    if name == "categories":
        return table.astype({"sex": "category"})
    if name == "truth values":
        return table.assign(sex=table["sex"] == "girl")
    if name == "one part":
        return table[table["id"] <= 40].reset_index(drop=True)
    return table


@pytest.mark.parametrize(
    "name",
    [
        "as they are",
        "text groups",
        "gaps",
        "numbers as text",
        "single precision",
        "categories",
        "truth values",
        "one part",
    ],
)
def test_streamed_or_held_the_fit_is_the_same(table, put, monkeypatch, name):
    held, streamed = (made.record for made in both(put(changed(table, name)), monkeypatch))
    assert streamed["criterion"] == pytest.approx(held["criterion"], rel=1e-10)
    assert numbers_of(streamed) == pytest.approx(numbers_of(held), rel=1e-5)
    same = ("formula", "method", "n_obs", "n_groups", "rows_dropped", "converged", "singular")
    assert [streamed[key] for key in same] == [held[key] for key in same]
    terms = [[row["term"] for row in made["fixed_effects"]] for made in (streamed, held)]
    assert terms[0] == terms[1]
    (note,) = set(streamed["messages"]) - set(held["messages"])
    assert f"of {len(changed(table, name)):,} rows" in note
    assert set(held["messages"]) < set(streamed["messages"])


def test_the_statistics_are_as_large_as_is_said(table, put, long):
    """q² + q(p + 1) + 1 numbers of eight bytes for each of the 400 groups: q = 2, p = 3."""
    (note,) = fit_file(put(table), FORMULA).record["messages"]
    assert f"{400 * (4 + 2 * 4 + 1) * 8 / 2**20:.1f} MiB of statistics" in note


def test_declared_codes_are_missing_and_suspected_ones_are_named(table, put, monkeypatch):
    coded = table.assign(y=table["y"].where(np.arange(len(table)) % 97 != 3, 999.9))
    path = put(coded)
    held, streamed = both(path, monkeypatch)
    (asked,) = (text for text in held.record["messages"] if "999.9" in text)
    assert asked in streamed.record["messages"]
    from lmm.cli.fit import Reading

    reading = Reading(missing=["y=999.9", "id=7"])
    monkeypatch.undo()
    held, streamed = both(path, monkeypatch, reading=reading)
    assert streamed.record["criterion"] == pytest.approx(held.record["criterion"], rel=1e-10)
    assert streamed.record["n_groups"] == held.record["n_groups"] == {"id": 399}
    assert streamed.record["rows_dropped"] == held.record["rows_dropped"] > len(table) // 97


@pytest.mark.parametrize(
    ("column", "cells", "row"),
    [
        ("y", {4321: np.inf}, 4322),
        ("y", {800: "high", 4000: "low"}, 801),
        ("y", {0: True}, 1),
    ],
)
def test_bad_cells_have_the_same_message(table, put, monkeypatch, column, cells, row):
    values = table[column].astype(object) if row != 4322 else table[column].copy()
    for place, cell in cells.items():
        values.iloc[place] = cell
    if row != 4322:
        values = values.astype(str)
    spoilt = put(table.assign(**{column: values}))
    with pytest.raises(LmmError) as held:
        fit_file(spoilt, FORMULA)
    monkeypatch.setattr("lmm.cli.streaming.LONG", 0)
    monkeypatch.setattr("lmm.ingest.parquet_batches.ROWS", 700)
    with pytest.raises(LmmError) as streamed:
        fit_file(spoilt, FORMULA)
    assert str(streamed.value) == str(held.value)
    assert f"row {row}:" in str(streamed.value)


def test_a_covariate_with_cells_that_are_no_numbers_is_a_factor_of_few_levels_only(
    table, put, long, monkeypatch
):
    monkeypatch.setattr("lmm.ingest.column_looks.MOST_LEVELS", 100)
    values = table["t"].astype(str)
    values.iloc[3000] = "about 30"
    with pytest.raises(LmmError, match="column t has more than 100 different labels"):
        fit_file(put(table.assign(t=values)), FORMULA)


@pytest.mark.parametrize(
    "formula", ["y ~ t + (1 | id) + (1 | sex)", "y ~ t", "y ~ scale(t) + (1 | id)"]
)
def test_what_needs_all_rows_is_held(table, put, long, formula):
    assert "not held" not in fit_file(put(table), formula).summary


@pytest.mark.parametrize("option", [["--dof", "between-within"], ["--weights", "t"]])
def test_options_that_need_all_rows_hold_them(table, put, long, capsys, option):
    assert main(["fit", str(put(table)), "--formula", FORMULA, *option]) == 0
    assert "not held" not in capsys.readouterr().out


def test_a_short_table_is_held(table, put):
    assert "not held" not in fit_file(put(table), FORMULA).summary


def test_effects_of_groups_and_both_outputs(table, put, long, capsys, tmp_path):
    out = tmp_path / "fit.json"
    path = str(put(table))
    assert main(["fit", path, "--formula", FORMULA, "--blups", "--ml", "--json", str(out)]) == 0
    assert "Note: the table was read a part at a time" in capsys.readouterr().out
    record = json.loads(out.read_text())
    assert len(record["blups"]) == 2 * 400 and record["method"] == "ML"


def test_damaged_absent_and_misnamed(table, put, long, tmp_path, capsys):
    path = put(table)
    assert main(["fit", str(path), "--formula", "y ~ tt + (1 | id)"]) == 1
    assert "column tt is not in the file; did you mean t?" in capsys.readouterr().err
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + whole[-2000:])
    assert main(["fit", str(path), "--formula", FORMULA]) == 1
    assert "truncated or corrupt" in capsys.readouterr().err
    assert main(["fit", str(tmp_path / "none.parquet"), "--formula", FORMULA]) == 1
    assert "no such file" in capsys.readouterr().err


# ------------------------------------------------------------------------------ from Python


def test_a_file_in_the_place_of_a_table(table, put):
    path = put(table)
    streamed, held = lmm.fit(FORMULA, path), lmm.fit(FORMULA, table)
    assert streamed.criterion == pytest.approx(held.criterion, rel=1e-11)
    assert list(streamed.random_effects) == list(held.random_effects)
    assert streamed.summary() == held.summary()
    with pytest.raises(LmmError, match="read once and let go"):
        _ = streamed.resid
    with pytest.raises(LmmError, match="need the rows of a table in memory"):
        lmm.fit(FORMULA, path, serial="t")
    with pytest.raises(LmmError, match="not a Parquet file"):
        (path.parent / "table.csv").write_text("y,t\n1,2\n")
        lmm.fit("y ~ 1 + (1 | t)", str(path.parent / "table.csv"))


def test_every_model_of_the_columns_from_one_reading(table, put):
    path = put(table)
    stream = lmm.stream(FORMULA, path)
    path.unlink()
    for text in (FORMULA, "y ~ t + sex + (1 | id)", "y ~ 1 + (1 | id)", "y ~ t + (t || id)"):
        for reml in (True, False):
            held = lmm.fit(text, table, reml=reml)
            assert stream.fit(text, reml=reml).criterion == pytest.approx(held.criterion, rel=1e-10)


# ------------------------------------------------------------------------------------- memory

PEAK = """
import sys
import lmm
lmm.fit("y ~ t + (t | id)", sys.argv[1])
(line,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(line.split()[1]) / 1024)
"""


def peak_of(path: Path) -> float:
    """The most memory (MiB) of a process that fits the file."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peaks are Linux's to tell")
def test_memory_does_not_grow_with_rows(tmp_path):
    """Eight times the rows, written in one piece: 80 MiB more as numbers alone, and none of it in memory.

    Half a million are several batches, so that what a batch takes is in both peaks.
    """
    peaks = []
    for n in (500_000, 4_000_000):
        path = tmp_path / f"{n}.parquet"
        table_of(n, 2000)[["y", "t", "id"]].to_parquet(path, row_group_size=n, index=False)
        peaks.append(peak_of(path))
        path.unlink()
    assert peaks[1] - peaks[0] < 20.0
