"""``lmm run``: done, nothing to do, failed, busy, usage, defect; and what it says of each."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import time

import pytest

from .conftest import Project, environment

pytestmark = pytest.mark.workflow

HEAVY = ("numpy", "pandas", "scipy", "yaml", "snakemake", "jsonschema", "jinja2", "matplotlib")


@pytest.fixture
def stamped(project: Project) -> Project:
    """The project after ``lmm run`` has found it up to date."""
    run = project.lmm_run()
    assert run.code == 0, run.output
    return project


def test_steps_and_a_summary(project: Project):
    project.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    run = project.lmm_run()
    assert run.code == 0, run.output
    steps = re.findall(r"^ *[\d.]+ s  (\w+): (.+)$", run.output, re.M)
    assert steps == [("pigs", "analysed"), ("pigs", "report written")]
    assert re.search(
        r"^pigs: Up to date\n  In the average pig, weight rises .*\n", run.output, re.M
    )
    assert "\n  reports/pupils/report.html\nAll studies: reports/index.html" in run.output
    assert "snakemake" not in run.output.lower()


def test_a_plain_snakemake_agrees_that_nothing_is_left(stamped: Project):
    assert "Nothing to be done" in stamped.run().output


def test_nothing_to_do_is_known_at_once_and_without_libraries(stamped: Project):
    before = stamped.snapshot("reports", "results", ".cache")
    run = stamped.lmm_run(python=("-X", "importtime"))
    assert run.code == 0
    assert "Nothing to do" in run.output
    imported = re.findall(r"^import time:.*\| +([\w.]+)$", run.output, re.M)
    assert "lmm.study.stamp" in imported
    assert not {name.partition(".")[0] for name in imported} & set(HEAVY)
    assert stamped.snapshot("reports", "results", ".cache") == before


def test_nothing_to_do_takes_less_than_a_fifth_of_a_second(stamped: Project):
    # The best of several: other work on the machine only ever adds.
    seconds = []
    for _ in range(7):
        began = time.perf_counter()
        assert "Nothing to do" in stamped.lmm_run().output
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.2


@pytest.mark.parametrize("change", ["older data", "setting", "code", "report", "template"])
def test_whatever_changes_is_noticed(stamped: Project, change: str):
    path = stamped.file(
        {
            "older data": "data/pigs.csv",
            "setting": "config.yaml",
            "code": "lmm/report/render.py",
            "report": "reports/pupils/report.html",
            "template": "templates/report.html.j2",
        }[change]
    )
    times = path.stat()
    if change == "report":
        path.unlink()
    else:
        text = path.read_text(encoding="utf-8")
        path.write_text(text[:-2] + "1\n" if "data" in change else text + "\n", encoding="utf-8")
    if change == "older data":  # as a copy that keeps the times would leave it
        assert path.stat().st_size == times.st_size
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    run = stamped.lmm_run()
    assert run.code == 0, run.output
    assert "Nothing to do" not in run.output
    assert ("pigs: analysed" in run.output) == ("data" in change)
    assert stamped.file("reports/pupils/report.html").is_file()
    assert "Nothing to do" in stamped.lmm_run().output


def test_a_clock_set_back_hides_no_change(stamped: Project):
    # Files from a future that the clock has left again: older and newer mean nothing then.
    future = time.time() + 1e6
    for path in (*stamped.file("results").rglob("*"), *stamped.file("reports").rglob("*")):
        os.utime(path, (future, future))
    stamped.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    os.utime(stamped.file("data/pigs.csv"), (1e9, 1e9))
    run = stamped.lmm_run()
    assert run.code == 0, run.output
    assert "pigs: report written" in run.output
    fresh = stamped.snapshot("reports/pigs")
    assert stamped.run("--forceall").code == 0
    assert stamped.snapshot("reports/pigs") == fresh


def test_a_failure_is_told_every_time_until_it_is_mended(stamped: Project):
    good = stamped.snapshot("reports/pigs")
    stamped.edit("data/pigs.csv", "weight", "wieght")
    for _ in range(2):
        run = stamped.lmm_run()
        assert run.code == 1
        assert "pigs: Failed; the last good report" in run.output
        assert "did you mean wieght?" in run.output
        assert "pupils: Up to date" in run.output
        assert "Traceback" not in run.output
    assert stamped.snapshot("reports/pigs") == good
    quiet = stamped.lmm_run("--quiet")
    assert quiet.code == 1
    assert quiet.output.startswith("pigs: Failed")
    assert "pupils" not in quiet.output
    stamped.edit("data/pigs.csv", "wieght", "weight")
    mended = stamped.lmm_run("--quiet")
    assert (mended.code, mended.output) == (0, "")


def test_a_second_run_leaves_with_75_whoever_runs(stamped: Project):
    stamped.edit("config.yaml", "Growth of 12 pigs", "Pigs and their growth")
    before = stamped.snapshot("reports", "results")
    with stamped.file(".cache/run.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        run = stamped.lmm_run()
    assert run.code == 75
    assert run.output == "Another run is at work here; try again when it has ended.\n"
    assert stamped.snapshot("reports", "results") == before


def test_two_runs_at_once(project: Project):
    project.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    command = [sys.executable, "-m", "lmm", "run"]
    first, second = (
        subprocess.Popen(
            command, cwd=project.folder, env=environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    )
    # While the first is at work the lock is that of its child, too: a plain run is refused as well.
    codes = {first.wait(120), second.wait(120)}
    assert codes == {0, 75}
    assert project.lmm_run().code == 0


def test_a_configuration_that_cannot_be_used(stamped: Project):
    stamped.edit("config.yaml", "outcome: {column: weight", "outcom: {column: weight")
    run = stamped.lmm_run()
    assert run.code == 1
    assert "Did you mean 'outcome'?" in run.output
    assert stamped.lmm_run("--cores", "0").code == 2


def test_a_folder_that_cannot_be_written_is_named_before_any_work(project: Project):
    project.edit("config.yaml", "studies:", "output: data/pigs.csv\nstudies:")
    run = project.lmm_run()
    assert run.code == 1
    assert "data/pigs.csv: nothing can be written here" in run.output
    assert "Traceback" not in run.output


def test_a_workflow_that_breaks_is_a_defect(stamped: Project):
    with stamped.file("workflow/Snakefile").open("a", encoding="utf-8") as file:
        file.write("\nraise RuntimeError('planted')\n")
    run = stamped.lmm_run()
    assert run.code == 3
    assert "planted" in run.output
    assert "planted" in stamped.file(".cache/run.log").read_text()
