"""What goes wrong is said in words, harms nothing else, and is not forgotten."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from .conftest import Project, environment

pytestmark = pytest.mark.workflow


def states(project: Project) -> dict[str, str]:
    status = json.loads(project.file("reports/status.json").read_text())
    return {study: entry["state"] for study, entry in status.items()}


def test_a_study_that_fails_keeps_its_last_report_until_it_is_mended(project: Project):
    good = project.snapshot("reports/pigs")
    project.edit("data/pigs.csv", "weight", "wieght")
    project.edit("data/pupils.csv", "\n2,0,", "\n2,0,1")

    failed = project.run()
    assert failed.code == 1
    assert failed.jobs == {"pupils: analysed", "pupils: report written"}
    assert "weight" in failed.output
    assert "Traceback" not in failed.output
    assert states(project) == {"pigs": "stale", "pupils": "ok"}
    message = json.loads(project.file("reports/status.json").read_text())["pigs"]["message"]
    assert "data/pigs.csv" in message
    assert "Traceback" not in message
    assert "last good report" in project.file("reports/index.html").read_text()
    assert project.snapshot("reports/pigs") == good

    again = project.run()
    assert again.code == 1, "a failure must not be forgotten"
    assert project.snapshot("reports/pigs") == good

    project.edit("data/pigs.csv", "wieght", "weight")
    mended = project.run()
    assert mended.code == 0, mended.output
    assert states(project) == {"pigs": "ok", "pupils": "ok"}
    assert project.snapshot("reports/pigs") == good


def test_numbers_that_contradict_each_other_are_not_published(short: Project):
    """Degrees of freedom that are off by a little in one place, and are had in two ways."""
    good = short.snapshot("reports/pigs", "reports/pupils")
    short.edit(
        "lmm/inference/structures/degrees.py",
        "statistics.q * statistics.m -",
        "0.01 + statistics.q * statistics.m -",
    )
    failed = short.lmm_run()
    assert failed.code == 3, "neither the data nor the settings are at fault"
    assert "The numbers of this study contradict each other" in failed.output
    assert "hat_trace in random_" in failed.output
    assert "Traceback" not in failed.output
    assert states(short) == {"pigs": "stale", "pupils": "stale"}
    assert short.snapshot("reports/pigs", "reports/pupils") == good
    short.edit("lmm/inference/structures/degrees.py", "0.01 + statistics.q", "statistics.q")
    assert short.lmm_run().code == 0


def test_a_missing_file_is_named_with_its_neighbours(project: Project):
    project.file("data/pigs.csv").rename(project.file("data/pigs2.csv"))
    run = project.run()
    assert run.code == 1
    assert "there is no such file" in run.output
    assert "data/pigs2.csv" in run.output
    assert "Traceback" not in run.output
    assert states(project) == {"pigs": "stale", "pupils": "ok"}


def test_a_bad_configuration_says_all_that_is_wrong_and_changes_nothing(project: Project):
    before = project.snapshot("reports", "results")
    project.edit("config.yaml", "outcome: {column: weight", "outcom: {column: weight")
    project.edit("config.yaml", "singular: pupil", "singular: 7")
    run = project.run()
    assert run.code == 1
    assert "Did you mean 'outcome'?" in run.output
    assert "studies.pupils.group.singular: should be text, not 7" in run.output
    assert "Traceback" not in run.output
    assert 'File "' not in run.output
    assert project.snapshot("reports", "results") == before


def test_a_defect_of_the_program_is_called_one(project: Project):
    script = "workflow/scripts/analyse.py"
    project.edit(
        script, "    write_analysis(\n", "    raise ValueError('planted')\n    write_analysis(\n"
    )
    run = project.run()
    assert run.code == 1
    assert "The program itself failed (ValueError: planted)" in run.output
    assert states(project) == {"pigs": "stale", "pupils": "stale"}


def test_a_run_that_was_killed_is_taken_up_by_the_next(project: Project):
    good = project.snapshot("reports/pigs", "reports/pupils")
    project.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    log = project.file("results/pigs/logs/analyse.log")
    log.unlink()
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake"],
        cwd=project.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert log.exists(), "the job did not start"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert project.snapshot("reports/pigs", "reports/pupils") == good

    run = project.run()
    assert run.code == 0, run.output
    assert "pigs: report written" in run.jobs
    assert states(project) == {"pigs": "ok", "pupils": "ok"}


def test_a_second_run_at_the_same_time_is_refused(project: Project):
    project.edit("config.yaml", "Growth of 12 pigs", "Pigs and their growth")
    before = project.snapshot("reports", "results")
    with project.file(".cache/run.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        run = project.run()
    assert run.code == 75
    assert "Another run is at work here" in run.output
    assert "Traceback" not in run.output
    assert project.snapshot("reports", "results") == before
    assert project.run().code == 0
