"""Numbers as text: what the uncertainty supports, true signs, nothing that is not so."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmm.report import formatting as fmt


@pytest.mark.parametrize(
    ("se", "decimals"),
    [(0.012, 3), (0.12, 2), (1.2, 1), (12.0, 0), (1200.0, 0), (0.0999, 3), (0.1, 2), (1e-12, 13)],
)
def test_two_digits_of_the_standard_error_are_shown(se, decimals):
    assert fmt.decimals_for(se) == decimals


@pytest.mark.parametrize("se", [0.0, -1.0, math.nan, math.inf])
def test_decimals_without_a_usable_standard_error(se):
    assert fmt.decimals_for(se) == 2


@pytest.mark.parametrize("value", [3e-14, 0.00123, 0.5, 7.0, 99.9, 12345.0])
def test_significant_digits_keep_the_value(value):
    shown = f"{value:.{fmt.significant(value, 3)}f}"
    assert float(shown) == pytest.approx(value, rel=0.006)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (-0.004, 2, "0.00"),
        (-0.0, 0, "0"),
        (-1.25, 2, "\u22121.25"),
        (1e9, 0, "1\u202f000\u202f000\u202f000"),
        (-12345.678, 1, "\u221212\u202f345.7"),
        (9999.4, 0, "9999"),
        (9999.96, 1, "10\u202f000.0"),
        (8.15e-12, 13, "8.2\u00a0×\u00a010⁻¹²"),
        (-9.96e-12, 13, "\u22121.00\u00a0×\u00a010⁻¹¹"),
        (6e-14, 13, "1\u00a0×\u00a010⁻¹³"),
        (4e-14, 13, "0"),
        (0.5, 8, "0.50000000"),
        (0.0000123, 6, "0.000012"),
        (0.999, 2, "1.00"),
    ],
)
def test_a_true_minus_and_no_minus_zero(value, decimals, shown):
    assert fmt.number(value, decimals) == shown


@given(st.floats(1e-15, 1e12) | st.floats(-1e12, -1e-15), st.integers(0, 15), st.booleans())
def test_what_is_written_can_be_read_back(value, decimals, signed):
    number, last = fmt.told(fmt.number(value, decimals, signed=signed))
    assert abs(number - value) <= 0.5000001 * last + 1e-15 * abs(value)
    if decimals <= 6 or number:
        assert last == pytest.approx(10.0**-decimals, rel=1e-12)


def test_a_sign_where_it_is_asked_for():
    assert fmt.number(0.5, 1, signed=True) == "+0.5"
    assert fmt.number(-0.5, 1, signed=True) == "\u22120.5"
    assert fmt.number(0.001, 1, signed=True) == "0.0"


def test_counts_are_set_apart_from_ten_thousand_on():
    assert [fmt.count(n) for n in (0, 9_999, 10_000, 1_234_567)] == [
        "0",
        "9999",
        "10\u202f000",
        "1\u202f234\u202f567",
    ]


@pytest.mark.parametrize(
    ("share", "decimals", "shown"),
    [
        (0.0, 0, "0%"),
        (1.0, 0, "100%"),
        (0.004, 0, "less than 1%"),
        (0.996, 0, "more than 99%"),
        (0.0004, 1, "less than 0.1%"),
        (0.99996, 1, "more than 99.9%"),
        (0.005001, 0, "1%"),
        (0.42, 0, "42%"),
    ],
)
def test_neither_nothing_nor_all_unless_exactly_so(share, decimals, shown):
    assert fmt.percent(share, decimals) == shown


@pytest.mark.parametrize(
    ("level", "shown"),
    [(0.95, "95%"), (0.9, "90%"), (0.975, "97.5%"), (0.9999, "99.99%"), (0.57, "57%")],
)
def test_a_configured_level_is_not_rounded(level, shown):
    assert fmt.coverage(level) == shown


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (0.0, "p\u00a0<\u00a00.0001"),
        (9.99e-5, "p\u00a0<\u00a00.0001"),
        (1e-4, "p\u00a0=\u00a00.0001"),
        (0.00814, "p\u00a0=\u00a00.0081"),
        (0.0496, "p\u00a0=\u00a00.050"),
        (0.5, "p\u00a0=\u00a00.50"),
    ],
)
def test_p_is_never_zero(p, shown):
    assert fmt.p_value(p) == shown


def test_units_stand_apart_and_percent_signs_close_up():
    assert fmt.with_unit("3", "kg") == "3\u00a0kg"
    assert fmt.with_unit("3", "%") == "3%"
    assert fmt.with_unit("3", "% of maximum") == "3% of maximum"
    assert fmt.with_unit("3", "") == "3"


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("month", "a month"),
        ("hour", "an hour"),
        ("animal", "an animal"),
        ("Ox", "an Ox"),
        ("unit of time", "a unit of time"),
        ("household", "a household"),
    ],
)
def test_articles(noun, said):
    assert fmt.an(noun) == said


def test_words_and_lists():
    assert fmt.listed([]) == ""
    assert fmt.listed(["a"]) == "a"
    assert fmt.listed(["a", "b", "c"]) == "a, b and c"
    assert fmt.capital("iPad") == "IPad"
    assert fmt.capital("") == ""
    assert fmt.shortened("x" * 40) == "x" * 40
    assert fmt.shortened("x" * 41) == "x" * 39 + "…"
    assert fmt.interval(-1.0, 2.0, 1) == "\u22121.0 to 2.0"
