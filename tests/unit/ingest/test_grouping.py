"""Tables with several grouping columns: labels told apart, rows that lack one, columns that divide the rows alike."""

from __future__ import annotations

import pandas as pd
import pytest

from lmm.errors import DataError
from lmm.ingest.cleaning import clean
from lmm.ingest.roles import Covariate, Roles, columns_needed
from lmm.ingest.within import told_apart

GOOD = {
    "school": ["B", "B", "B", "B", "A", "A", "A", "A"],
    "class": ["1", "1", "2", "2", "1", "1", "2", "2"],
    "y": ["1", "2", "3", "5", "4", "6", "8", "9.5"],
}
ROLES = Roles(
    outcome="y",
    group="school:class",
    further_groups=("school",),
    told_apart={"school:class": ("school", "class")},
)


def test_equal_labels_in_two_outer_groups_are_two_groups(raw) -> None:
    table = clean(raw(**GOOD), roles=ROLES)
    assert list(table.frame["school:class"].cat.categories) == ["A:1", "A:2", "B:1", "B:2"]
    assert (
        table.frame["school:class"].tolist()
        == ["B:1"] * 2 + ["B:2"] * 2 + ["A:1"] * 2 + ["A:2"] * 2
    )
    assert table.ledger.groups_used == 4


def test_the_inner_labels_can_be_a_covariate_too(raw) -> None:
    """A plot is a variety in a block, and the variety is what is asked about."""
    roles = Roles(
        outcome="y",
        group="school:class",
        told_apart={"school:class": ("school", "class")},
        covariates=(Covariate(column="class", kind="factor"),),
    )
    assert columns_needed(roles) == ("school", "class", "y")
    assert clean(raw(**GOOD), roles=roles).frame["class"].tolist() == GOOD["class"]


def test_a_label_that_is_missing_on_either_side_leaves_the_row_out(raw) -> None:
    table = dict(GOOD, school=["B", "", *GOOD["school"][2:]])
    found = clean(raw(**table), roles=ROLES)
    assert found.ledger.rows_used == 7
    assert [(gone.column, gone.rows) for gone in found.ledger.exclusions] == [("school:class", 1)]


def test_a_missing_pair_has_no_label() -> None:
    outer, inner = (
        pd.Categorical(["a", None, "b"]),
        pd.Categorical(["1", "1", None], categories=["1"]),
    )
    assert told_apart(outer, inner).tolist()[0] == "a:1"
    assert told_apart(outer, inner).isna().tolist() == [False, True, True]


def test_columns_that_divide_the_rows_alike_are_refused(raw) -> None:
    table = dict(GOOD, town=["x" if school == "A" else "z" for school in GOOD["school"]])
    roles = Roles(outcome="y", group="school", further_groups=("town",))
    with pytest.raises(DataError, match="columns school and town divide the rows alike"):
        clean(raw(**table), roles=roles)


def test_a_further_factor_needs_two_groups(raw) -> None:
    table = dict(GOOD, town=["x"] * 8)
    roles = Roles(outcome="y", group="school", further_groups=("town",))
    with pytest.raises(DataError, match="column town has only 1 group"):
        clean(raw(**table), roles=roles)


def test_a_yes_or_no_is_refused_with_what_it_needs(raw) -> None:
    ids = [name for name in "abcdef" for _ in range(2)]
    with pytest.raises(DataError) as refused:
        clean(raw(id=ids, y=["0", "1", "1"] * 4), roles=Roles(outcome="y", group="id"))
    assert "column y holds two values only, 0 and 1" in str(refused.value)
    assert "logistic mixed model" in str(refused.value)
    assert "glmer" in str(refused.value)
