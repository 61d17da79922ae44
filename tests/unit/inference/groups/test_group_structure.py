"""Counts of groups, by hand and of the course's children."""

from __future__ import annotations

import pytest

from lmm.errors import ModelError
from lmm.inference.groups.group_structure import group_structure
from lmm.model.fit import fit_mixed


def test_unequal_groups(small_slope):
    """Sizes 1, 2, 3, 3, 4, 4, 5, 6, 6: the one seen once has no line of its own."""
    found = group_structure(small_slope)
    assert (found.group, found.groups, found.rows) == ("g", 9, 34)
    assert (found.smallest, found.median, found.largest) == (1, 4.0, 6)
    assert (found.singletons, found.determined, found.balanced) == (1, 8, False)
    inverse = 1 + 1 / 2 + 2 / 3 + 2 / 4 + 1 / 5 + 2 / 6
    assert found.balance == pytest.approx(9 / inverse / (34 / 9))


def test_equal_groups(sleep_slope):
    found = group_structure(sleep_slope)
    assert (found.smallest, found.median, found.largest) == (10, 10.0, 10)
    assert (found.balanced, found.balance) == (True, pytest.approx(1.0))
    assert found.determined == 18


def test_the_courses_children(nepal_intercept, nepal_slope):
    """197 of them; 7 have one visit, 190 a line of their own."""
    level, line = group_structure(nepal_intercept), group_structure(nepal_slope)
    assert (level.groups, level.rows, level.singletons, level.largest) == (197, 882, 7, 5)
    assert (level.determined, line.determined) == (197, 190)


def test_one_grouping_factor_only(read):
    crossed = fit_mixed("diameter ~ 1 + (1 | plate) + (1 | sample)", read("Penicillin"))
    with pytest.raises(ModelError, match="one grouping factor"):
        group_structure(crossed)
