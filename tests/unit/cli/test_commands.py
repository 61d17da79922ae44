"""The command itself: exit codes, usage, versions."""

from __future__ import annotations

import subprocess
import sys

import pytest

import lmm
from lmm.cli import main


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["fit"],
        ["fit", "x.csv"],
        ["fit", "x", "--formula", "y~x", "--decimal", ";"],
    ],
)
def test_wrong_usage_is_two(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: lmm" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["chekc"], "Did you mean 'check'?"),
        (["fit", "x.csv", "--formla", "y ~ x"], "Did you mean --formula?"),
        (["fit", "x.csv", "--formula", "y ~ x", "--misssing=y=9"], "Did you mean --missing?"),
        (
            ["fit", "x.csv", "--formula", "y ~ x", "--dof", "kenward"],
            "Did you mean 'kenward-roger'?",
        ),
        (["predict", "s", "n.csv", "--level", "populaton"], "Did you mean 'population'?"),
        (["run", "--config", "c.yaml", "--kwiet"], "Did you mean --quiet?"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(arguments, meant, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert meant in capsys.readouterr().err


def test_versions(capsys):
    from importlib.metadata import version

    assert main(["version"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"lmm-report {lmm.__version__}"
    assert {f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas")} <= set(said)


def test_a_defect_of_ours_is_three_and_asks_for_a_report(monkeypatch, capsys):
    def broken(*arguments, **options):
        raise ZeroDivisionError("made up")

    monkeypatch.setattr("lmm.cli.fit.fit_file", broken)
    assert main(["fit", "x.csv", "--formula", "y ~ x"]) == 3
    said = capsys.readouterr().err
    assert "ZeroDivisionError: made up" in said
    assert "defect of lmm" in said


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "lmm", "fit", "absent.csv", "--formula", "y ~ x + (1 | g)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "absent.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
