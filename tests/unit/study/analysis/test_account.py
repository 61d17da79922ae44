"""What became of the rows, and what the figures draw."""

from __future__ import annotations

import re

import pytest

from lmm.study.analysis import account
from lmm.study.analysis.analyse import analyse, read_study
from lmm.study.analysis.candidates import candidates
from lmm.study.configuration.settings import Time
from tests.unit.study.simulated import rows, study


@pytest.fixture
def lossy():
    """100 rows, of which 3 lack the outcome, 2 hold a code, 1 lacks the group, 1 the time; c20 is lost."""
    table = [dict(row) for row in rows()]
    for i in (0, 1, 2):
        table[i]["y"] = ""
    for i in (10, 11):
        table[i]["y"] = -99
    table[20]["id"] = ""
    table[30]["t"] = ""
    return [row for row in table if row["id"] != "c20"] + [{**table[-1], "y": "NA"}]


def read(table, folder, **settings):
    made = study(table, folder, **settings)
    return made, read_study(made, candidates(made))


def test_every_row_is_accounted_for_once(lossy, tmp_path):
    made, table = read(lossy, tmp_path, missing_codes={"y": (-99,)})
    found = account.account(made, table)
    assert (found["rows_read"], found["rows_used"], found["rows_dropped"]) == (96, 88, 8)
    assert found["exclusions"] == [
        {"reason": "missing", "column": "id", "rows": 1},
        {"reason": "missing", "column": "y", "rows": 6},
        {"reason": "missing", "column": "t", "rows": 1},
    ]
    assert found["recoded"] == [{"column": "y", "code": -99, "rows": 2}]
    assert (found["groups_read"], found["groups_used"]) == (20, 19)
    assert sum(s["measurements"] * s["groups"] for s in found["group_sizes"]) == 88
    assert sum(s["groups"] for s in found["group_sizes"]) == 19
    assert found["file"] == "table.csv"
    assert re.fullmatch("[0-9a-f]{64}", found["sha256"])


def test_what_the_figures_draw_are_the_rows_used(lossy, tmp_path):
    made, table = read(
        lossy, tmp_path, missing_codes={"y": (-99,)}, time=Time(column="t", origin=5)
    )
    drawn = account.measurements(made, table)
    wanted = sorted(
        (row["id"], row["t"] + 5.0, float(row["y"]))
        for row in lossy
        if row["id"] and row["t"] != "" and row["y"] not in ("", -99, "NA")
    )
    found = zip(
        (drawn["levels"][i] for i in drawn["group"]), drawn["time"], drawn["outcome"], strict=True
    )
    assert sorted(found) == wanted


def test_groups_are_in_the_same_order_everywhere(tmp_path):
    made = study(rows(slope_sd=0.5), tmp_path)
    numbers, table = analyse(made)
    levels = account.measurements(made, table)["levels"]
    for part in ("levels", "lines"):
        assert [row["level"] for row in numbers["shrinkage"][part]] == levels


def test_span_is_that_of_the_numbers():
    found = account.span([1.0, 2.0, 6.0])
    assert found == {"min": 1.0, "max": 6.0, "mean": 3.0, "sd": pytest.approx(7.0**0.5)}
