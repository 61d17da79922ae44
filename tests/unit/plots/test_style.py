"""Numbers, labels and thinning."""

import numpy as np
import pytest

from lmm.plots.panel import nice_ticks, span
from lmm.plots.style import (
    DARK,
    LIGHT,
    clean,
    fitting,
    number,
    shorten,
    text_width,
    thinned,
    tick_texts,
)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-1.5, 1, "\u22121.5"),
        (-0.001, 2, "0.00"),
        (12345.0, 0, "12\u202f345"),
        (1234.0, 0, "1234"),
        (0.0325, 4, "0.0325"),
    ],
)
def test_numbers(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([0, 0.05, 0.1], ["0.00", "0.05", "0.10"]),
        ([-2, 0, 2], ["\u22122", "0", "2"]),
        ([0, 5e-6, 1e-5], ["0.0", "0.5\u00d710⁻⁵", "1.0\u00d710⁻⁵"]),
        ([0, 1e8], ["0", "1\u00d710⁸"]),
        ([], []),
    ],
)
def test_ticks_carry_the_decimals_they_need(ticks, texts):
    assert tick_texts(ticks) == texts


def test_words_are_cut_to_the_room_there_is():
    assert text_width("\u65e5\u672c", 10.0) == 20.0  # as wide as they are high
    assert fitting("a long name", 40.0).endswith("\u2026")
    assert fitting("a long name", 3.0) == "\u2026"


def test_ticks_of_a_period_fall_on_its_multiples():
    assert list(nice_ticks(1, 76, period=12)) == [12, 24, 36, 48, 60, 72]
    assert len(nice_ticks(0, 9, period=12)) >= 3  # less than two periods: ordinary numbers


@pytest.mark.parametrize("bounds", [(0.0, 1e-7), (-3.0, 5.0), (1e9, 2e9), (13.0, 13.4)])
def test_ticks_lie_inside_the_range(bounds):
    ticks = nice_ticks(*bounds)
    assert len(ticks) >= 2
    assert bounds[0] - 1e-12 <= ticks[0] and ticks[-1] <= bounds[1] * (1 + 1e-12)


def test_a_range_holds_its_numbers_and_is_never_empty():
    assert span([3.0, np.nan, 5.0], margin=0.1) == pytest.approx((2.8, 5.2))
    for low, high in (span([2.0, 2.0]), span([0.0]), span([np.nan]), span([1e-9])):
        assert low < high


def test_labels_are_one_short_line_of_legal_text():
    assert shorten("participant-0000001234567") == "participant-00000…"
    assert clean("a\nb\x07 \ud800") == "a b\ufffd \ufffd"
    assert text_width(fitting("m" * 200, 100.0)) <= 100
    assert [fitting(text, 100.0) for text in ("ζ", "y", "")] == ["ζ", "y", ""]


def test_thinning_keeps_both_ends_and_about_the_limit():
    assert list(thinned(4, 10)) == [0, 1, 2, 3]
    kept = thinned(5000, 1000)
    assert (kept[0], kept[-1]) == (0, 4999) and len(kept) <= 1001


def test_palettes_name_the_same_things_and_sentinels_are_distinct():
    assert LIGHT.keys() == DARK.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)
