"""Steps belong to a run: no run begins among another's, and no step is late."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmm.errors import LmmError
from lmm.study.steps import RUN_VARIABLE, as_step, begin_run, check_run, step_at_work

STEP = """\
import sys
from lmm.study.steps import step_at_work
with step_at_work():
    print("at work", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(RUN_VARIABLE, "")


@pytest.fixture
def step() -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", STEP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout and process.stdout.readline() == "at work\n"
    yield process
    process.communicate()


def test_a_run_does_not_begin_while_steps_are_at_work(step: subprocess.Popen[str]):
    assert not begin_run()
    with step_at_work():
        step.communicate()
        assert not begin_run(), "one of two has ended"
    assert begin_run()


def test_a_step_that_was_killed_is_not_at_work(step: subprocess.Popen[str]):
    step.kill()
    step.wait()
    assert begin_run()


def test_a_step_of_an_earlier_run_is_not_done(monkeypatch: pytest.MonkeyPatch):
    assert begin_run()
    earlier = os.environ[RUN_VARIABLE]
    check_run()
    with step_at_work():
        pass
    assert begin_run()
    assert os.environ[RUN_VARIABLE] != earlier
    monkeypatch.setenv(RUN_VARIABLE, earlier)
    with pytest.raises(LmmError, match="a later run has begun"):
        check_run()
    with pytest.raises(LmmError, match="a later run has begun"), step_at_work():
        raise AssertionError("the step was begun")
    assert begin_run(), "the late step is not at work"


def test_a_step_by_itself_belongs_to_no_run(monkeypatch: pytest.MonkeyPatch):
    check_run()
    with step_at_work():
        pass
    assert begin_run()
    monkeypatch.delenv(RUN_VARIABLE)
    with step_at_work():
        check_run()


def test_a_step_ends_with_a_code_and_words(capsys: pytest.CaptureFixture[str]):
    @as_step
    def step(word: str) -> None:
        assert not begin_run(), "the step is at work"
        if word == "bad":
            raise LmmError("this is bad", where="here")

    assert step("good") == 0
    assert capsys.readouterr() == ("", "")
    assert step("bad") == 1
    said = capsys.readouterr()
    assert (said.out, "this is bad" in said.err) == ("", True)
    assert begin_run()
