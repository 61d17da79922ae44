"""A data contract against a table whose faults are known, row by row."""

from __future__ import annotations

import pytest

from lmm.errors import DataError
from lmm.ingest.cleaning import clean
from lmm.ingest.contract import MAX_LISTED, screen
from lmm.ingest.contract_terms import ColumnContract, Contract
from lmm.ingest.keys import key_numbers
from lmm.ingest.ledger import QUARANTINED, Exclusion
from lmm.ingest.roles import Roles

ROLES = Roles(outcome="y", group="id", time="t")
TABLE = {
    "id": ["a", "a", "a", "b", "b", "b", "c", "c"],
    "t": ["0", "1", "2", "0", "1", "1.0", "0", "x"],
    "y": ["5", "6", "70", "4", "", "5.5", "-1", "6"],
    "sex": ["f", "f", "f", "m", "m", "m", "q", "NA"],
}
COLUMNS = {
    "t": ColumnContract(kind="integer"),
    "y": ColumnContract(kind="number", low=0, high=20),
    "sex": ColumnContract(kind="text", levels=("f", "m")),
}
CONTRACT = Contract(columns=COLUMNS, unique=("id", "t"))
# What a person finds who looks the table over.
FAULTS = [
    (3, "y", "70", "is above 20"),
    (5, "id and t", "b, 1", "is held by another row too"),
    (6, "id and t", "b, 1.0", "is held by another row too"),
    (7, "y", "-1", "is below 0"),
    (7, "sex", "q", "is none of f, m"),
    (8, "t", "x", "is not a number"),
]


def quarantine(contract: Contract) -> Contract:
    return Contract(columns=contract.columns, unique=contract.unique, on_violation="quarantine")


def refusal(table, contract, codes=None) -> list[str]:
    with pytest.raises(DataError) as refused:
        screen(table, contract, missing_codes=codes or {}, label="id")
    return [str(problem) for problem in refused.value.problems]


def test_every_violation_is_listed_with_its_place(raw):
    *listed, last = refusal(raw(**TABLE), CONTRACT)
    assert listed == [
        f"table.csv: row {row}: column {column} holds '{value}', which {rule}"
        for row, column, value, rule in FAULTS
    ]
    assert "the data contract is broken 6 times" in last


def test_rows_that_break_a_rule_are_set_aside_and_counted(raw):
    kept, aside = screen(raw(**TABLE), quarantine(CONTRACT), missing_codes={}, label="id")
    assert aside is not None
    assert [(v.row, v.column, v.value, v.rule) for v in aside.violations] == FAULTS
    assert {v.file for v in aside.violations} == {"table.csv"}
    assert kept.frame["y"].tolist() == ["5", "6", "4"]
    assert kept.placed.row.tolist() == [1, 2, 4]
    assert kept.left_out == (Exclusion(reason=QUARANTINED, column="", rows=5),)
    assert [row["in_row"] for row in aside.rows] == [3, 5, 6, 7, 8]
    assert aside.rows[3]["breaks"] == "y: is below 0; sex: is none of f, m"
    assert (aside.rows[3]["id"], aside.rows[3]["sex"]) == ("c", "q")


def test_the_ledger_adds_up_over_all_rows_and_groups(raw):
    table = raw(**{**TABLE, "y": ["5", "6", "70", "4", "", "5.5", "-1", "6"], "t": [*"01201201"]})
    contract = quarantine(Contract(columns=COLUMNS))
    cleaned = clean(table, roles=ROLES, contract=contract)
    assert (cleaned.ledger.rows_read, cleaned.ledger.rows_used) == (8, 5)
    assert (cleaned.ledger.groups_read, cleaned.ledger.groups_used) == (3, 3)
    assert [(gone.reason, gone.rows) for gone in cleaned.ledger.exclusions] == [
        ("quarantined", 2),
        ("missing", 1),
    ]
    assert cleaned.rows.tolist() == [1, 2, 4, 6, 8]
    without_c = clean(
        raw(**{**TABLE, "t": [*"01201201"], "sex": [*"fffmmm", "q", "q"]}),
        roles=ROLES,
        contract=contract,
    )
    assert (without_c.ledger.groups_read, without_c.ledger.groups_used) == (3, 2)


