"""Digests change with what a result depends on, and with nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lmm.study.configuration.load import load_configuration
from lmm.study.provenance import (
    analysis_settings,
    code_digest,
    report_settings,
    templates_digest,
)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with a script that imports one module of it."""
    shutil.copytree(ROOT / "lmm", tmp_path / "lmm", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "script.py").write_text("from lmm.rows import to_frame\n")
    return tmp_path


def digest(folder: Path, *, cache: bool = False) -> str:
    """The digest as the package in that folder computes it."""
    place = "Path('.cache/code.json')" if cache else "None"
    code = (
        "from pathlib import Path; from lmm.study.provenance import code_digest;"
        f"print(code_digest(Path('script.py'), cache={place}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_layout_comments_and_docstrings_do_not_count(copy):
    before = digest(copy)
    append(copy / "lmm" / "rows.py", "\n\n\n# A remark.\n")
    (copy / "script.py").write_text(
        '"""Says more."""\n\nfrom lmm.rows import (\n    to_frame,\n)\n'
    )
    assert digest(copy) == before


def test_code_counts_where_it_is_imported_directly_or_not(copy):
    before = digest(copy)
    append(copy / "lmm" / "report" / "page" / "words.py", "\nNEW = 1\n")
    assert digest(copy) == before, "nothing that the script imports has changed"
    append(copy / "lmm" / "rows.py", "\nfrom lmm.report.page import words\n")
    linked = digest(copy)
    assert linked != before
    append(copy / "lmm" / "report" / "page" / "words.py", "\nNEWER = 1\n")
    assert digest(copy) != linked


def test_imports_inside_functions_and_relative_ones_are_followed(copy):
    append(copy / "lmm" / "rows.py", "\ndef late():\n    from .errors import LmmError\n")
    before = digest(copy)
    append(copy / "lmm" / "errors.py", "\nNEW = 1\n")
    assert digest(copy) != before


def test_what_is_remembered_gives_the_same_digest(copy):
    cold = digest(copy, cache=True)
    assert (copy / ".cache" / "code.json").is_file()
    assert digest(copy, cache=True) == cold == digest(copy)
    append(copy / "lmm" / "rows.py", "\nNEW = 1\n")
    assert digest(copy, cache=True) == digest(copy) != cold
    (copy / ".cache" / "code.json").write_text("not JSON")
    assert digest(copy, cache=True) == digest(copy)


def test_unfinished_code_has_a_digest_too(tmp_path):
    (tmp_path / "script.py").write_text("def half(:\n")
    assert len(code_digest(tmp_path / "script.py")) == 64


def test_the_templates_digest_sees_every_template():
    assert len(templates_digest()) == 64
    assert templates_digest() == templates_digest()


def test_the_analysis_does_not_depend_on_words():
    study = load_configuration(ROOT / "config.yaml").studies["nepal"]
    assert study.time is not None
    reworded = replace(
        study,
        title="Another title",
        synthetic=None,
        outcome=replace(study.outcome, label="girth", unit="mm"),
        group=replace(study.group, singular="kid", plural="kids"),
        time=replace(study.time, label="months lived", origin_label="three years"),
        design=replace(study.design, selection="All children of five villages."),
        written={"title": "Another title"},
    )
    assert analysis_settings(reworded) == analysis_settings(study)
    assert report_settings(reworded) != report_settings(study)


def test_the_analysis_depends_on_all_else():
    study = load_configuration(ROOT / "config.yaml").studies["nepal"]
    assert study.time is not None
    changed = [
        replace(study, seed=1),
        replace(study, confidence=0.9),
        replace(study, models={}),
        # A column may be called like a setting of wording.
        replace(study, missing_codes={**study.missing_codes, "title": (1.0,)}),
        replace(study, derived={}),
        replace(study, outcome=replace(study.outcome, column="wt")),
        replace(study, time=None),
        replace(study, time=replace(study.time, origin=0.0)),
        replace(study, source=replace(study.source, decimal=",")),
    ]
    assert len({analysis_settings(each) for each in [study, *changed]}) == len(changed) + 1
