"""Publishing shows what is finished and never takes a good report away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lmm.ingest.digests import file_digest
from lmm.study.configuration.load import load_configuration
from lmm.study.configuration.settings import Configuration
from lmm.study.publishing.places import places
from lmm.study.publishing.publish import is_pending, outcome_text, publish
from lmm.study.publishing.states import log_message

FIRST = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

TEXT = """\
studies:
  pigs:
    title: Growth <of> pigs
    data: {file: data/pigs.csv}
    outcome: {column: weight}
    group: {column: id}
  pupils:
    title: Reading of pupils
    data: {file: data/pupils.csv}
    outcome: {column: score}
    group: {column: pupil}
"""


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(TEXT)
    Path("data").mkdir()
    for study in ("pigs", "pupils"):
        Path(f"data/{study}.csv").write_text(f"id,{study}\n1,2\n")
    return load_configuration("config.yaml")


def make(configuration: Configuration, study: str, *, page: str = "page", table: str = "t") -> None:
    """What the jobs of a study leave."""
    at = places(configuration, study)
    for folder in ("tables", "figures"):
        (at.report / folder).mkdir(parents=True, exist_ok=True)
    digest = file_digest(Path(f"data/{study}.csv"))
    results = {
        "headline": {"sentence": "They grow.", "slope": 6.2},
        "provenance": {"data_sha256": digest},
        "shrinkage": {"levels": [{"level": 7, "measurements": 3}]},
    }
    at.analysis.write_text("{}")
    at.measurements.write_text("row\n")
    (at.report / "tables" / f"{table}.csv").write_text("a\n")
    (at.report / "tables" / ".snakemake_timestamp").write_text("")
    (at.report / "results.json").write_text(json.dumps(results))
    (at.report / "report.html").write_text(page)


def fail(configuration: Configuration, study: str, message: str) -> None:
    """What a failed job leaves: a log, and none of its outputs."""
    at = places(configuration, study)
    at.log("analyse").parent.mkdir(parents=True, exist_ok=True)
    at.log("analyse").write_text(message)
    at.analysis.unlink(missing_ok=True)


def published(study: str) -> dict[str, bytes]:
    folder = Path("reports", study)
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_finished_studies_are_shown_with_history_status_and_index(configuration):
    for study in configuration.studies:
        make(configuration, study)
    assert is_pending(configuration)
    publish(configuration, now=FIRST)
    assert not is_pending(configuration)
    status = json.loads(Path("reports/status.json").read_text())
    digest = file_digest(Path("data/pigs.csv"))
    assert status["pigs"] == {
        "state": "ok",
        "message": "",
        "data_digest": digest,
        "time": "2026-05-04T09:30:00Z",
        "report_time": "2026-05-04T09:30:00Z",
    }
    (line,) = Path("reports/pigs/history.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "digest": digest,
        "time": "2026-05-04T09:30:00Z",
        "headline": {"sentence": "They grow.", "slope": 6.2, "rows": {"7": 3}},
    }
    index = Path("reports/index.html").read_text()
    assert "Growth &lt;of&gt; pigs" in index
    assert "They grow." in index
    assert "4 May 2026, 09:30 UTC" in index
    assert not list(Path("reports").rglob(".*"))


def test_a_failed_study_keeps_its_report_byte_for_byte(configuration):
    for study in configuration.studies:
        make(configuration, study)
    publish(configuration, now=FIRST)
    before = published("pigs")
    fail(configuration, "pigs", "data/pigs.csv: there is no column 'weight'")
    make(configuration, "pupils", page="new page")
    states = publish(configuration, now=LATER)
    assert published("pigs") == before
    assert states["pigs"].state == "stale"
    assert states["pigs"].report_time == "2026-05-04T09:30:00Z"
    assert states["pigs"].time == "2026-06-01T12:00:00Z"
    assert Path("reports/pupils/report.html").read_text() == "new page"
    assert states["pupils"].report_time == "2026-06-01T12:00:00Z"
    index = Path("reports/index.html").read_text()
    assert "Failed; the last good report of 4 May 2026, 09:30 UTC is shown" in index
    assert "there is no column &#39;weight&#39;" in index
    said = outcome_text(configuration, states)
    assert "pigs: Failed; the last good report" in said
    assert "there is no column 'weight'" in said
    assert "pupils" not in said


def test_a_study_that_never_worked_is_failed_without_a_link(configuration):
    make(configuration, "pupils")
    fail(configuration, "pigs", "data/pigs.csv: there is no such file")
    states = publish(configuration, now=FIRST)
    assert (states["pigs"].state, states["pigs"].data_digest) == ("failed", "")
    assert 'href="pigs/report.html"' not in Path("reports/index.html").read_text()


def test_a_traceback_never_reaches_the_readers(configuration):
    make(configuration, "pupils")
    fail(configuration, "pigs", 'Traceback (most recent call last):\n  File "x"\nKeyError: 3\n')
    message = publish(configuration, now=FIRST)["pigs"].message
    assert message.startswith("The program itself failed (KeyError: 3)")
    assert 'File "' not in message


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("KeyboardInterrupt", "The run was stopped before this study's report was made."),
        (
            "PermissionError: [Errno 13] Permission denied: 'reports'",
            "The system refused to read or write a file: Permission denied: 'reports'.",
        ),
    ],
)
def test_what_is_no_defect_of_ours_is_said_in_words(configuration, last, said):
    log = places(configuration, "pigs").log("analyse")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"Traceback (most recent call last):\n  File x, line 1\n{last}\n")
    assert log_message(log) == said


def test_a_long_message_is_cut_and_says_where_the_rest_is(configuration):
    make(configuration, "pupils")
    fail(configuration, "pigs", "\n".join(f"row {row} is wrong" for row in range(100)))
    lines = publish(configuration, now=FIRST)["pigs"].message.splitlines()
    assert len(lines) == 13
    assert "results/pigs/logs/analyse.log" in lines[-1]


def test_data_changed_behind_a_finished_report_make_it_stale(configuration):
    for study in configuration.studies:
        make(configuration, study)
    publish(configuration, now=FIRST)
    Path("data/pigs.csv").write_text("id,weight\n1,3\n")
    states = publish(configuration, now=LATER)
    assert states["pigs"].state == "stale"
    assert "The data have changed" in states["pigs"].message


def test_tables_that_are_no_longer_made_disappear_and_history_counts_data_once(configuration):
    for study in configuration.studies:
        make(configuration, study, table="old")
    publish(configuration, now=FIRST)
    at = places(configuration, "pigs")
    (at.report / "tables" / "old.csv").unlink()
    make(configuration, "pigs", page="reworded", table="new")
    publish(configuration, now=LATER)
    assert [path.name for path in Path("reports/pigs/tables").iterdir()] == ["new.csv"]
    assert len(Path("reports/pigs/history.jsonl").read_text().splitlines()) == 1


def test_publishing_again_changes_nothing_that_is_shown(configuration):
    for study in configuration.studies:
        make(configuration, study)
    publish(configuration, now=FIRST)
    before = Path("reports/pigs/report.html").stat().st_mtime_ns
    states = publish(configuration, now=LATER)
    assert states["pigs"].report_time == "2026-05-04T09:30:00Z"
    assert Path("reports/pigs/report.html").stat().st_mtime_ns == before


def test_a_half_published_report_and_a_broken_status_are_mended(configuration):
    for study in configuration.studies:
        make(configuration, study)
    publish(configuration, now=FIRST)
    Path("reports/pigs/report.html").write_text("half a pa")
    assert is_pending(configuration)
    publish(configuration, now=LATER)
    assert Path("reports/pigs/report.html").read_text() == "page"
    Path("reports/status.json").write_text("[1, 2")
    assert is_pending(configuration)
    publish(configuration, now=LATER)
    assert not is_pending(configuration)


TOUCHES_FILES = {"open", "os.rename", "os.remove", "os.mkdir", "os.utime"}


def publish_killed_at(configuration: Configuration, moment: int) -> bool:
    """A process of its own that publishes, killed before it touches a file for that many times; False
    where it had ended by then.
    """
    child = os.fork()
    if child == 0:
        left = [moment]

        def count(event: str, arguments: tuple) -> None:
            if event in TOUCHES_FILES:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(count)
            publish(configuration, now=LATER)
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def everything() -> dict[str, bytes]:
    paths = (path for path in Path("reports").rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in paths if path.name[0] != "."}


def test_killed_at_any_file_it_touches_it_shows_whole_files_and_is_taken_up(configuration):
    def start_anew(page: str, table: str) -> None:
        shutil.rmtree("results", ignore_errors=True)
        for study in configuration.studies:
            make(configuration, study, page=page, table=table)

    start_anew("old page", "old")
    publish(configuration, now=FIRST)
    old = everything()
    shutil.copytree("reports", "kept")
    Path("data/pigs.csv").write_text("id,pigs\n1,3\n")
    start_anew("new page, and longer", "new")
    publish(configuration, now=LATER)
    new = everything()
    moment = 0
    while True:
        shutil.rmtree("reports")
        shutil.copytree("kept", "reports")
        start_anew("new page, and longer", "new")
        killed = publish_killed_at(configuration, moment)
        shown = everything()
        assert all(content in (old.get(path), new.get(path)) for path, content in shown.items())
        if b"new page" in shown["reports/pigs/report.html"]:  # then all that it tells of is there
            assert shown["reports/pigs/results.json"] == new["reports/pigs/results.json"]
            assert "reports/pigs/tables/new.csv" in shown
        assert killed == is_pending(configuration) or shown == new
        publish(configuration, now=LATER)
        assert everything() == new
        assert not is_pending(configuration)
        if not killed:
            break
        moment += 1
    assert moment > 30, "not every file was counted"
