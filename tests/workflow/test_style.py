"""The workflow's own files are as Snakemake's tools want them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CHECKOUT, Project

pytestmark = pytest.mark.workflow


def test_lint_has_nothing_to_say(project: Project):
    run = project.run("--lint")
    assert run.code == 0, run.output
    assert "good condition" in run.output


def test_snakefmt_would_change_nothing():
    snakefmt = Path(sys.executable).with_name("snakefmt")
    if not snakefmt.exists() and not shutil.which("snakefmt"):
        pytest.skip("snakefmt is not installed")
    done = subprocess.run(
        [str(snakefmt), "--check", "Snakefile", "workflow"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scripts_hold_no_logic():
    for script in (CHECKOUT / "workflow" / "scripts").glob("*.py"):
        lines = [line for line in script.read_text().splitlines() if line.strip()]
        assert len(lines) <= 25, script.name
