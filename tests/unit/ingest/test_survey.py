"""What is seen in a table before anything is known of it."""

from __future__ import annotations

import pytest

from lmm.errors import DataError
from lmm.ingest.survey import decimal_comma, repeats, survey, surveyed, varying_groups


def test_numbers_and_labels_are_told_apart_and_what_is_neither_is_left_out(raw):
    table = raw(score=["1", "2.5", ""], pupil=["a", "b", "b"], essay=["x" * 501, "y", "z"])
    found = survey(table)
    assert list(found) == ["score", "pupil"]
    assert found["score"].known.tolist() == [1.0, 2.5] and not found["score"].whole
    assert found["pupil"].known.size == 0 and not found["pupil"].whole
    assert surveyed(found, "pupil", where="t.csv") is found["pupil"]
    with pytest.raises(DataError, match="essay holds neither numbers nor short labels"):
        surveyed(found, "essay", where="t.csv")


def test_a_group_of_numbers_is_read_as_names_where_it_is_said_to_be_one(raw):
    assert survey(raw(id=["1", "2", "2"]))["id"].whole
    assert survey(raw(id=["1", "2", "2"]), label="id")["id"].known.size == 0


@pytest.mark.parametrize(
    ("columns", "comma"),
    [
        ({"y": ["1,5", "2,5"]}, True),
        ({"y": ["1.5", "2.5"]}, False),
        ({"y": ["1,5", "2,5"], "x": ["1.5", "2.5"]}, False),
        ({"y": ["a", "b"]}, False),
    ],
)
def test_the_comma_is_the_decimal_mark_where_it_makes_numbers_and_loses_none(raw, columns, comma):
    assert decimal_comma(raw(**columns)) is comma


def test_what_changes_within_groups_and_which_pairs_come_again(raw):
    found = survey(
        raw(
            g=["a", "a", "b", "b", "c", "", "c"],
            sex=["m", "m", "f", "f", "m", "f", ""],
            week=["1", "2", "1", "1", "1", "2", "3"],
        )
    )
    group = found["g"]
    assert varying_groups(group, found["sex"]) == (0, 2)
    assert varying_groups(group, found["week"]) == (2, 3)
    assert (repeats(group, found["week"]), repeats(group, found["sex"])) == (1, 2)
