"""The workflow's own files are as Snakemake's tools want them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from snakemake.cli import get_argument_parser

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


@pytest.mark.parametrize("profile", sorted((CHECKOUT / "profiles").glob("*/profile.yaml")), ids=str)
def test_a_profile_holds_options_that_snakemake_knows(profile: Path):
    """Those of a plugin begin with its name; tests/workflow/test_slurm.py tries them."""
    options = yaml.safe_load(profile.read_text(encoding="utf-8"))
    own = {name for name in options if not name.startswith(f"{options.get('executor')}-")}
    known = {name.lstrip("-") for name in get_argument_parser()._option_string_actions}
    assert own
    assert own <= known
