"""A contract in a configuration: its own mistakes, and what it does to a study from end to end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from lmm.cli import main
from lmm.study.analysis.analyse import write_analysis
from lmm.study.configuration.load import load_configuration
from lmm.study.publishing.reporting import write_report

STUDY = """\
studies:
  pigs:
    data: {file: pigs.csv}
    outcome: {column: weight, unit: kg}
    group: {column: id, singular: pig, plural: pigs}
    time: {column: week, unit: week}
"""
CONTRACT = """\
    contract:
      on_violation: refuse
      unique: [id, week]
      columns:
        weight: {type: number, unit: kg, range: [0, 100], missing: 0.1}
        pen: {levels: [a, b]}
"""


@pytest.fixture
def pigs(tmp_path, monkeypatch) -> Path:
    """Eight pigs weighed at six weeks; three rows break the contract."""
    monkeypatch.chdir(tmp_path)
    rows = [
        [pig, week, 20 + 5 * week + (pig * 7 % 5) + (pig + week) % 3 / 4, "ab"[pig % 2]]
        for pig in range(8)
        for week in range(6)
    ]
    rows[4][2], rows[9][3], rows[20][2] = 1000, "=c", -5
    with Path("pigs.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "week", "weight", "pen"], *rows])
    return tmp_path


def check(capsys, text: str) -> tuple[int, str]:
    Path("config.yaml").write_text(text, encoding="utf-8")
    code = main(["check"])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_broken_contract_is_refused_whole_before_anything_is_written(pigs, capsys):
    code, said = check(capsys, STUDY + CONTRACT)
    assert code == 1
    for line in (
        "pigs.csv: row 5: column weight holds '1000', which is above 100",
        "pigs.csv: row 10: column pen holds '=c', which is none of a, b",
        "pigs.csv: row 21: column weight holds '-5', which is below 0",
        "broken 3 times",
    ):
        assert line in said
    study = load_configuration("config.yaml").studies["pigs"]
    with pytest.raises(Exception, match="broken 3 times"):
        write_analysis(study, analysis_path=Path("a.json"), measurements_path=Path("m.json"))
    assert not Path("a.json").exists() and not Path("m.json").exists()


def test_quarantined_rows_are_published_counted_and_told(pigs, capsys):
    code, said = check(capsys, (STUDY + CONTRACT).replace("refuse", "quarantine"))
    assert code == 0, said
    study = load_configuration("config.yaml").studies["pigs"]
    write_analysis(study, analysis_path=Path("a.json"), measurements_path=Path("m.json"))
    write_report(
        study,
        configuration=Path("config.yaml"),
        analysis_path=Path("a.json"),
        measurements_path=Path("m.json"),
        history=Path("history.jsonl"),
        directory=Path("report"),
    )
    with Path("report/tables/quarantine.csv").open(newline="") as file:
        aside = list(csv.DictReader(file))
    assert [(row["in_file"], row["in_row"]) for row in aside] == [
        ("pigs.csv", "5"),
        ("pigs.csv", "10"),
        ("pigs.csv", "21"),
    ]
    assert aside[0]["weight"] == "1000" and aside[0]["breaks"] == "weight: is above 100"
    assert aside[1]["pen"] == "'=c"  # a spreadsheet would run it
    results = json.loads(Path("report/results.json").read_text())
    data = results["data"]
    assert (data["rows_read"], data["rows_used"]) == (48, 45)
    assert data["exclusions"] == [{"reason": "quarantined", "column": "", "rows": 3}]
    assert "quarantine" not in results
    (told,) = [f["text"] for f in results["findings"] if f["id"] == "row_account"]
    assert "3 rows break the study’s data contract" in told
    assert "weight is above 100 in 1" in told and "tables/quarantine.csv" in told
    assert "quarantine.csv" in Path("report/report.html").read_text()


def test_without_violations_there_is_no_quarantine_table(pigs, capsys):
    contract = CONTRACT.replace("[0, 100]", "[-10, 1000]").replace("[a, b]", '[a, b, "=c"]')
    assert check(capsys, STUDY + contract)[0] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("refuse", "ignore"), ["on_violation", "refuse, quarantine", "ignore"]),
        (("number", "float"), ["columns.weight.type", "number, integer, text"]),
        (("refuse", "refus"), ["on_violation", "Did you mean refuse?"]),
        (("number", "numbr"), ["columns.weight.type", "Did you mean number?"]),
        (("[0, 100]", "[100, 0]"), ["columns.weight.range", "the least value 100 is above"]),
        (("[0, 100]", "[0]"), ["columns.weight.range", "the least and the greatest"]),
        (("[0, 100]", "[null, 100]"), ["is above 100"]),
        (("number", "text"), ["text has no range"]),
        (("unit: kg, range", "unit: g, range"), ["columns.weight.unit", "'g' here and 'kg'"]),
        (("missing: 0.1", "missing: 10"), ["at most 1", "10"]),
        (("missing: 0.1", "levels: [low]"), ["'low' is no number"]),
        (("pen:", "penn:"), ["column penn is not in the file", "did you mean pen?"]),
        (("[id, week]", "[id, wek]"), ["column wek is not in the file"]),
        (("range", "rang"), ["columns.weight.rang", "Did you mean 'range'"]),
    ],
)
def test_mistakes_in_a_contract_are_told(change, words, pigs, capsys):
    code, said = check(capsys, STUDY + CONTRACT.replace(*change))
    assert code == 1
    for word in words:
        assert word in said, said


def test_a_rule_on_a_derived_column_is_refused(pigs, capsys):
    text = STUDY + "    derived: {w: weight / 2}\n" + CONTRACT.replace("pen:", "w:")
    code, said = check(capsys, text)
    assert code == 1 and "columns of the file, not derived ones" in said


def test_a_contract_counts_among_the_settings_that_numbers_depend_on(pigs):
    from lmm.study.provenance import analysis_settings

    def settings(text: str) -> str:
        Path("config.yaml").write_text(text, encoding="utf-8")
        return analysis_settings(load_configuration("config.yaml").studies["pigs"])

    plain, with_contract = settings(STUDY), settings(STUDY + CONTRACT)
    assert plain != with_contract != settings(STUDY + CONTRACT.replace("[0, 100]", "[0, 99]"))
    # A column may be called like a word of the report.
    assert settings(STUDY + CONTRACT.replace("pen:", "title:")) != with_contract


def test_init_writes_a_contract_that_the_table_keeps(pigs, capsys):
    options = ["--outcome", "weight", "--group", "id", "--covariates", "pen", "--out", "new.yaml"]
    assert main(["init", "pigs.csv", *options]) == 0
    contract = load_configuration("new.yaml").studies["pigs"].contract
    assert contract is not None and contract.on_violation == "refuse"
    assert contract.unique == ("id", "week")
    assert contract.columns["pen"].levels == ("=c", "a", "b")
    low, high = contract.columns["weight"].low, contract.columns["weight"].high
    assert low is not None and high is not None and low <= -5 and high >= 1000
    assert contract.columns["week"].kind == "integer"
