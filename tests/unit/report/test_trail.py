"""The followed number over the versions of the data, in the section on changes."""

from __future__ import annotations

import pytest

from lmm.report.figures.canvas import Canvas
from lmm.report.followed import MOST_VERSIONS, changes_since, subject
from lmm.report.page import Figure, Table
from lmm.report.reading import Reading
from lmm.report.sections.changes import changes
from lmm.report.sections.numbering import Numbering


def line(reading, place: int, slope: float, **headline):
    followed = [
        {**row, "value": slope, "low": slope - 0.1, "high": slope + 0.1}
        if row["id"] == "slope"
        else row
        for row in reading.at("/headline/followed")
    ]
    return {
        "digest": f"{place:064d}",
        "time": f"2026-05-{place:02d}T09:30:00Z",
        "headline": {**reading.at("/headline"), "followed": followed, **headline},
    }


def since(canvas, earlier):
    numbers = canvas.reading.numbers
    found = changes_since(canvas.reading, earlier[-1], earlier=earlier)
    return Canvas(Reading({**numbers, "changes": found}), canvas.rows)


def test_a_trail_has_every_version_and_ends_with_these_data(canvas):
    made = canvas("rising")
    earlier = [line(made.reading, i + 1, 0.7 + i / 100) for i in range(3)]
    with_trail = since(made, earlier)
    versions = with_trail.reading.at("/changes/trail/versions")
    now = made.reading.at(made.reading.effect(made.reading.used, "month"))
    assert [row["value"] for row in versions] == [0.7, 0.71, 0.72, now["estimate"]]
    assert versions[0]["time"] == "2026-05-01T09:30:00Z"
    section = changes(with_trail, Numbering())
    (figure,) = [block for block in section.blocks if isinstance(block, Figure)]
    assert "over 4 versions of the data, from 0.700 to 0.781 points a month" in figure.lead
    assert "1 May 2026" in figure.caption
    assert "4 versions" in figure.panels[0].alt


@pytest.mark.parametrize("count", [1])
def test_two_versions_are_a_table_and_no_trail(canvas, count):
    made = canvas("rising")
    section = changes(since(made, [line(made.reading, 1, 0.7)] * count), Numbering())
    assert [type(block) for block in section.blocks if isinstance(block, Figure | Table)] == [Table]


def test_versions_about_something_else_are_left_out_and_a_trail_has_an_end(canvas):
    made = canvas("rising")
    other = {**subject(made.reading), "unit": "marks"}
    earlier = [line(made.reading, 1, 9.0, subject=other)]
    earlier += [line(made.reading, 2, i / 1000) for i in range(60)]
    versions = since(made, earlier).reading.at("/changes/trail/versions")
    assert len(versions) == MOST_VERSIONS
    assert 9.0 not in {row["value"] for row in versions}
    assert versions[-2]["value"] == 0.059


def test_a_version_about_something_else_is_not_compared_with(canvas):
    reading = canvas("rising").reading
    other = {**subject(reading), "unit": "marks"}
    assert changes_since(reading, line(reading, 1, 0.7, subject=other)) is None
    assert changes_since(reading, {**line(reading, 1, 0.7), "headline": {}}) is None
    assert changes_since(reading, line(reading, 1, 0.7)) is not None
