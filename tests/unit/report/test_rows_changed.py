"""Whose measurements came and went, from the counts that the history keeps."""

from __future__ import annotations

import pytest

from lmm.report.page import Fold
from lmm.report.rows_changed import MOST_GROUPS, counted, rows_changed
from lmm.report.sections.changes import changes
from lmm.report.sections.numbering import Numbering


def test_every_group_is_of_one_kind_or_unchanged():
    before = {"a": 3, "b": 2, "c": 5, "d": 1, "e": 4}
    now = {"b": 2, "c": 7, "d": 4, "e": 1, "f": 6}
    found = rows_changed(before, now)
    assert found is not None
    told = {name: (kind["groups"], kind["measurements"]) for name, kind in found.items()}
    assert told == {"new": (1, 6), "grown": (2, 5), "shrunk": (1, 3), "gone": (1, 3)}
    assert found["gone"]["moves"] == [{"level": "a", "before": 3, "after": 0}]
    came = sum(found[name]["measurements"] for name in ("new", "grown"))
    went = sum(found[name]["measurements"] for name in ("shrunk", "gone"))
    assert came - went == sum(now.values()) - sum(before.values())


@pytest.mark.parametrize(("before", "now"), [({}, {"a": 1}), ({"a": 1}, {})])
def test_without_counts_nothing_is_said(before, now):
    assert rows_changed(before, now) is None


def test_too_many_groups_are_not_kept():
    levels = [{"level": i, "measurements": 2} for i in range(MOST_GROUPS + 1)]
    assert counted({"shrinkage": {"levels": levels}}) == {}
    assert counted({"shrinkage": {"levels": levels[1:]}})["7"] == 2
    assert counted({}) == {}


def test_the_section_lists_them_by_the_size_of_the_change(canvas):
    section = changes(canvas("others_measured"), Numbering())
    (fold,) = (block for block in section.blocks if isinstance(block, Fold))
    # Of 6, 5 and 4 visits in turn; p6 had two more, p5 and p7 one fewer each, and p3 was called p99.
    rows = [[cell.text for cell in row.cells] for row in fold.blocks[0].rows]
    assert rows == [
        ["p3", "0", "4", "+4"],
        ["p99", "4", "0", "\u22124"],
        ["p6", "6", "4", "\u22122"],
        ["p5", "4", "5", "+1"],
        ["p7", "5", "6", "+1"],
    ]


def test_where_only_values_changed_there_is_no_list(canvas):
    section = changes(canvas("values_corrected"), Numbering())
    assert not [block for block in section.blocks if isinstance(block, Fold)]
