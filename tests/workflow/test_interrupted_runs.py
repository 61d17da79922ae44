"""Runs that are cut short, at any moment and by whatever: nothing is lost, and the next run takes them up.

``LMM_KILLS=20`` kills that many runs instead of four.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from .conftest import Project, environment

pytestmark = pytest.mark.workflow

SEED = 20261125
KILLS = int(os.environ.get("LMM_KILLS", "4"))


@pytest.fixture
def changed(short: Project) -> Project:
    """The short project with new data of one study, so that the next run has something to do."""
    short.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    return short


def shares() -> Iterator[float]:
    """Random moments, as shares of a run's length, but spread over the whole of it."""
    draw = random.Random(SEED).random
    yield from ((kill + draw()) / KILLS for kill in range(KILLS))


def killed_within(run: subprocess.Popen[str], seconds: float) -> bool:
    """Kill it and its steps after that long; False where it had ended by itself before."""
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    return run.returncode == -signal.SIGKILL


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    """The words of the run up to those."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"{text!r} was not said:\n{said}")


def first_step(run: subprocess.Popen[str]) -> psutil.Process:
    """The first process of the run that analyses, as soon as it is there."""
    while run.poll() is None:
        for process in psutil.Process(run.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                words = process.cmdline()
                if len(words) > 1 and words[1].endswith("analyse.py"):
                    return process
        time.sleep(0.02)
    raise AssertionError("the run ended without a step")


@pytest.mark.slow
def test_runs_killed_at_any_moment(changed: Project):
    old = changed.shown()
    undisturbed = changed.copy(changed.folder.with_name("undisturbed"))
    began = time.monotonic()
    run = undisturbed.lmm_run()
    seconds = time.monotonic() - began
    assert run.code == 0, run.output
    new = undisturbed.shown()
    assert new["reports/pigs/report.html"] != old["reports/pigs/report.html"]

    for number, share in enumerate(shares()):
        while True:
            trial = changed.copy(changed.folder.with_name(f"trial{number}"))
            began = time.monotonic()
            if killed_within(trial.start(), share * seconds):
                break
            # The machine has become faster: the moment has to come sooner to be within the run.
            seconds = time.monotonic() - began
            shutil.rmtree(trial.folder)
        moment = f"after {share:.0%} of {seconds:.2f} s"
        left = trial.shown()
        assert set(left) >= set(old), "something that was shown is gone"
        torn = [name for name in left if left[name] not in (old.get(name), new.get(name))]
        assert not torn, f"half written {moment}"
        run = trial.lmm_run()
        assert run.code == 0, f"{moment}:\n{run.output}"
        assert trial.shown() == new
        assert "Nothing to be done" in trial.run().output
        print(f"killed {moment}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("whom", ["the command", "the group"])
def test_a_run_that_is_asked_to_stop(changed: Project, number: signal.Signals, whom: str):
    good = changed.snapshot("reports/pigs", "reports/pupils")
    process = changed.start()
    step = first_step(process)
    # Held still, so that the run is not over before it is told: an interrupt is passed on a second later.
    step.suspend()
    (os.kill if whom == "the command" else os.killpg)(process.pid, number)
    time.sleep(1.5)
    with suppress(psutil.NoSuchProcess):
        step.resume()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 128 + number
    assert said.endswith("The run was stopped; the next one takes it up.\n")
    assert "Traceback" not in said
    assert changed.snapshot("reports/pigs", "reports/pupils") == good
    run = changed.lmm_run()
    assert run.code == 0, run.output
    assert "pigs: report written" in run.output


def test_runs_that_overlap(changed: Project):
    first = changed.start()
    log = changed.file("results/pigs/logs/analyse.log")
    log.unlink()
    while not log.exists() and first.poll() is None:
        time.sleep(0.02)
    # Held still, so that it is at work for as long as the others need.
    os.killpg(first.pid, signal.SIGSTOP)
    try:
        seconds = [changed.lmm_run(), changed.run()]
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    for second in seconds:
        assert second.code == 75
        assert "Another run is at work here" in second.output
        assert "Traceback" not in second.output
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert "pigs: report written" in said
    assert "pigs: Up to date" in said


def test_the_lock_outlives_a_command_whose_workflow_goes_on(changed: Project):
    process = changed.start("--quiet")
    log = changed.file("results/pigs/logs/analyse.log")
    log.unlink()
    while not log.exists() and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    run = changed.lmm_run()
    assert run.code == 75, "the workflow is at work still"
    deadline = time.monotonic() + 120
    while run.code == 75 and time.monotonic() < deadline:
        time.sleep(0.5)
        run = changed.lmm_run()
    assert run.code == 0, run.output
    assert "pigs: analysed" not in run.output, "that was done by the first"
    assert "pigs: Up to date" in run.output


def test_a_step_that_outlives_its_run_does_not_get_among_those_of_the_next(changed: Project):
    undisturbed = changed.copy(changed.folder.with_name("undisturbed"))
    killed = changed.start()
    while not (step := step_at_work(killed)) and killed.poll() is None:
        time.sleep(0.02)
    assert step, "no step was seen at work"
    # Held still, so that it outlives whatever time the others need.
    step.suspend()
    for process in [*psutil.Process(killed.pid).children(), killed]:
        process.kill()
    killed.communicate()
    for project in (changed, undisturbed):
        project.edit("data/pigs.csv", "\n3,0,", "\n3,0,1")
    for second in (changed.lmm_run(), changed.run()):
        assert second.code == 75, second.output
        assert "Steps of a run that was killed are at work here still" in second.output
        assert "Traceback" not in second.output
    step.resume()
    psutil.wait_procs([step], timeout=120)
    for project in (changed, undisturbed):
        run = project.lmm_run()
        assert run.code == 0, run.output
    assert changed.shown() == undisturbed.shown()


def step_at_work(run: subprocess.Popen[str]) -> psutil.Process | None:
    """The process of a step that has begun to read; a run has no more than one here."""
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(run.pid).children(recursive=True):
            if any(file.path.endswith("/.cache/steps.lock") for file in process.open_files()):
                return process
    return None


def test_data_that_change_during_a_run_are_taken_up_by_it(changed: Project):
    process = changed.start()
    said = wait_for(process, "pigs: analysed")
    changed.edit("data/pigs.csv", "\n3,0,", "\n3,0,1")
    said += process.communicate(timeout=240)[0]
    assert process.returncode == 0, said
    assert said.count("pigs: analysed") == 2
    assert "pigs: Up to date" in said
    assert "Nothing to do" in changed.lmm_run().output
    assert len(changed.file("reports/pigs/history.jsonl").read_text().splitlines()) >= 2


def test_a_reader_who_leaves_does_not_stop_the_run(changed: Project):
    done = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -m lmm run | head -n 1', sys.executable],
        cwd=changed.folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "pigs: analysed" in done.stdout
    assert "Nothing to do" in changed.lmm_run().output
