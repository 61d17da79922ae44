import numpy as np
import pandas as pd
import pytest

from lmm.model.groups import group_rows, natural_order


def levels(values, **kinds):
    return group_rows(("g",), pd.DataFrame({"g": pd.Series(values, **kinds)})).levels


@pytest.mark.parametrize(
    ("values", "meant"),
    [
        ([10, 9, 100, 9], ("9", "10", "100")),
        (["10", "9", "100"], ("9", "10", "100")),
        (["pig 10", "pig 9", "cow 100"], ("cow 100", "pig 9", "pig 10")),
        (["b", "a", "B"], ("B", "a", "b")),
        (["7", "07", "007"], ("007", "07", "7")),
        ([2.5, 1.0, 10.0], ("1", "2.5", "10")),
        ([-3, 0, 2], ("-3", "0", "2")),
        ([True, False], ("False", "True")),
        ([10**17, 2, 10**17 + 1], ("2", "100000000000000000", "100000000000000001")),
        ([-(2**63), 2**63 - 1], ("-9223372036854775808", "9223372036854775807")),
        (["é1", "e2", "1" * 5000], ("1" * 5000, "e2", "é1")),
    ],
    ids=str,
)
def test_levels_are_in_the_order_a_reader_expects(values, meant):
    assert levels(values) == meant
    assert levels(values[::-1]) == meant


@pytest.mark.parametrize(
    ("values", "kind", "meant"),
    [
        ([2**64 - 1, 2**64 - 3], np.uint64, ("18446744073709551613", "18446744073709551615")),
        ([-128, 127, 0], np.int8, ("-128", "0", "127")),
        ([3, 1], "Int64", ("1", "3")),
        (["x10", "x9"], "category", ("x9", "x10")),
        (["x10", "x9"], "string", ("x9", "x10")),
    ],
)
def test_levels_of_other_kinds(values, kind, meant):
    assert levels(values, dtype=kind) == meant


def test_an_unused_category_is_no_level():
    column = pd.Categorical(["a", "c", "a"], categories=["c", "b", "a"])
    grouping = group_rows(("g",), pd.DataFrame({"g": column}))
    assert grouping.levels == ("a", "c")
    assert list(grouping.codes) == [0, 1, 0]


def test_codes_sizes_and_name():
    grouping = group_rows(("g",), pd.DataFrame({"g": ["b", "a", "b", "b"]}))
    assert list(grouping.codes) == [1, 0, 1, 1]
    assert list(grouping.sizes) == [1, 3]
    assert grouping.name == "g"
    with pytest.raises(ValueError, match="read-only"):
        grouping.codes[0] = 0


def test_groups_within_groups_are_the_pairs_that_occur():
    frame = pd.DataFrame({"a": [1, 1, 2, 10], "b": ["x", "y", "x", "x"], "c": [5, 5, 5, 5]})
    grouping = group_rows(("a", "b", "c"), frame)
    assert grouping.name == "a:b:c"
    assert grouping.levels == ("1:x:5", "1:y:5", "2:x:5", "10:x:5")
    assert list(grouping.codes) == [0, 1, 2, 3]


def test_many_pairs_are_not_counted_in_a_table():
    frame = pd.DataFrame({"a": np.arange(20_000), "b": np.arange(20_000)[::-1]})
    assert len(group_rows(("a", "b"), frame).levels) == 20_000


def test_natural_order_tells_all_labels_apart():
    labels = ["a7", "a11", "a", "7", "11", "", "a07", "7a"]
    assert len({natural_order(label) for label in labels}) == len(labels)
    assert sorted(labels, key=natural_order) == ["", "7", "7a", "11", "a", "a07", "a7", "a11"]


def test_very_many_words_are_in_the_order_of_their_signs():
    """Beyond a hundred thousand labels nobody reads them: 10 may stand before 9."""
    words = [f"pig {number}" for number in range(100_001)]
    assert levels(words[::-1]) == tuple(sorted(words))
