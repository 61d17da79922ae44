"""`lmm check`: each mistake has its message, all at once, exit code 1, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmm.cli import main

STUDY = """\
studies:
  pigs:
    data: {file: pigs.csv}
    outcome: {column: weight}
    group: {column: id}
    time: {column: weeks}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [
        f"p{pig},{week},{20 + 6 * week + pig + pig * week % 3},word,,one,{pig}"
        for pig in range(1, 7)
        for week in range(4)
    ]
    header = "id,weeks,weight,note,blank,same,age\n"
    (tmp_path / "pigs.csv").write_text(header + "\n".join(rows) + "\n")
    return tmp_path


def check(capsys, text: str) -> tuple[int, str]:
    Path("config.yaml").write_text(text)
    code = main(["check"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out + err


def test_all_is_well(folder, capsys):
    code, said = check(capsys, STUDY)
    assert code == 0
    assert "in order" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("data: {file: pigs.csv}", "data: {file: pig.csv}"), ["no such file", "Did you mean", "pigs.csv"]),
        (("column: weight", "column: wieght"), ["wieght", "not in the file", "did you mean weight"]),
        (("group: {column: id}", "group: {column: idd}"), ["column idd is not in the file; did you mean id?"]),
        (("column: weeks", "column: weks"), ["column weks is not in the file; did you mean weeks?"]),
        (("time: {column: weeks}", "covariates: [{column: aeg, level: group}]"), ["did you mean age?"]),
        (("time: {column: weeks}", "time: {colum: weeks}"), ["time.colum", "Did you mean 'column'?"]),
        (("time: {column: weeks}", "covariates: [{column: age, level: grop}]"), ["Did you mean group?"]),
        (("column: weight", "column: note"), ["note", "not numeric", "row 1"]),
        (("column: weight", "column: blank"), ["blank", "no value"]),
        (("group: {column: id}", "group: {column: same}"), ["same", "1 group", "at least 2"]),
        (("column: weeks", "column: age"), ["age", "one time for each group"]),
        (("outcome:", "outcom:"), ["outcom", "not known", '"outcome" is missing']),
        (("column: weeks", "column: id"), ["id", "already"]),
        (("  pigs:", "  Pigs!:"), ["small letters"]),
        (("studies:", "studies: ["), ["line"]),
        (("time: {column: weeks}", "time: {column: weeks}\n    confidence: 95"), ["at most 0.9999", "95"]),
        (("time: {column: weeks}", "time: {column: weeks}\n    missing_codes: {wieght: [9]}"),
         ["missing_codes.wieght", "did you mean weight"]),
        (("time: {column: weeks}", "time: {column: weeks}\n    derived: {z: wide / 2}"), ["derived.z", "wide"]),
        (("time: {column: weeks}", "time: {column: weeks}\n    derived: {z: exit()}"), ["derived: z"]),
        (("time: {column: weeks}", 'time: {column: weeks}\n    models: {m: "weight ~ brede + (1 | id)"}'),
         ["brede", "not in the file"]),
        (("time: {column: weeks}", 'time: {column: weeks}\n    models: {m: "weight ~ weks + (1 | id)"}'),
         ["did you mean weeks?"]),
        (("time: {column: weeks}", 'time: {column: weeks}\n    models: {m: "weight ~ lgo(age) + (1 | id)"}'),
         ["'lgo' is not among the functions", "write log(...)"]),
        (("time: {column: weeks}", 'time: {column: weeks}\n    models: {m: "weight ~ (1 | id"}'),
         ["models.m", "expected"]),
        (("time: {column: weeks}", 'time: {column: weeks}\n    models: {m: "note ~ weeks + (1 | id)"}'),
         ["models.m", "note", "not numeric"]),
        (("time: {column: weeks}",
          'time: {column: weeks}\n    models: {m: "weight ~ weeks + (1 | weeks) + (1 | age)"}'),
         ["models.m", "several grouping factors"]),
    ],
)  # fmt: skip
def test_one_mistake_at_a_time(change, words, folder, capsys):
    code, said = check(capsys, STUDY.replace(*change))
    assert code == 1
    for word in words:
        assert word in said, said
    assert "found." in said


def test_all_problems_are_told_at_once(folder, capsys):
    text = STUDY.replace("column: weight", "column: note")
    text += (
        '    missing_codes: {wight: [9]}\n    models: {m: "weight ~ (1 | id", n: "weight ~ age"}\n'
    )
    text += (
        text.partition("studies:\n")[2].replace("pigs:", "cows:").replace("pigs.csv", "cows.csv")
    )
    code, said = check(capsys, text)
    assert code == 1
    for word in (
        "models.m",
        "note is not numeric",
        "missing_codes.wight",
        "cows.csv: there is no such file",
    ):
        assert word in said
    assert said.count("cows.csv: there is no such file") == 1
    assert "5 problems found." in said


def test_missing_codes_of_a_column_no_model_uses_are_no_mistake(folder, capsys):
    assert check(capsys, STUDY + "    missing_codes: {note: [word], age: [9]}\n")[0] == 0


def test_a_covariate_without_a_kind_is_seen_from_its_values(folder, capsys):
    path = folder / "pigs.csv"
    path.write_text(path.read_text().replace("word", "w1", 9).replace("word", "w2"))
    assert check(capsys, STUDY + "    covariates: [{column: note}]\n")[0] == 0


@pytest.mark.parametrize(
    "content", ["", "[]", "studies: {}", "- 1", "studies: 3", "\t", "a: &x [*x]"]
)
def test_a_file_that_configures_nothing(content, folder, capsys):
    assert check(capsys, content)[0] == 1


def test_a_missing_configuration(folder, capsys):
    assert main(["check", "--configfile", "absent.yaml"]) == 1
    assert "absent.yaml" in capsys.readouterr().err
