"""Round values, centring, nouns: small rules whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmm.study.drafting.nouns import group_nouns, plural, time_unit
from lmm.study.drafting.proposal import centre_of, round_value


@pytest.mark.parametrize(
    ("value", "tolerance", "expected"),
    [
        (38, 7.5, 40),
        (1999.6, 1.8, 2000),
        (36.4, 1.0, 36),
        (0.0123, 0.001, 0.012),
        (-41, 6, -40),
        (5, 0, 5),
        (0.3, 2, 0),
    ],
)
def test_the_roundest_value_near_the_middle(value, tolerance, expected):
    assert round_value(value, tolerance=tolerance) == expected


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e6))
def test_a_round_value_is_as_near_as_was_asked(value, tolerance):
    assert abs(round_value(value, tolerance=tolerance) - value) <= tolerance * (1 + 1e-9)


@pytest.mark.parametrize(
    ("times", "centre"),
    [
        (np.arange(9) + 1.0, None),  # weeks 1 to 9: 0 is the start
        (np.arange(5.0), None),
        (np.linspace(1.8, 75.7, 200), 40),
        (np.arange(1991.0, 2010.0), 2000),
        (np.linspace(-10, 10, 101), None),  # the middle is 0 already
        (np.array([3.0]), 3.0),
    ],
)
def test_where_time_is_counted_from(times, centre):
    assert centre_of(times) == centre


@pytest.mark.parametrize(
    ("column", "nouns"),
    [
        ("pig", ("pig", "pigs")),
        ("child_id", ("child", "children")),
        ("schoolID", ("school", "schools")),
        ("children", ("child", "children")),
        ("pigs", ("pig", "pigs")),
        ("class", ("class", "classes")),
        ("id", ("", "")),
        ("families", ("family", "families")),
        ("city", ("city", "cities")),
        ("x1", ("", "")),
    ],
)
def test_nouns_from_names(column, nouns):
    assert group_nouns(column) == nouns


def test_units_from_names():
    assert [time_unit(name) for name in ("weeks", "visit_month", "age")] == ["week", "month", ""]
    assert [plural(word) for word in ("day", "box", "mouse")] == ["days", "boxes", "mice"]
