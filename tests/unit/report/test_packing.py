"""Results are packed without loss, and it is worth it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lmm.report.packing import pack, squeeze, unpack, unsqueeze

KEYS = st.text(min_size=1, max_size=3)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(VALUES)
def test_unpacking_gives_back_what_was_packed(value):
    assert unpack(json.loads(json.dumps(pack(value)))) == value


@given(st.lists(st.tuples(LEAVES, LEAVES), min_size=4, max_size=8))
def test_records_name_their_keys_once(pairs):
    records = [{"level": a, "shared": b} for a, b in pairs]
    packed = pack({"levels": records})
    assert json.dumps(packed).count("shared") <= 1 + sum("shared" in str(p) for p in pairs)
    assert unpack(packed) == {"levels": records}


def test_unlike_and_few_records_stay_as_they_are():
    unlike = [{"a": 1}, {"b": 2}, {"a": 1, "b": 2}, {}]
    assert pack(unlike) == unlike
    assert pack([{"a": 1}] * 3) == [{"a": 1}] * 3


@given(st.text())
def test_squeezed_text_is_plain_letters_and_comes_back(text):
    squeezed = squeeze(text)
    assert squeezed.isascii()
    assert not set(squeezed) & set("<>&\"'\\")
    assert unsqueeze(squeezed) == text


def test_a_page_s_records_take_half_the_room():
    rows = [{"level": str(i), "own": i / 7.0, "shared": i / 7.5} for i in range(200)]
    text = json.dumps(pack(rows))
    assert len(squeeze(text)) < 0.75 * len(text)  # digits alone: base64 gives back a third
