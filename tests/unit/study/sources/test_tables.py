"""Tables that are folders, queries and whatever stands at an address: read, told apart, kept."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from lmm.errors import DataError
from lmm.ingest.cleaning import CleanTable
from lmm.ingest.digests import file_digest
from lmm.study.analysis.analyse import analyse, read_study
from lmm.study.analysis.candidates import candidates
from lmm.study.checking import check_configuration
from lmm.study.configuration.load import load_configuration
from lmm.study.configuration.settings import Query, Source, Study
from lmm.study.publishing.reporting import complete_results
from lmm.study.sources import live
from lmm.study.sources.inputs import data_digest, fetch, folder_files, input_files

STUDY = """\
studies:
  pigs:
    data: {folder: drops, duplicates: last}
    derived: {late: {column: week, centre: 3}}
    outcome: {column: weight, unit: kg}
    group: {column: id, singular: pig, plural: pigs}
    time: {column: late, unit: week}
"""


def drop(path: str, weeks: range, *, heavier: float = 0.0) -> None:
    rows = [
        f"{pig},{week},{20 + 5 * week + pig * 7 % 5 + (pig + week) % 3 / 4 + heavier}"
        for pig in range(8)
        for week in weeks
    ]
    Path(path).write_text("\n".join(["id,week,weight", *rows]) + "\n")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("drops").mkdir()
    drop("drops/2024-01.csv", range(0, 4))
    drop("drops/2024-02.csv", range(3, 6), heavier=1.0)
    Path("drops/.unfinished.csv").write_text("id,wee")
    Path("drops/readme.txt").write_text("to be ignored")
    Path("drops/old.csv").mkdir()
    return tmp_path


def study(text: str = STUDY) -> Study:
    Path("config.yaml").write_text(text, encoding="utf-8")
    return load_configuration("config.yaml").studies["pigs"]


def rows_of(given: Study) -> CleanTable:
    return read_study(given, candidates(given))


def refusal(text: str) -> str:
    study(text)
    return "\n".join(map(str, check_configuration("config.yaml")))


def test_a_folder_is_one_table_and_the_last_file_counts(folder):
    numbers, table = analyse(study())
    data = numbers["data"]
    assert (data["rows_read"], data["rows_used"], data["groups_used"]) == (56, 48, 8)
    assert data["exclusions"] == [{"reason": "superseded", "column": "week", "rows": 8}]
    assert data["sha256"] == data_digest(study().source)
    assert table.frame["weight"].max() > 46
    results = complete_results(study(), numbers, configuration=Path("config.yaml"))
    (told,) = [f["text"] for f in results["findings"] if f["id"] == "row_account"]
    assert "The 2 files hold 56 rows for 8 pigs. 8 rows are left out because another file" in told
    assert "missing at random" not in told


def test_the_first_file_counts_or_duplicates_are_refused(folder):
    assert rows_of(study(STUDY.replace("last", "first"))).ledger.rows_used == 48
    said = refusal(STUDY.replace(", duplicates: last", ""))
    assert "2024-02.csv: row 1 holds id 0, week 3 again, which 2024-01.csv row 4 holds" in said
    assert "8 rows of id, week stand in more than one file" in said


def test_a_contract_says_what_a_duplicate_is(folder):
    text = STUDY.replace("time: {column: late, unit: week}", "contract: {unique: [id, week]}")
    assert rows_of(study(text)).ledger.rows_used == 48


def test_a_contract_names_the_files_of_its_violations(folder):
    text = STUDY + "    contract: {columns: {weight: {range: [0, 46]}}}\n"
    said = refusal(text)
    assert "2024-02.csv: row 3: column weight holds '46." in said and "2024-01.csv: row" not in said


def test_a_folders_digest_changes_with_its_files_and_with_nothing_else(folder):
    source = study().source
    before = data_digest(source)
    Path("drops/.unfinished.csv").write_text("more")
    Path("drops/readme.txt").unlink()
    assert data_digest(source) == before
    assert [path.name for path in input_files(source)] == ["2024-01.csv", "2024-02.csv"]
    shutil.copy("drops/2024-01.csv", "drops/2024-03.csv")
    more = data_digest(source)
    Path("drops/2024-03.csv").rename("drops/2024-04.csv")
    renamed = data_digest(source)
    Path("drops/2024-04.csv").unlink()
    assert data_digest(source) == before and len({before, more, renamed}) == 3


def test_a_folder_without_files_and_no_folder_say_so(folder):
    source = study(STUDY.replace("folder: drops", 'folder: drops, pattern: "*.tsv"')).source
    with pytest.raises(DataError, match=r"no file is named like \*\.tsv"):
        folder_files(source)
    assert data_digest(source).startswith("unreadable: no file")
    assert input_files(source) == []
    said = refusal(STUDY.replace("folder: drops", "folder: drop"))
    assert "there is no such folder" in said and "Did you mean drops?" in said


@pytest.fixture
def database(folder) -> Query:
    with contextlib.closing(sqlite3.connect("study.db")) as found, found:
        found.execute("create table visits (id int, week int, weight real)")
        for pig in range(8):
            for week in range(6):
                weight = 20 + 5 * week + pig * 7 % 5 + (pig + week) % 3 / 4
                found.execute("insert into visits values (?, ?, ?)", (pig, week, weight))
    return Query(query="select * from visits", url="sqlite:///study.db")


SQL = STUDY.replace(
    "{folder: drops, duplicates: last}",
    '{sql: {url: "sqlite:///study.db", query: "select * from visits"}}',
)


def change(weight: float) -> None:
    with contextlib.closing(sqlite3.connect("study.db")) as found, found:
        found.execute("update visits set weight = ? where id = 1 and week = 1", (weight,))


def test_a_querys_result_is_asked_once_kept_for_its_owner_and_digested(database):
    source = study(SQL).source
    assert data_digest(source).startswith("unreadable")
    live.renew(source)
    path = live.answer_file(source)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = data_digest(source)
    table = rows_of(study(SQL))
    assert (table.source.sha256, table.ledger.rows_used) == (before, 48)
    change(30)
    assert rows_of(study(SQL)).source.sha256 == before  # one run sees one answer
    live.renew(source)
    assert data_digest(source) != before
    change(27.5)
    live.renew(source)
    assert data_digest(source) == before


def test_a_database_that_no_longer_answers_leaves_no_old_answer(database):
    source = study(SQL).source
    live.renew(source)
    Path("study.db").unlink()
    live.renew(source)
    assert not live.answer_file(source).exists()
    assert data_digest(source).startswith("unreadable")
    assert "no such file: study.db" in refusal(SQL)


def test_a_check_asks_the_database_anew(database):
    live.renew(study(SQL).source)
    with contextlib.closing(sqlite3.connect("study.db")) as found, found:
        found.execute("update visits set weight = 'heavy' where id = 1")
    assert "weight is not numeric" in refusal(SQL)


LATEST = Source(url="https://data.example/t.csv", network=True, file_name="t.csv")


def test_the_newest_file_at_an_address_is_fetched_by_every_run(folder, monkeypatch):
    import pooch

    answers = [b"id\n1\n", b"id\n2\n"]

    def deliver(_self, _url, output_file, _pooch, check_only=False):
        # Stands in for the server's answer only.
        if not answers:
            raise OSError(28, "No space left on device")
        Path(output_file).write_bytes(answers.pop(0))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", deliver)
    live.renew(LATEST)
    path = fetch(LATEST)
    assert path.read_bytes() == b"id\n1\n" and data_digest(LATEST) == file_digest(path)
    assert fetch(LATEST) == path and len(answers) == 1
    live.renew(LATEST)
    assert path.read_bytes() == b"id\n2\n"
    live.renew(LATEST)
    assert not path.exists()
    with pytest.raises(DataError, match="cannot be kept"):
        fetch(LATEST)
    assert [file for file in path.parent.iterdir() if file.suffix == ".csv"] == []


def test_without_a_network_the_newest_file_is_not_invented(folder):
    with pytest.raises(DataError, match="no connection"):
        fetch(LATEST)
