"""The recipes of schedule/ do what they say, in the empty environment that timers give."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import CHECKOUT, Project

pytestmark = pytest.mark.workflow

SCHEDULE = CHECKOUT / "schedule"
UNITS = ("lmm-report.service", "lmm-report.timer", "lmm-report-failed.service")


@pytest.fixture
def home(short: Project, tmp_path: Path) -> Project:
    """A home with the project in ``lmm-report``, its environment in place."""
    if not Path(sys.prefix, "bin", "lmm").is_file():
        pytest.skip("lmm is not installed in this environment as a command")
    project = Project(short.folder.rename(tmp_path / "lmm-report"))
    project.file(".venv").symlink_to(sys.prefix)
    shutil.copytree(SCHEDULE, project.file("schedule"))
    shutil.copy(CHECKOUT / "Makefile", project.folder)
    return project


def in_empty_environment(
    command: str, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """As cron starts a command: /bin/sh, and these variables alone."""
    given = {"HOME": str(folder), "LOGNAME": "you", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env=given | variables,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_cron_is_silent_until_something_is_wrong(home: Project):
    lines = (SCHEDULE / "crontab").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    (job,) = (line for line in lines if line and line[0] not in "#ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    *when, command = job.split(maxsplit=5)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in when)
    assert "%" not in command, "cron takes it for a new line"
    assert set(settings) == {"MAILTO", "LMM_REPORT"}

    def run() -> subprocess.CompletedProcess[str]:
        return in_empty_environment(command, home.folder.parent, LMM_REPORT=str(home.folder))

    well = run()
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
    home.edit("data/pigs.csv", "weight", "wieght")
    failed = run()
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("pigs: Failed; the last good report")

    told = in_empty_environment("python3 schedule/tell.py 1 cat", home.folder)
    assert told.returncode == 0
    assert "\npigs (its last good report is shown), 20" in told.stdout
    assert "did you mean wieght?" in told.stdout
    assert "pupils" not in told.stdout


@pytest.mark.parametrize(
    ("code", "said"),
    [(0, ""), (75, ""), (3, "defect to report"), (143, "was stopped"), (1, "tells no more")],
)
def test_what_is_told_of_an_exit_code(tmp_path: Path, code: int, said: str):
    done = subprocess.run(
        [sys.executable, SCHEDULE / "tell.py", str(code)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert said in done.stdout
    assert bool(done.stdout) == bool(said)


def test_a_message_that_cannot_be_sent_is_noticed(tmp_path: Path):
    command = [sys.executable, SCHEDULE / "tell.py", "1", "false"]
    assert subprocess.run(command, cwd=tmp_path).returncode == 1


def test_systemd_units(home: Project):
    units = {name: (SCHEDULE / "systemd" / name).read_text() for name in UNITS}
    (start,) = re.findall(r"^ExecStart=(.+)$", units["lmm-report.service"], re.M)
    (folder,) = re.findall(r"^WorkingDirectory=(.+)$", units["lmm-report.service"], re.M)
    there = str(home.folder.parent)
    done = in_empty_environment(start.replace("%h", there), Path(folder.replace("%h", there)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here: only the command was tried")
    # The mail command need not be installed where this is tested.
    paths = [home.file(f"schedule/systemd/{name}") for name in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", *paths],
        env={**os.environ, "HOME": there, "XDG_RUNTIME_DIR": there},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", units["lmm-report.timer"], re.M)
    done = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True)
    assert done.returncode == 0


def test_github_actions(home: Project):
    text = (SCHEDULE / "github-actions.yml").read_text()
    workflow = yaml.safe_load(text)
    # YAML 1.1 reads the key `on` as true.
    assert set(workflow[True]) == {"schedule", "push", "workflow_dispatch"}
    (job,) = workflow["jobs"].values()
    for step in job["steps"]:
        assert (
            re.fullmatch(r"actions/[\w/-]+@v\d+", step["uses"]) if "uses" in step else step["run"]
        )
    restored, saved = (
        step["with"]["path"].split() for step in job["steps"] if "cache/" in step.get("uses", "")
    )
    assert restored == saved
    report, told = (step["run"] for step in job["steps"] if "run" in step)
    summary = home.file("summary")
    done = in_empty_environment(told, home.folder, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0
    assert "A study failed" in summary.read_text()

    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, home.folder)
    planned = in_empty_environment("make --dry-run report", home.folder)
    if "pip install" in planned.stdout:
        pytest.skip(
            "the environment is not the one that make makes: `make report` would install it"
        )
    # On a fresh checkout everything but what the cache holds is newer.
    for path in home.folder.rglob("*"):
        if path.is_file() and path.relative_to(home.folder).parts[0] not in (*restored, ".venv"):
            os.utime(path)
    before = home.snapshot("results", "reports")
    done = in_empty_environment(report, home.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "analysed" not in done.stdout + done.stderr
    assert home.snapshot("results", "reports") == before
