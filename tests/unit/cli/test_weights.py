"""`lmm fit --weights`: the column is read, typed and named like any other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmm
from tests.unit.cli.test_fit import ROWS, put, run, text

WEIGHTS = [["1", "2.5", "", "4"][i % 4] for i in range(len(ROWS))]
TABLE = text(
    [(*row, w) for row, w in zip(ROWS, WEIGHTS, strict=True)], header=("id", "t", "y", "w")
)


def test_weights_from_a_column(tmp_path, capsys):
    _, record, _ = run(capsys, put(tmp_path, TABLE), "--weights", "w")
    frame = pd.DataFrame(ROWS, columns=["id", "t", "y"]).astype({"t": float, "y": float})
    weights = np.array([float(w or "nan") for w in WEIGHTS])
    there = lmm.fit("y ~ t + (1 | id)", frame, weights=weights)
    assert record["criterion"] == pytest.approx(there.criterion, rel=1e-13)
    assert (record["n_obs"], record["rows_dropped"], record["weights"]) == (36, 12, "w")
    assert any("sigma² divided by its weight" in message for message in record["messages"])


def test_without_weights_the_record_says_so(tmp_path, capsys):
    _, record, _ = run(capsys, put(tmp_path, TABLE))
    assert record["n_obs"] == 48
    assert "weights" not in record


def test_an_ordinary_model_has_them_too(tmp_path, capsys):
    path = put(tmp_path, TABLE)
    _, plain, _ = run(capsys, path, formula="y ~ t")
    _, weighted, _ = run(capsys, path, "--weights", "w", formula="y ~ t")
    assert weighted["n_obs"] == 36
    assert weighted["criterion"] != plain["criterion"]


def test_a_code_for_a_missing_weight(tmp_path, capsys):
    path = put(tmp_path, TABLE.replace(",2.5\n", ",99\n"))
    _, record, _ = run(capsys, path, "--weights", "w", "--missing", "w=99")
    assert record["rows_dropped"] == 24


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("v", "v"),
        ("id", "column id is not numeric"),
        ("t", "t': 0 (row 1 of the table; 12 in all)"),
    ],
)
def test_what_is_no_weight_is_refused(weights, words, tmp_path, capsys):
    code, _, err = run(capsys, put(tmp_path, TABLE), "--weights", weights)
    assert code == 1
    assert words in err
