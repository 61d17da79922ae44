"""``lmm predict`` as a person uses it: rows to the screen or to a file, and faults without a traceback."""

from __future__ import annotations

import csv
import json

import pytest

from lmm.cli import main
from lmm.study.analysis.analyse import analyse
from lmm.study.configuration.load import load_configuration
from tests.unit.study.simulated import rows

CONFIGURATION = """
output: {folder}/reports
studies:
  made:
    data: {{file: {folder}/table.csv}}
    outcome: {{column: y}}
    group: {{column: id}}
    time: {{column: t}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("predict")
    table = rows(slope_sd=0.7)
    with (made / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    (made / "config.yaml").write_text(CONFIGURATION.format(folder=made), encoding="utf-8")
    written = load_configuration(made / "config.yaml").studies["made"]
    (made / "reports" / "made").mkdir(parents=True)
    results = made / "reports" / "made" / "results.json"
    results.write_text(json.dumps(analyse(written)[0]), encoding="utf-8")
    (made / "new.csv").write_text("id,t,y\nc3,1,\n=x,1,12\n=x,2,\nz,7,\n", encoding="utf-8")
    return made


def predict(folder, *options, new="new.csv"):
    return main(
        [
            "predict",
            "made",
            str(folder / new),
            "--configfile",
            str(folder / "config.yaml"),
            *options,
        ]
    )


def test_rows_on_the_screen(folder, capsys):
    assert predict(folder) == 0
    shown = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["kind"] for row in shown] == [
        "known group",
        "measured group",
        "measured group",
        "new group",
    ]
    assert [row["extrapolation"] for row in shown] == ["", "", "", "t"]
    # a label that a spreadsheet would run as a formula is text
    assert shown[1]["id"] == "'=x"
    assert list(shown[0]) == [
        "row", "id", "t", "y", "kind", "measurements", "predicted", "se", "low", "high",
        "observation_low", "observation_high", "extrapolation",
    ]  # fmt: skip


def test_rows_in_a_file_replaced_whole(folder, capsys):
    out = folder / "deeper" / "out.csv"
    assert predict(folder, "--out", str(out), "--interval", ".5") == 0
    said = capsys.readouterr().out
    assert "4 rows predicted by the random slope model" in said
    assert "1 known group, 2 measured group, 1 new group" in said
    assert "1 beyond the range of the data" in said
    narrow = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert predict(folder, "--out", str(out)) == 0
    wide = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    for one, other in zip(narrow, wide, strict=True):
        assert one["predicted"] == other["predicted"]
        assert float(one["low"]) > float(other["low"])
    assert [path.name for path in out.parent.iterdir()] == ["out.csv"]


def test_faults_are_told_and_leave_the_file_as_it_was(folder, capsys):
    out = folder / "kept.csv"
    out.write_text("as it was", encoding="utf-8")
    (folder / "bad.csv").write_text("id,t\nc3,soon\n", encoding="utf-8")
    assert predict(folder, "--out", str(out), new="bad.csv") == 1
    said = capsys.readouterr().err
    assert "bad.csv: column t is not numeric: text in all rows (row 1: 'soon')" in said
    assert "Traceback" not in said
    assert out.read_text(encoding="utf-8") == "as it was"
    assert predict(folder, "--out", str(folder)) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert predict(folder, new="absent.csv") == 1


@pytest.mark.parametrize(
    "options", [["--interval", "1"], ["--interval", "0"], ["--interval", "x"], ["--level", "pig"]]
)
def test_wrong_usage(folder, options, capsys):
    with pytest.raises(SystemExit) as stopped:
        predict(folder, *options)
    assert stopped.value.code == 2
