"""What the parameters of a model are called, each with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.interpretation.checks.words import term, with_unit
from lmm.report.reading import Reading

_SHARES = {
    "icc": "Intraclass correlation",
    "marginal_r2": "Marginal R²",
    "conditional_r2": "Conditional R²",
}


def parameter(reading: Reading, row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and unit of a row that tells the ``kind``, ``term`` and ``group`` of a parameter."""
    kind, column = row["kind"], row["term"]
    if kind in _SHARES:
        return _SHARES[kind], ""
    if kind == "residual_sd":
        return "Spread of errors", reading.unit
    if kind == "correlation":
        return "Correlation of level and slope", ""
    unit = with_unit(reading, column, "").strip()
    if kind == "fixed_effect":
        return fmt.capital(term(reading, column).removeprefix("the ")), unit
    one = reading.nouns(row["group"])[0]
    what = "levels" if column == "Intercept" else "slopes"
    return f"Spread of {what}" + ("" if row["group"] == reading.group else f", {one}"), unit
