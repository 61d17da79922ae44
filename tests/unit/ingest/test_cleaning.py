import re

import numpy as np
import pytest

from lmm.errors import ConfigurationError, DataError
from lmm.ingest.cleaning import clean
from lmm.ingest.ledger import Exclusion, Recoded
from lmm.ingest.readers import read_table
from lmm.ingest.roles import Covariate, Roles, columns_needed

ROLES = Roles(outcome="y", group="id", time="t")
GOOD = {
    "id": ["b10", "b10", "b2", "b2", "a", "a"],
    "t": ["0", "1", "0", "1", "0", "1"],
    "y": ["1.5", "2", "3", "2.5", "5", "7"],
}


def problems(table, roles=ROLES, **options) -> str:
    with pytest.raises(DataError) as refusal:
        clean(table, roles=roles, **options)
    return str(refusal.value)


def test_a_clean_table(raw):
    table = clean(raw(**GOOD), roles=ROLES)
    assert list(table.frame.columns) == ["id", "y", "t"]
    assert list(table.frame["id"].cat.categories) == ["a", "b2", "b10"]
    assert table.frame["id"].tolist() == GOOD["id"]
    assert table.frame["y"].tolist() == [1.5, 2.0, 3.0, 2.5, 5.0, 7.0]
    assert table.rows.tolist() == [1, 2, 3, 4, 5, 6]
    assert (table.ledger.rows_used, table.ledger.groups_used) == (6, 3)
    assert table.ledger.exclusions == () and table.notes == ()


def test_each_row_is_left_out_for_its_first_reason(raw):
    table = raw(
        id=["a", "a", "NA", "b", "b", "b", "c", "a"],
        t=["0", "", "1", "2", "NA", "3", "0", "5"],
        y=["1", "2", "99.9", "NA", "99.90", "6", "NA", "8"],
        sex=["m", "m", "", "f", "f", "", "f", "m"],
    )
    roles = Roles(
        outcome="y", group="id", time="t", covariates=(Covariate(column="sex", kind="factor"),)
    )
    # Two groups must remain, one of them with two rows.
    table = clean(
        raw(**{name: [*table.frame[name], *more] for name, more in REST.items()}),
        roles=roles,
        missing_codes={"y": [99.9]},
    )
    assert table.ledger.exclusions == (
        Exclusion(reason="missing", column="id", rows=1),
        Exclusion(reason="missing", column="y", rows=3),
        Exclusion(reason="missing", column="t", rows=1),
        Exclusion(reason="missing", column="sex", rows=1),
    )
    assert table.ledger.recoded == (Recoded(column="y", code=99.9, rows=2),)
    assert (table.ledger.groups_read, table.ledger.groups_used) == (4, 2)
    assert table.rows.tolist() == [1, 8, 9, 10]
    assert list(table.frame["sex"].cat.categories) == ["f", "m"]
    assert "column id: no group in 1 row, left out" in table.notes


REST = {"id": ["d", "d"], "t": ["0", "1"], "y": ["3", "4"], "sex": ["f", "f"]}


def test_other_columns_are_carried_along_with_their_gaps(raw):
    roles = Roles(outcome="y", group="id", others=("wt", "ward", "odd", "empty"))
    table = clean(
        raw(
            **GOOD,
            wt=["1", "NA", "3", "88.8", "5", "6"],
            ward=["x", "", "y", "x", "y", "x"],
            odd=["1", "2", "3", "4", "5", "high"],
            empty=["", "", "", "NA", "", ""],
        ),
        roles=roles,
        missing_codes={"wt": [88.8]},
    )
    assert table.ledger.rows_used == 6
    wt = table.frame["wt"]
    assert wt.dtype == float and np.flatnonzero(wt.isna()).tolist() == [1, 3]
    assert list(table.frame["ward"].cat.categories) == ["x", "y"]
    assert table.frame["ward"].isna().sum() == 1
    assert "high" in table.frame["odd"].cat.categories
    assert table.frame["empty"].isna().all()
    assert table.ledger.recoded == (Recoded(column="wt", code=88.8, rows=1),)


def test_derived_columns_play_roles_and_codes_reach_their_sources(raw):
    roles = Roles(outcome="bmi", group="id", time="tC", others=("wt", "m"))
    table = clean(
        raw(id=GOOD["id"], t=GOOD["t"], wt=["9", "99.9", "11", "12", "10", "13"], ht=["1"] * 6),
        roles=roles,
        missing_codes={"wt": [99.9]},
        derived={"bmi": "wt / m ** 2", "m": {"column": "ht", "scale": 0.5}, "tC": "t - 1"},
    )
    assert table.frame["bmi"].tolist() == [2.25, 2.75, 3.0, 2.5, 3.25]
    assert table.frame["m"].tolist() == [2.0] * 5
    assert table.frame["tC"].tolist() == [-1.0, -1.0, 0.0, -1.0, 0.0]
    assert table.ledger.exclusions == (Exclusion(reason="missing", column="bmi", rows=1),)


def test_undeclared_codes_are_noted_and_declared_ones_are_not(raw):
    cells = {**GOOD, "y": ["1.5", "2", "3", "2.5", "99.9", "99.9"]}
    table = clean(raw(**cells), roles=ROLES)
    assert "column y holds 99.9 (twice), far from the rest" in table.notes[0]
    assert [(each.column, each.value, each.rows) for each in table.suspects] == [("y", 99.9, 2)]
    cells["y"][4] = "3.5"
    table = clean(raw(**cells), roles=ROLES, missing_codes={"y": [99.9]})
    assert table.notes == () and table.suspects == ()


