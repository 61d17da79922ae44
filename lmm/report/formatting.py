"""Numbers and names as text: decimals that the uncertainty supports, a true minus, no p of zero."""

from __future__ import annotations

import math
from datetime import datetime

from lmm.numerals import MINUS, RAISED, THIN, fixed, raised

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_SMALLEST_P = 1e-4
# Beyond that many decimals a number this small is written with a power of ten.
_MOST_DECIMALS, _SMALL = 6, 1e-4
_LOWERED = {high: plain for plain, high in RAISED.items()}


def decimals_for(se: float, digits: int = 2) -> int:
    """Decimals that show ``digits`` significant digits of a standard error (0 to 15)."""
    if not math.isfinite(se) or se <= 0:
        return 2
    return int(min(15, max(0, digits - 1 - math.floor(math.log10(se)))))


def significant(value: float, digits: int = 3) -> int:
    """Decimals that show ``digits`` significant digits of a value itself."""
    return decimals_for(abs(value), digits) if value else digits - 1


def number(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with fixed decimals, never minus zero: ``12 345.6``, ``8.1 × 10⁻¹²``.

    Thousands are set apart from 10 000 on; a power of ten stands where only zeros would be read.
    """
    rounded = float(f"{value:.{decimals}f}")
    if rounded == 0.0:
        return "0" if decimals > _MOST_DECIMALS else fixed(0.0, decimals)
    if decimals > _MOST_DECIMALS and abs(rounded) < _SMALL:
        text = _with_power_of_ten(rounded, decimals)
    else:
        text = fixed(value, decimals)
    return f"+{text}" if signed and rounded > 0 else text


def _with_power_of_ten(rounded: float, decimals: int) -> str:
    power = int(f"{rounded:e}".partition("e")[2])
    mantissa = f"{rounded:.{decimals + power}e}".partition("e")[0]
    return times_ten_to(mantissa.replace("-", MINUS), power)


def times_ten_to(mantissa: str, power: int) -> str:
    """``8.1\u00a0×\u00a010⁻¹²``."""
    return f"{mantissa}\u00a0×\u00a0{raised(power)}"


def told(shown: str) -> tuple[float, float]:
    """The value that a number so written tells, and how much one in its last decimal is."""
    plain = shown.replace(MINUS, "-").replace(THIN, "").lstrip("+< ")
    mantissa, _, power = plain.partition(" × 10")
    scale = 10.0 ** int(power.translate(_LOWERED) or 0)
    return float(mantissa) * scale, scale * 10.0 ** -len(mantissa.partition(".")[2])


def count(value: int) -> str:
    """A whole number; thousands from 10 000 on are set apart by a thin space."""
    return number(value, 0)


def percent(share: float, decimals: int = 0) -> str:
    """A share as a percentage; neither 0% nor 100% unless it is exactly that."""
    text = f"{100.0 * share:.{decimals}f}"
    unit = 10.0**-decimals
    if share > 0 and float(text) == 0.0:
        return f"less than {unit:g}%"
    if share < 1 and float(text) == 100.0:
        return f"more than {100 - unit:g}%"
    return number(100.0 * share, decimals) + "%"


def coverage(level: float) -> str:
    """A configured level as a percentage, exactly as it was set: ``97.5%``."""
    return f"{100.0 * level:.10g}%"


def p_value(p: float) -> str:
    """``p = 0.0081``, two significant digits; ``p < 0.0001`` below that; never broken over lines."""
    return f"p\u00a0{p_bare(p)}" if p < _SMALLEST_P else f"p\u00a0=\u00a0{p_bare(p)}"


def p_bare(p: float) -> str:
    """The same without its letter, for a table's column."""
    if p < _SMALLEST_P:
        return "<\u00a00.0001"
    return number(p, min(4, significant(p, 2)))


def interval(low: float, high: float, decimals: int) -> str:
    """``0.027 to 0.038``."""
    return f"{number(low, decimals)} to {number(high, decimals)}"


def with_unit(text: str, unit: str) -> str:
    """The number, a no-break space and its unit, where it has one; percent signs close up."""
    if not unit:
        return text
    return f"{text}{unit}" if unit.startswith("%") else f"{text}\u00a0{unit}"


def an(noun: str) -> str:
    """The noun with its indefinite article, by its first letter (``hour`` excepted)."""
    vowel = noun[:1].lower() in "aeio" or noun.lower().startswith("hour")
    return f"{'an' if vowel else 'a'} {noun}"


def capital(text: str) -> str:
    """The first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def day(time: str) -> str:
    """A stamped time (``2026-05-04T09:30:00Z``) as one reads it: 4 May 2026, 09:30 UTC."""
    try:
        moment = datetime.strptime(time, TIME_FORMAT)
    except ValueError:
        return time
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def shortened(label: str, length: int = 40) -> str:
    """A label that fits: cut with an ellipsis where it is longer."""
    return label if len(label) <= length else label[: length - 1] + "…"
