"""What runs again: exactly what depends on what was changed."""

from __future__ import annotations

import json
import os

import pytest

from .conftest import Project

pytestmark = pytest.mark.workflow

BOTH = ("pigs", "pupils")
ALL = {f"{rule} {study}" for rule in ("analyse", "report") for study in BOTH}


def test_changed_data_run_their_own_chain_even_if_the_new_file_is_older(project: Project):
    others = project.snapshot("reports/pupils")
    project.edit("data/pigs.csv", "\n2,0,", "\n2,0,1")
    os.utime(project.file("data/pigs.csv"), (0, 1_000_000_000))
    run = project.run()
    assert run.code == 0, run.output
    assert run.jobs == {"pigs: analysed", "pigs: report written"}
    assert project.snapshot("reports/pupils") == others
    lines = project.file("reports/pigs/history.jsonl").read_text().splitlines()
    digests = [json.loads(line)["digest"] for line in lines]
    status = json.loads(project.file("reports/status.json").read_text())
    assert len(set(digests)) == 2
    assert status["pigs"]["data_digest"] == digests[-1]
    changes = json.loads(project.file("reports/pigs/results.json").read_text())["changes"]
    assert changes["since"]["digest"] == digests[0]
    assert changes["measurements"]["change"] == 0
    again = project.run()
    assert "Nothing to be done" in again.output


def test_touches_comments_and_docstrings_run_nothing(project: Project):
    for path in ("data/pigs.csv", "config.yaml", "templates/report.html.j2", "lmm/rows.py"):
        os.utime(project.file(path))
    for path in ("lmm/rows.py", "workflow/scripts/analyse.py"):
        text = project.file(path).read_text(encoding="utf-8")
        assert text.startswith('"""')
        changed = '"""In other words: ' + text[3:] + "\n\n# Nobody runs this line.\n"
        project.file(path).write_text(changed, encoding="utf-8")
    run = project.run()
    assert run.code == 0, run.output
    assert "Nothing to be done" in run.output


def test_changed_code_runs_what_uses_it(project: Project):
    for module, expected in (
        ("lmm/report/render.py", {f"report {study}" for study in BOTH}),
        ("lmm/model/criterion.py", ALL),
    ):
        with project.file(module).open("a", encoding="utf-8") as file:
            file.write("\nNEW = 1\n")
        assert project.planned() == expected


def test_a_changed_template_makes_the_reports_again(project: Project):
    project.edit("templates/report.html.j2", "</body>", "<!-- new --></body>")
    assert project.planned() == {f"report {study}" for study in BOTH}


def test_new_words_make_one_report_again_and_no_numbers(project: Project):
    project.edit("config.yaml", "Growth of 12 pigs", "Pigs and their growth")
    project.edit("config.yaml", "unit: kg", "unit: kilogram")
    run = project.run()
    assert run.code == 0, run.output
    assert run.jobs == {"pigs: report written"}
    assert "Pigs and their growth" in project.file("reports/pigs/report.html").read_text()
    assert "Pigs and their growth" in project.file("reports/index.html").read_text()


def test_new_settings_of_the_analysis_run_that_study(project: Project):
    project.edit(
        "config.yaml", "column: weeks, label: time", "column: weeks, label: time, origin: 1"
    )
    assert project.planned() == {"analyse pigs", "report pigs"}


def test_a_removed_study_leaves_the_index_but_its_files_stay(project: Project):
    kept = project.snapshot("reports/pigs")
    text = project.file("config.yaml").read_text()
    project.file("config.yaml").write_text("studies:\n" + text[text.index("  pupils:") :])
    run = project.run()
    assert run.code == 0, run.output
    assert run.jobs == set()
    assert "pigs" not in project.file("reports/index.html").read_text()
    assert list(json.loads(project.file("reports/status.json").read_text())) == ["pupils"]
    assert project.snapshot("reports/pigs") == kept


def test_a_report_removed_by_hand_comes_back_without_a_computation(project: Project):
    before = project.snapshot("reports/pigs")
    project.file("reports/pigs/report.html").unlink()
    run = project.run()
    assert run.code == 0, run.output
    assert run.jobs == set()
    assert project.snapshot("reports/pigs") == before
    assert "Nothing to be done" in project.run().output


def test_another_configuration_replaces_the_default_one(project: Project):
    text = project.file("config.yaml").read_text()
    other = "output: reports/other\nstudies:\n" + text[text.index("  pupils:") :]
    project.file("other.yaml").write_text(other)
    before = project.snapshot("reports")
    run = project.run("--configfile", "other.yaml")
    assert run.code == 0, run.output
    assert run.jobs == {"pupils: analysed", "pupils: report written"}
    assert project.file("reports/other/pupils/report.html").is_file()
    after = project.snapshot("reports")
    assert {name: after[name] for name in before} == before
    assert "Nothing to be done" in project.run().output
