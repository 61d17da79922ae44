"""Rows to be predicted: read as the study's own, every fault told with its place."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.errors import DataError
from lmm.ingest.new_rows import Wanted, needed_columns, new_rows
from lmm.ingest.readers import read_table

WANTED = Wanted(numbers=("ageC",), factors={"sex": ("f", "m")}, outcome="arm", group="id")
DERIVED = {"ageC": {"column": "age", "centre": 36}}
CODES = {"arm": (88.8,), "sex": ("x",)}


def read(tmp_path, text, wanted=WANTED, derived=DERIVED):
    path = tmp_path / "new.csv"
    path.write_text(text, encoding="utf-8")
    raw = read_table(path)
    return new_rows(raw, wanted, missing_codes=CODES, derived=derived)


def test_columns_are_made_and_those_behind_them_kept(tmp_path):
    found = read(tmp_path, "id,age,sex,arm,note\n007,40,f,14,a\n,30,m,88.8,b\n")
    assert found.frame["ageC"].tolist() == [4.0, -6.0]
    assert found.frame["id"].tolist()[0] == "007"
    assert found.frame["id"].isna().tolist() == [False, True]
    assert found.frame["arm"].to_numpy() == pytest.approx([14.0, np.nan], nan_ok=True)
    assert list(found.given) == ["id", "age", "sex", "arm"]
    assert found.given["age"].tolist() == [40.0, 30.0]
    assert found.rows.tolist() == [1, 2]
    assert needed_columns(WANTED, DERIVED) == ("id", "age", "sex")


def test_the_outcome_may_be_absent_and_the_average_needs_no_group(tmp_path):
    assert "arm" not in read(tmp_path, "id,age,sex\na,40,f\n").frame
    average = Wanted(numbers=("ageC",), factors={})
    assert list(read(tmp_path, "age\n40\n", average).frame) == ["ageC"]


def test_labels_within_outer_groups(tmp_path):
    inner = Wanted(numbers=("x",), factors={}, group="school:class", told_apart=("school", "class"))
    found = read(tmp_path, "school,class,x\nA,1,0\nB,1,0\n,1,0\n", inner, {})
    assert found.frame["school:class"].tolist()[:2] == ["A:1", "B:1"]
    assert found.frame["school:class"].isna().tolist() == [False, False, True]
    assert found.given["class"].tolist() == ["1", "1", "1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,sex\na,f\n", "column age is not in the file"),
        ("id,Age,sex\na,3,f\n", "did you mean Age"),
        (
            "id,age,sex\na,3,f\na,ten,f\n",
            "column age is not numeric: text in 1 of 2 rows (row 2: 'ten')",
        ),
        ("id,age,sex\na,3,f\na,inf,f\n", "not finite numbers in 1 row (row 2: 'inf')"),
        ("id,age,sex\na,,f\n", "column age has no value in 1 row (row 1)"),
        ("id,age,sex\na,3,x\n", "column sex has no value in 1 row (row 1)"),
        ("id,age,sex\na,3,f\na,3,F\n", "does not know in 1 row (row 2: 'F')"),
        ("id,age,sex\na,3,f\na,1e160,f\n", "column age has values beyond 1e+150 (row 2)"),
        (
            "id,age,sex,arm\na,3,f,tall\n",
            "column arm is not numeric: text in all rows (row 1: 'tall')",
        ),
    ],
)
def test_what_is_refused(tmp_path, text, said):
    with pytest.raises(DataError) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert "new.csv" in str(refused.value)


def test_all_problems_at_once_and_the_first_places_only(tmp_path):
    rows = "".join(f"a,{'' if i < 7 else 3},q\n" for i in range(9))
    with pytest.raises(DataError) as refused:
        read(tmp_path, "id,age,sex\n" + rows)
    said = str(refused.value)
    assert "no value in 7 rows (row 1, row 2, row 3, row 4, row 5 and 2 more)" in said
    assert "a level that the model does not know in 9 rows" in said
    assert "It knows f, m." in said
