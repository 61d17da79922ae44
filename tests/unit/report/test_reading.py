"""Pointers into the results (RFC 6901), and sentences that keep the proof of their numbers."""

from __future__ import annotations

import pytest

from lmm.report.reading import Reading, Speaker

# The document of RFC 6901, section 5, and what its pointers mean.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
    "~1": 9,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
        ("/~01", 9),
    ],
)
def test_the_pointers_of_the_standard(pointer, value):
    assert Reading(DOCUMENT).at(pointer) == value


@pytest.mark.parametrize("pointer", ["/absent", "/foo/2", "/foo/x"])
def test_a_pointer_to_nothing_is_an_error(pointer):
    with pytest.raises((KeyError, IndexError, ValueError)):
        Reading(DOCUMENT).at(pointer)


def words(**time):
    base = {"column": "t", "label": "", "unit": "", "units": "", "origin": 0.0}
    given = {**base, "origin_label": "", "per": None, **time}
    return Reading(
        {
            "study": {
                "confidence": 0.9,
                "outcome": {"column": "y", "label": "", "unit": "cm"},
                "group": {"column": "g", "singular": "child", "plural": "children"},
                "time": given,
            },
            "rows": [{"term": "a", "other": None, "v": -1.25}, {"term": "a", "other": "b", "v": 2}],
            "share": 0.004,
            "p": 1e-9,
            "n": 12345,
        }
    )


def test_records_are_found_by_their_fields():
    reading = words()
    assert reading.find("/rows", term="a", other="b") == "/rows/1"
    with pytest.raises(KeyError, match="no record"):
        reading.find("/rows", term="c")


def test_words_fall_back_on_columns():
    reading = words()
    assert reading.outcome == "y"
    assert reading.time_unit == "unit of t"
    assert reading.rate_unit == "cm a unit of t"
    assert reading.period == (1.0, "unit of t")
    assert [reading.groups(n) for n in (1, 2)] == ["1 child", "2 children"]


def test_words_that_were_given():
    reading = words(label="age", unit="hour", units="hours", origin=36.5)
    assert reading.rate_unit == "cm an hour"
    assert reading.rate("0.4") == "0.4 cm an hour"
    assert reading.origin == "at age 36.5"
    assert words(origin_label="birth").origin == "at birth"
    assert words(per={"count": 12, "name": "year"}).period == (12.0, "year")


def test_every_number_spoken_leaves_its_evidence():
    say = Speaker(words())
    said = [
        say.value("/rows/0/v", 1, factor=12.0),
        say.size("/rows/0/v", 2),
        say.count("/n"),
        say.percent("/share"),
        say.p("/p"),
        say.certainty(),
    ]
    assert said == [
        "\u221215.0",
        "1.25",
        "12\u202f345",
        "less than 1%",
        "p\u00a0<\u00a00.0001",
        "90% interval",
    ]
    finding = say.finding("id", "text")
    assert [(e.pointer, e.shown, e.factor) for e in finding.evidence] == [
        ("/rows/0/v", "\u221215.0", 12.0),
        ("/rows/0/v", "1.25", -1.0),
        ("/n", "12\u202f345", 1.0),
        ("/share", "1", 100.0),
        ("/p", "0.0001", 1.0),
        ("/study/confidence", "90", 100.0),
    ]
    assert finding.level == "plain"
