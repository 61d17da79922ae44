"""Names of coefficients in a reader's words: ``C(sex)[T.2]:ageC`` is sex (2 against 1) with age.

The names are formulaic's. What is no column, no level of a factor and no product of such (a function of a
column) stays as the formula has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lmm.report import formatting as fmt
from lmm.report.reading import Reading

_LEVEL = re.compile(r"(?P<factor>.+?)\[(?P<treated>T\.)?(?P<level>.*)\]", re.S)
_FACTOR = re.compile(r"C\((?P<column>`[^`]+`|[^`,()]+)(?P<coding>,.*)?\)", re.S)
_LONGEST_LEVEL = 24


def named_variable(reading: Reading, column: str) -> str:
    """A column in the study's words: its label, or the name of what it was made from by centring, or its own."""
    time = reading.study["time"]
    if time and column == time["column"]:
        return time["label"] or column
    row = _variable(reading, column)
    label: str = row["label"] if row else ""
    return fmt.shortened(label or column)


def in_words(reading: Reading, name: str) -> str:
    """A coefficient or a column: ``age``, ``sex (2 against 1)``, ``sex (2 against 1) with age``."""
    return " with ".join(_factor(reading, part) for part in _parts(name))


def is_product(name: str) -> bool:
    """Whether a coefficient is that of an interaction."""
    return len(_parts(name)) > 1


def _parts(name: str) -> list[str]:
    """The factors of an interaction: split at colons outside brackets and backticks."""
    parts, depth, quoted = [""], 0, False
    for sign in name:
        quoted ^= sign == "`"
        depth += 0 if quoted else (sign in "([") - (sign in ")]")
        if sign == ":" and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _factor(reading: Reading, part: str) -> str:
    found = _LEVEL.fullmatch(part)
    column, is_plain = _column(found["factor"] if found else part)
    if column is None:
        return fmt.shortened(part.replace("`", ""))
    variable = named_variable(reading, column)
    if found is None:
        return variable
    level = fmt.shortened(found["level"], _LONGEST_LEVEL)
    if not found["treated"]:
        return f"{variable} ({level})"
    reference = _reference(_variable(reading, column)) if is_plain else ""
    against = fmt.shortened(reference, _LONGEST_LEVEL) or "the first"
    return f"{variable} ({level} against {against})"


def _column(text: str) -> tuple[str | None, bool]:
    """The column of a factor, ``None`` where it is a function of one; and whether its coding is the usual one."""
    found = _FACTOR.fullmatch(text)
    if found:
        return found["column"].strip().strip("`"), not found["coding"]
    bare = text[1:-1] if text.startswith("`") and text.endswith("`") else text
    return (None, True) if "(" in bare and bare == text else (bare, True)


def _reference(variable: Mapping[str, Any] | None) -> str:
    """The first level of a factor, which the others are held against; '' where it is not known."""
    if variable is None:
        return ""
    if variable["values"]:
        return str(variable["values"][0][0])
    return "" if variable["minimum"] is None else f"{variable['minimum']:g}"


def _variable(reading: Reading, column: str) -> Mapping[str, Any] | None:
    rows = reading.numbers.get("data", {}).get("variables", ())
    return next((row for row in rows if row["column"] == column), None)
