"""What is written is what is read: every text and number, and comments that end with their line."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lmm.study.configuration.yaml_text import parse_yaml
from lmm.study.drafting.yaml_writing import commented, flow, number

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    TEXTS | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS.filter(lambda key: key != "<<"), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(VALUES)
@example("yes")
@example("1e3")
@example("0x1F")
@example("12:30:00")
@example("2024-01-01")
@example("=")
@example("a: b # c")
@example("\x85\u2028\ufeff\x00\U0001f437")
@example(1e-07)
@example(1e300)
def test_a_value_is_read_as_it_was(value):
    assert parse_yaml(f"key: {flow(value)}\n", where="")["key"] == value


@pytest.mark.parametrize(("value", "text"), [(36.0, "36"), (99.9, "99.9"), (1e-7, "1.0e-07")])
def test_numbers_are_written_short(value, text):
    assert number(value) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_comment_never_becomes_a_value(comment):
    text = f"first: 1\n{commented('key: {a: b}', comment)}\nlast: 2\n"
    assert parse_yaml(text, where="") == {"first": 1, "key": {"a": "b"}, "last": 2}
