"""Rows as records, frames and files: numbers round-trip, text cannot act."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass

import numpy as np
import pytest

from lmm.rows import to_frame, to_records, write_csv


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    value: float
    inner: object = None


def test_records_are_what_json_can_hold():
    rows = [
        Row(label="a", value=np.float64(0.1), inner=Inner(name="x")),
        Row(label="b", value=float("nan"), inner=(np.int64(3), np.inf)),
        {"label": "c", "value": np.array([1.0, np.nan]), "inner": {1: np.bool_(True)}},
    ]
    records = to_records(rows)
    json.dumps(records, allow_nan=False)
    assert records == [
        {"label": "a", "value": 0.1, "inner": {"name": "x"}},
        {"label": "b", "value": None, "inner": [3, None]},
        {"label": "c", "value": [1.0, None], "inner": {"1": True}},
    ]


def test_what_is_no_row_is_refused():
    with pytest.raises(TypeError, match="dataclass or a mapping"):
        to_records([3])


def test_a_frame_has_a_column_for_each_field():
    frame = to_frame([Row(label="a", value=1.5), Row(label="b", value=2.5)])
    assert list(frame.columns) == ["label", "value", "inner"]
    assert frame["value"].tolist() == [1.5, 2.5]


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-300, -1 / 3, 12345678901234567.0])
def test_numbers_come_back_bit_for_bit(value, tmp_path):
    write_csv([Row(label="a", value=value)], tmp_path / "t.csv")
    assert float(read(tmp_path / "t.csv")[0]["value"]) == value


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(label, tmp_path):
    write_csv([Row(label=label, value=1.0)], tmp_path / "t.csv")
    assert read(tmp_path / "t.csv")[0]["label"] == "'" + label


@pytest.mark.parametrize("label", ["\r=1", "a\r=1", "a\r\n=1"])
def test_a_carriage_return_ends_no_row(label, tmp_path):
    write_csv([Row(label=label, value=1.0)], tmp_path / "t.csv")
    (row,) = read(tmp_path / "t.csv")
    assert row["label"].lstrip("'") == label.replace("\r\n", "\n").replace("\r", "\n")
    assert row["value"] == "1.0"


@pytest.mark.parametrize("label", ["a=b", 'quo"te', "a,b", "line\nbreak", "0123", "ü", "<script>"])
def test_other_text_comes_back_as_it_was(label, tmp_path):
    write_csv([Row(label=label, value=-1.0)], tmp_path / "t.csv")
    row = read(tmp_path / "t.csv")[0]
    assert (row["label"], row["value"], row["inner"]) == (label, "-1.0", "")


def test_no_rows_make_an_empty_file(tmp_path):
    write_csv([], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b""
