"""The ways into the workflow: from the checkout's top, from workflow/, and as a module of another one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import CHECKOUT, COPIED, Project

pytestmark = pytest.mark.workflow

OUTER = """\
module lmm_report:
    snakefile:
        "lmm-report/workflow/Snakefile"
    config:
        {"configfile": "reports.yaml"}


use rule * from lmm_report as lmm_*


rule all:
    default_target: True
    input:
        rules.lmm_all.input,
        "done.txt",


rule own:
    output:
        "done.txt",
    shell:
        "echo done > {output}"


onsuccess:
    print(lmm_report.publish_reports())
"""


def test_the_file_in_workflow_is_the_same_workflow(project: Project):
    shutil.rmtree(project.file("results"))
    jobs = project.planned()
    assert jobs == {
        f"{rule} {study}" for rule in ("analyse", "report") for study in ("pigs", "pupils")
    }
    assert project.planned("--snakefile", "workflow/Snakefile") == jobs
    project.file("Snakefile").unlink()
    assert project.planned() == jobs


@pytest.fixture
def outer(project: Project, tmp_path: Path) -> Project:
    """Another workflow, with ours in a folder of its own."""
    folder = tmp_path / "outer"
    for name in COPIED:
        source = CHECKOUT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        (folder / "lmm-report").mkdir(parents=True, exist_ok=True)
        copy(source, folder / "lmm-report" / name)
    shutil.copytree(project.file("data"), folder / "data")
    text = project.file("config.yaml").read_text(encoding="utf-8")
    (folder / "reports.yaml").write_text(text[: text.index("  pupils:")], encoding="utf-8")
    (folder / "Snakefile").write_text(OUTER, encoding="utf-8")
    return Project(folder)


def test_it_can_be_a_module_of_another_workflow(outer: Project):
    run = outer.run("--cores", "1")
    assert run.code == 0, run.output
    assert outer.file("done.txt").exists()
    assert "12 pigs" in outer.file("reports/pigs/report.html").read_text(encoding="utf-8")
    assert "pigs" in outer.file("reports/index.html").read_text(encoding="utf-8")
    again = outer.run("--cores", "1")
    assert again.code == 0 and "Nothing to be done" in again.output


def test_a_module_says_what_is_wrong_with_its_configuration(outer: Project):
    outer.edit("reports.yaml", "outcome", "outcom")
    run = outer.run("--cores", "1")
    assert run.code == 1
    assert "Did you mean 'outcome'?" in run.output and "Traceback" not in run.output