UNUSABLE = {
    "text": (
        ["low", "mid", "high", "low", "mid", "high"],
        "column y is not numeric: text in all rows",
    ),
    "some text": (["1", "2", "high", "4", "5", "6"], r"text in 1 of 6 rows \(row 3: 'high'\)"),
    "boolean": (["True", "False"] * 3, "column y is not numeric"),
    "infinite": (["1", "inf", "3", "4", "1e400", "6"], "not finite numbers in 2 rows"),
    "constant": (["5", "5.0", "5", "NA", "5", "5"], "column y is constant: .* holds 5"),
    "all missing": (["NA", "", ".", "NA", "nan", "null"], "column y has no value"),
    "all coded": (["9"] * 6, "column y has no value"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_outcomes_that_no_model_can_use(raw, case):
    cells, message = UNUSABLE[case]
    text = problems(raw(**{**GOOD, "y": cells}), missing_codes={"y": [9]})
    assert re.search(message, text) and text.startswith("table.csv: ")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": ["a"] * 6}, "column id has only 1 group (a)"),
        ({"id": list("abcdef")}, "column id has as many groups as rows (6): with one observation"),
        ({"id": [""] * 6}, "column id has no value"),
        ({"t": ["3"] * 6}, "column t holds a single time, 3"),
        ({"t": ["monday"] * 6}, "column t is not numeric"),
        (
            {"id": ["a", "a", "a", "", "", ""], "y": ["", "", "", "1", "2", "3"]},
            "no row can be used",
        ),
    ],
)
def test_tables_that_no_model_can_use(raw, changed, message):
    assert message in problems(raw(**{**GOOD, **changed}))


def test_all_problems_are_told_at_once(raw):
    roles = Roles(
        outcome="y",
        group="id",
        time="t",
        covariates=(Covariate(column="sex", kind="factor", level="group"), Covariate(column="x")),
    )
    table = raw(
        id=["a", "a", "b", "b"],
        y=["4", "4", "4", "4"],
        t=["0", "x", "0", "1"],
        sex=["m", "f", "f", "f"],
        x=["1", "tall", "2", "2"],
    )
    text = problems(table, roles)
    for message in (
        "column t is not numeric",
        "column x is not numeric",
        "column y is constant",
        "column sex is a covariate of the group but varies within 1 of 2 groups (group a holds m, f)",
    ):
        assert message in text
    assert text.count("table.csv: ") == 4


def test_group_covariates_that_hold_still_are_accepted(raw):
    covariates = (
        Covariate(column="sex", kind="factor", level="group"),
        Covariate(column="mage", level="group"),
    )
    roles = Roles(outcome="y", group="id", covariates=covariates)
    columns = {
        "sex": ["1", "1", "2", "2", "1", "1"],
        "mage": ["20", "20", "31", "31", "20", "20.0"],
    }
    table = clean(raw(**GOOD, **columns), roles=roles)
    assert table.frame["sex"].tolist() == columns["sex"]
    assert table.frame["mage"].dtype == float
    columns["mage"][1] = "21.5"
    assert "(group b10 holds 20, 21.5)" in problems(raw(**GOOD, **columns), roles)


def test_names_must_be_there_and_differ(raw):
    assert "column z is not in the file" in problems(raw(**GOOD), Roles(outcome="z", group="id"))
    assert "column y has 2 roles" in problems(raw(**GOOD), Roles(outcome="y", group="y"))
    same = problems(raw(**GOOD), derived={"t": {"column": "y", "centre": 1}})
    assert "derived column t has the name of a column of the file" in same
    group = problems(raw(**GOOD), Roles(outcome="y", group="g"), derived={"g": "t + 1"})
    assert "group g cannot be a derived column" in group


def test_derived_from_text_is_told_once_and_bad_arithmetic_by_row(raw):
    roles = Roles(outcome="y", group="id", time="tC")
    cells = {**GOOD, "t": ["0", "1", "x", "1", "0", "1"]}
    text = problems(raw(**cells), roles, derived={"tC": {"column": "t", "centre": 1}})
    assert text.count("table.csv:") == 1 and "column t is not numeric" in text
    text = problems(raw(**GOOD), roles, derived={"tC": "log(t)"})
    assert (
        "derived column tC is not a finite number in 3 rows (row 1, row 3, row 5; t = 0 in row 1)"
        in text
    )
    with pytest.raises(ConfigurationError, match="is not offered here"):
        clean(raw(**GOOD), roles=roles, derived={"tC": "t.mean()"})


def test_a_file_with_the_course_codes(course_data):
    roles = Roles(outcome="arm", group="id", time="ageC")
    derived = {"ageC": {"column": "age", "centre": 36}}
    table = read_table(course_data("Nepal.csv"), columns=columns_needed(roles, derived))
    cleaned = clean(table, roles=roles, missing_codes={"arm": [88.8, 99.9]}, derived=derived)
    # Published counts: 118 of 1000 arm values are codes, 197 of 200 children are ever measured.
    assert (cleaned.ledger.rows_read, cleaned.ledger.rows_used) == (1000, 882)
    assert (cleaned.ledger.groups_read, cleaned.ledger.groups_used) == (200, 197)
    assert sum(each.rows for each in cleaned.ledger.recoded) == 118
    undeclared = clean(table, roles=roles, derived=derived)
    assert {each.value for each in undeclared.suspects} == {88.8, 99.9}
