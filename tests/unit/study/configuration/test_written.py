"""The entry that a report shows: pasted back, it is the same study; and it holds no password."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmm.study.configuration.load import load_configuration
from lmm.study.configuration.written import entry_text

ROOT = Path(__file__).resolve().parents[4]


def pasted(text: str, folder: Path):
    file = folder / "pasted.yaml"
    file.write_text("studies:\n" + "".join(f"  {line}\n" for line in text.splitlines()), "utf-8")
    return load_configuration(file).studies


@pytest.mark.parametrize("name", ["config.yaml", "config/course.yaml", "config/examples.yaml"])
def test_it_can_be_pasted(name, tmp_path):
    for study in load_configuration(ROOT / name).studies.values():
        text = entry_text(study)
        assert "#" not in text
        assert pasted(text, tmp_path) == {study.name: study}


def test_an_outcome_of_many_is_a_study_of_its_own(tmp_path):
    file = tmp_path / "many.yaml"
    file.write_text(
        "studies:\n  many:\n    data: {file: a.csv}\n    group: {column: g}\n"
        "    outcomes: [{column: y, label: Größe}, {column: z}]\n",
        encoding="utf-8",
    )
    (first, second) = load_configuration(file).studies.values()
    assert entry_text(first).startswith("many-y:\n")
    assert "Größe" in entry_text(first) and "Größe" not in entry_text(second)
    # The heading that the two share is of the entry that they come from.
    assert pasted(entry_text(first), tmp_path)["many-y"].outcome == first.outcome


@pytest.mark.parametrize("password", ["hunter2", "hunt'er2"])
def test_passwords_are_not_shown(password, tmp_path):
    file = tmp_path / "secret.yaml"
    file.write_text(
        f'studies:\n  s:\n    data: {{url: "https://me:{password}@example.org/a.csv?token=t0ps3cret",'
        " network: true}\n    outcome: {column: y}\n    group: {column: g}\n",
        encoding="utf-8",
    )
    text = entry_text(load_configuration(file).studies["s"])
    assert "me:***@example.org/a.csv?token=***" in text
    assert "hunt" not in text and "t0ps3cret" not in text


def test_a_study_that_is_of_no_file_has_none(tmp_path):
    from dataclasses import replace

    study = next(iter(load_configuration(ROOT / "config.yaml").studies.values()))
    assert entry_text(replace(study, written={})) == ""
