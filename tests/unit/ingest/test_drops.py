"""Tables in several files: appended by name, duplicates settled by rule, faults named by file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lmm.errors import DataError
from lmm.ingest.cleaning import clean
from lmm.ingest.digests import folder_digest
from lmm.ingest.drops import read_drops, settle_duplicates
from lmm.ingest.roles import Roles

COLUMNS = ("id", "t", "y")
ROLES = Roles(outcome="y", group="id", time="t")
MONDAY = "id,t,y\na,0,1\na,1,2.5\nb,0,3\n"
TUESDAY = "id,t,y\nb,1,4\na,1.0,9\nc,0,5\n"
WEDNESDAY = "t,y,id\n1,8,a\n2,7,c\n2,6,c\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, text in {"1.csv": MONDAY, "2.csv": TUESDAY, "3.csv": WEDNESDAY}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def drops(folder: Path, *names: str):
    return read_drops(folder, names or ("1.csv", "2.csv", "3.csv"), columns=COLUMNS)


def settled(raw, rule):
    return settle_duplicates(raw, ("id", "t"), rule, missing_codes={}, label="id")


def rows(raw) -> list[tuple]:
    return list(raw.frame[["id", "t", "y"]].itertuples(index=False, name=None))


def test_files_are_appended_and_every_row_knows_its_own(folder):
    raw = drops(folder)
    assert raw.source.rows == 9 and raw.source.files == ("1.csv", "2.csv", "3.csv")
    assert rows(raw)[3] == ("b", "1", "4") and rows(raw)[6] == ("a", "1", "8")
    assert [raw.placed.words(k) for k in (0, 3, 8)] == ["1.csv row 1", "2.csv row 1", "3.csv row 3"]
    assert "3 files, in the order of their names: 1.csv, 2.csv, 3.csv" in raw.source.notes


def test_duplicates_over_files_are_refused_with_both_places(folder):
    with pytest.raises(DataError) as refused:
        settled(drops(folder), "refuse")
    first, second, last = map(str, refused.value.problems)
    assert first == "2.csv: row 2 holds id a, t 1.0 again, which 1.csv row 2 holds"
    assert second == "3.csv: row 1 holds id a, t 1 again, which 1.csv row 2 holds"
    assert "2 rows of id, t stand in more than one file" in last and "duplicates: last" in last


@pytest.mark.parametrize(("rule", "value"), [("first", "2.5"), ("last", "8")])
def test_the_stated_file_counts_and_what_one_file_repeats_stays(folder, rule, value):
    raw = settled(drops(folder), rule)
    assert [y for id, t, y in rows(raw) if id == "a" and float(t) == 1] == [value]
    assert [y for id, t, y in rows(raw) if id == "c"] == ["5", "7", "6"]
    assert [(gone.reason, gone.rows) for gone in raw.left_out] == [("superseded", 2)]
    ledger = clean(raw, roles=ROLES).ledger
    assert (ledger.rows_read, ledger.rows_used) == (9, 7)


def test_rows_without_a_key_are_no_duplicates(folder):
    for name in ("1.csv", "2.csv"):
        (folder / name).write_text("id,t,y\n,0,1\nNA,0,2\na,,3\n")
    assert settled(drops(folder, "1.csv", "2.csv"), "refuse").source.rows == 6


def test_faults_in_cells_name_their_file(folder):
    (folder / "2.csv").write_text(TUESDAY.replace("c,0,5", "c,0,high"))
    with pytest.raises(DataError, match=r"2\.csv row 3: 'high'"):
        clean(settled(drops(folder), "last"), roles=ROLES)


def test_every_file_that_differs_is_named(folder):
    (folder / "2.csv").write_text("id,t,y,extra\na,0,1,1\n")
    (folder / "3.csv").write_text("id,time,y\na,0,1\n")
    with pytest.raises(DataError) as refused:
        drops(folder)
    said = str(refused.value)
    assert "2.csv: the columns are not those of 1.csv: it has extra more" in said
    assert "3.csv: column t is not in the file" in said


def test_text_and_parquet_are_not_mixed_but_parquet_files_are(folder):
    pd.DataFrame({"id": ["a", "b"], "t": [0, 1], "y": [1.5, 2]}).to_parquet(folder / "4.parquet")
    pd.DataFrame({"id": ["a", "b"], "t": [5, 6], "y": [1, 2]}).to_parquet(folder / "5.parquet")
    with pytest.raises(DataError, match=r"not of the same kind as 1\.csv"):
        drops(folder, "1.csv", "4.parquet")
    raw = drops(folder, "4.parquet", "5.parquet")
    assert settled(raw, "refuse") is raw
    assert clean(raw, roles=ROLES).frame["y"].tolist() == [1.5, 2, 1, 2]


def test_a_folders_digest_knows_names_and_contents_but_no_order(folder):
    named = [("a", "1"), ("b", "2")]
    assert folder_digest(named) == folder_digest(reversed(named))
    assert len({folder_digest(x) for x in (named, [("a", "2"), ("b", "1")], named[:1])}) == 3
    digest = drops(folder).source.sha256
    assert len(digest) == 64 and digest != drops(folder, "1.csv").source.sha256


def test_files_that_are_too_large_together_are_refused(folder, monkeypatch):
    monkeypatch.setattr("lmm.ingest.drops.MAX_ROWS", 8)
    with pytest.raises(DataError, match="the files together are too large: the limit is 8 rows"):
        drops(folder)
    assert drops(folder, "1.csv", "2.csv").source.rows == 6
