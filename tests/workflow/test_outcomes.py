"""Several outcomes in one entry, run for real: a report each, and one that fails stops no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import make_project

pytestmark = pytest.mark.workflow

CONFIGURATION = """\
studies:
  pigs:
    title: Growth of 12 pigs
    data: {file: data/pigs.csv}
    outcomes: [{column: weight, label: weight, unit: kg}, {column: length, label: length, unit: cm}]
    group: {column: id, singular: pig, plural: pigs}
"""


def test_each_outcome_has_its_report_and_one_that_fails_stops_no_other(tmp_path: Path):
    project = make_project(tmp_path / "project", CONFIGURATION)
    table = project.file("data/pigs.csv")
    head, *lines = table.read_text().splitlines()
    longer = [f"{line},{60 + 0.7 * float(line.split(',')[2]):.1f}" for line in lines]
    table.write_text("\n".join([f"{head},length", *longer]) + "\n")

    first = project.run()
    assert first.code == 0, first.output
    status = json.loads(project.file("reports/status.json").read_text())
    assert {name: each["state"] for name, each in status.items()} == {
        "pigs-weight": "ok",
        "pigs-length": "ok",
    }
    # lengths are .7 times the weights: so are the slopes, to the rounding of the table
    results = {
        name: json.loads(project.file(f"reports/{name}/results.json").read_text())
        for name in status
    }
    levels = [results[name]["models"]["random_intercept"]["sigma"] for name in status]
    assert levels[1] == pytest.approx(0.7 * levels[0], rel=0.02)

    good = project.snapshot("reports/pigs-length")
    lines = table.read_text().splitlines()
    spoilt = [lines[0], f"{lines[1].rsplit(',', 1)[0]},none", *lines[2:]]
    table.write_text("\n".join(spoilt).replace("\n2,0,", "\n2,0,1") + "\n")
    second = project.run()
    assert second.code == 1
    assert "Traceback" not in second.output
    assert "'none'" in second.output
    status = json.loads(project.file("reports/status.json").read_text())
    assert (status["pigs-weight"]["state"], status["pigs-length"]["state"]) == ("ok", "stale")
    assert project.snapshot("reports/pigs-length") == good
    again = json.loads(project.file("reports/pigs-weight/results.json").read_text())
    assert again["provenance"]["data_sha256"] != results["pigs-weight"]["provenance"]["data_sha256"]
