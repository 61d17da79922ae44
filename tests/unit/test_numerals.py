"""Numbers as both sentences and drawings write them."""

from __future__ import annotations

import pytest

from lmm.numerals import fixed, raised


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (9999.4, 0, "9999"),
        (9999.96, 1, "10\u202f000.0"),
        (-1234567.891, 2, "\u22121\u202f234\u202f567.89"),
        (-0.5, 1, "\u22120.5"),
    ],
)
def test_thousands_are_apart_and_minus_is_true(value, decimals, text):
    assert fixed(value, decimals) == text


@pytest.mark.parametrize(("power", "text"), [(-12, "10⁻¹²"), (10, "10¹⁰"), (0, "10⁰")])
def test_powers_of_ten(power, text):
    assert raised(power) == text
