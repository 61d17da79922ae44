"""`lmm check`: what would stop a run is said before it, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmm.study.checking import check_configuration

TEXT = """\
studies:
  pigs:
    data: {file: pigs.csv}
    outcome: {column: weight}
    group: {column: id}
    time: {column: weeks}
  pupils:
    data: {file: pupils.csv}
    outcome: {column: score}
    group: {column: pupil}
    models: {broken: "score ~ (1 | pupil", further: "score ~ age + (1 | pupil)"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(TEXT)
    rows = [
        f"{pig},{week},{20 + 6 * week + pig + week * pig % 3}"
        for pig in (1, 2, 3)
        for week in range(4)
    ]
    (tmp_path / "pigs.csv").write_text("id,weeks,weight\n" + "\n".join(rows) + "\n")
    return tmp_path


def test_a_broken_formula_a_missing_file_and_no_fault_in_the_sound_study(folder):
    found = [str(problem) for problem in check_configuration("config.yaml")]
    assert any("studies.pupils.models.broken" in text for text in found)
    assert any("pupils.csv: there is no such file" in text for text in found)
    assert not any("studies.pigs" in text for text in found)


def test_columns_are_looked_for_in_the_data(folder):
    (folder / "pupils.csv").write_text("pupil,scor\n1,2\n1,3\n2,4\n2,5\n")
    found = "\n".join(str(problem) for problem in check_configuration("config.yaml"))
    assert "score" in found
    assert "age" in found


def test_problems_of_the_file_itself_come_first_and_alone(folder):
    (folder / "config.yaml").write_text(TEXT.replace("outcome", "outcom"))
    found = check_configuration("config.yaml")
    assert len(found) == 4
    assert all("config.yaml, line" in problem.where for problem in found)


def test_nothing_wrong_is_an_empty_tuple(folder):
    text = TEXT[: TEXT.index("  pupils:")]
    (folder / "config.yaml").write_text(text)
    assert check_configuration("config.yaml") == ()
