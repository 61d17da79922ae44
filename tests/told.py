"""Numbers as a page writes them, read by other means than the page's own."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

# A number of a sentence; a minus sign belongs to it where no letter or digit precedes.
PATTERN = r"\d[\d\u202f]*(?:\.\d+)?(?:\u00a0×\u00a010[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"


def told(text: str) -> float:
    """``\u22128.1\u00a0×\u00a010⁻¹²`` as a number."""
    return float(_decimal(text))


def last_digit(text: str) -> float:
    """What a one in the last decimal of the number is."""
    return 10.0 ** int(_decimal(text).as_tuple().exponent)


def _decimal(text: str) -> Decimal:
    mantissa, _, power = unicodedata.normalize("NFKC", text).partition("×")
    exponent = power.split()[0][2:] if power else "0"
    plain = f"{mantissa.strip().lstrip('<+ ')}e{exponent}"
    return Decimal(plain.replace("\u2212", "-").replace(" ", ""))
