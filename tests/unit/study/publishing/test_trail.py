"""The trend over the versions of the data: which versions it takes, and its words."""

from __future__ import annotations

from lmm.study.publishing.trail import trail

SUBJECT = {"outcome": "arm", "formula": "arm ~ age"}


def version(value, *, subject=SUBJECT, id="slope"):
    followed = [{"id": id, "value": value, "low": value - 0.1, "high": value + 0.1, "signed": True}]
    return {"digest": str(value), "headline": {"subject": subject, "followed": followed}}


def test_three_versions_about_the_same_make_a_trail():
    found = trail([version(0.5), version(0.4), version(0.45)])
    assert found is not None
    assert found.label == "The average slope over 3 versions of the data, 0.500 to 0.450:"
    assert "from 0.500 to 0.450" in found.alt


def test_versions_about_something_else_do_not_count():
    other = {"outcome": "height", "formula": "height ~ age"}
    assert trail([version(9.0, subject=other), version(0.4), version(0.45)]) is None
    assert trail([version(9.0, subject=other), *[version(0.4)] * 3]).label.count("9") == 0


def test_few_or_old_lines_make_none():
    assert trail([]) is None
    assert trail([{"digest": "a", "headline": {"slope": 1.0}}] * 5) is None


def test_without_a_slope_the_level_is_followed():
    assert "average level" in trail([version(v, id="level") for v in (1.0, 2.0, 3.0)]).label
