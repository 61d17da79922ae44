"""How a number is written, in sentences and in drawings: a true minus, thousands apart, raised powers of ten."""

from __future__ import annotations

MINUS = "\u2212"
THIN = "\u202f"
# From there on thousands are set apart.
_GROUPED = 10_000
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def fixed(value: float, decimals: int) -> str:
    """With so many decimals: ``12\u202f345.6``."""
    text = f"{value:.{decimals}f}"
    if abs(float(text)) >= _GROUPED:
        text = f"{value:,.{decimals}f}".replace(",", THIN)
    return text.replace("-", MINUS)


def raised(power: int) -> str:
    """Ten to that power: ``10⁻¹²``."""
    return f"10{str(power).translate(RAISED)}"
