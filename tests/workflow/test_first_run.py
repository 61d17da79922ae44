"""What the first run leaves, and that a second one has nothing to do."""

from __future__ import annotations

import json

import pytest

from .conftest import Project, Run

pytestmark = pytest.mark.workflow


def test_every_promised_file_is_there(built: tuple[Project, Run]):
    project, run = built
    assert run.jobs == {
        f"{study}: {done}"
        for study in ("pigs", "pupils")
        for done in ("analysed", "report written")
    }
    for study in ("pigs", "pupils"):
        for name in ("report.html", "results.json", "history.jsonl"):
            assert project.file(f"reports/{study}/{name}").stat().st_size > 0
        assert list(project.file(f"reports/{study}/tables").glob("*.csv"))
        assert list(project.file(f"reports/{study}/figures").glob("*.svg"))
        assert len(project.file(f"reports/{study}/history.jsonl").read_text().splitlines()) == 1
    status = json.loads(project.file("reports/status.json").read_text())
    assert {study: entry["state"] for study, entry in status.items()} == {
        "pigs": "ok",
        "pupils": "ok",
    }
    index = project.file("reports/index.html").read_text()
    assert 'href="pigs/report.html"' in index
    assert 'href="pupils/report.html"' in index


def test_nothing_half_written_is_published(built: tuple[Project, Run]):
    hidden = [path.name for path in built[0].file("reports").rglob(".*")]
    assert hidden == []


def test_a_second_run_does_nothing(project: Project):
    before = project.snapshot("reports", "results")
    times = {path: path.stat().st_mtime_ns for path in project.file("reports").rglob("*")}
    run = project.run()
    assert run.code == 0
    assert run.jobs == set()
    assert "Nothing to be done" in run.output
    assert project.snapshot("reports", "results") == before
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_the_same_inputs_give_the_same_bytes(project: Project):
    before = project.snapshot("reports/pigs", "reports/pupils")
    run = project.run("--forceall")
    assert run.code == 0, run.output
    assert len(run.jobs) == 4
    assert project.snapshot("reports/pigs", "reports/pupils") == before