def test_places_in_messages_are_those_of_the_file_after_rows_are_set_aside(raw):
    cells = {**TABLE, "t": [*"01201201"], "y": ["5", "6", "70", "4", "3", "high", "-1", "6"]}
    contract = quarantine(
        Contract(columns={"sex": COLUMNS["sex"], "y": ColumnContract(kind="text")})
    )
    contract = Contract(columns={"sex": ColumnContract(levels=("f",))}, on_violation="quarantine")
    cells["sex"] = ["m", *"ffffff", "f"]
    with pytest.raises(DataError, match=r"row 6: 'high'"):
        clean(raw(**cells), roles=ROLES, contract=contract)


def test_a_table_that_keeps_its_contract_is_untouched(raw):
    sound = raw(id=["a", "a"], t=["0", "1"], y=["", "20"], sex=["f", "m"])
    for contract in (CONTRACT, quarantine(CONTRACT)):
        kept, aside = screen(sound, contract, missing_codes={}, label="id")
        assert kept is sound and aside is None


@pytest.mark.parametrize("on_violation", ["refuse", "quarantine"])
def test_too_much_missing_refuses_either_way(raw, on_violation):
    contract = Contract(columns={"y": ColumnContract(missing=0.25)}, on_violation=on_violation)
    fine = raw(id=[*"aabb"], y=["1", "", "2", "3"])
    assert screen(fine, contract, missing_codes={})[1] is None
    (problem,) = refusal(raw(id=[*"aabb"], y=["1", "", "99", "3"]), contract, {"y": (99,)})
    assert "column y is missing in 2 rows of 4 (50%), where the data contract allows 25%" in problem


def test_declared_codes_and_missing_tokens_break_no_rule(raw):
    contract = Contract(columns={"y": ColumnContract(kind="number", high=20)})
    table = raw(y=["NA", "", "99.9", "20"])
    assert screen(table, contract, missing_codes={"y": (99.9,)})[1] is None
    assert len(refusal(table, contract)) == 2


@pytest.mark.parametrize(
    ("rules", "cells", "broken"),
    [
        (ColumnContract(kind="integer"), ["1", "1.0", "1e0", "1.5", "-3"], [4]),
        (ColumnContract(kind="number"), ["1", "inf", "1e400", "1_0", "0x1"], [2, 3, 4, 5]),
        (ColumnContract(low=2), ["1", "2", "3", "two"], [1, 4]),
        (ColumnContract(high=2), ["1", "2", "3"], [3]),
        (ColumnContract(levels=(1, 2)), ["1", "2", "3", "1.0"], [3, 4]),
        (ColumnContract(kind="integer", levels=(1, 2)), ["1", "2", "3", "1.0"], [3]),
        (ColumnContract(kind="text"), ["1", "x", "=1+1"], []),
        (ColumnContract(), ["1", "x"], []),
    ],
)
def test_each_rule(raw, rules, cells, broken):
    contract = Contract(columns={"x": rules}, on_violation="quarantine")
    _, aside = screen(raw(x=cells), contract, missing_codes={})
    assert [violation.row for violation in aside.violations] == broken if aside else not broken


def test_typed_columns_are_held_to_the_same_rules(raw):
    contract = Contract(
        columns={"x": ColumnContract(kind="integer", levels=(1, 2)), "ok": ColumnContract(low=0)},
        on_violation="quarantine",
    )
    _, aside = screen(raw(x=[1.0, 2.0, 3.0], ok=[True, False, True]), contract, missing_codes={})
    assert aside is not None
    rules = {(v.row, v.column, v.rule) for v in aside.violations}
    assert (3, "x", "is none of 1, 2") in rules
    assert (1, "ok", "is not a number") in rules


def test_thousands_of_violations_are_counted_but_not_all_printed(raw):
    contract = Contract(columns={"x": ColumnContract(high=0)})
    problems = refusal(raw(x=["1"] * 5000), contract)
    assert len(problems) == MAX_LISTED + 1
    assert "broken 5,000 times; 4,000 of them are not listed" in problems[-1]


def test_hostile_cells_cannot_break_a_message(raw):
    contract = Contract(columns={"x": ColumnContract(levels=("a",))})
    first = refusal(raw(x=["\x1b[2J\n" + "y" * 200]), contract)[0]
    assert "\x1b" not in first and "\n" not in first and len(first) < 200


def test_keys_compare_numbers_as_numbers_and_the_group_as_text(raw):
    table = raw(id=["1", "1.0", "1", ""], t=["2", "2", "2.0", "2"])
    keys = key_numbers(table, ("id", "t"), missing_codes={}, label="id")
    assert keys[0] == keys[2] != keys[1] and keys[3] == -1
    assert key_numbers(table, ("t",), missing_codes={"t": (2,)}).tolist() == [-1] * 4
