"""Values written so that YAML reads the same again, and comments that stay on their line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

_WIDTH = 96
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_NOT_TEXT = frozenset(("", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"))
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def scalar(value: str | float | bool) -> str:
    """One value: plain where that is safe, else in double quotes with the odd characters escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return '"' + "".join(_escaped(character) for character in value) + '"'


def number(value: float) -> str:
    """A number as YAML 1.1 takes it for one: 1.0e-07, which 1e-07 is not."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(float(value))
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else text


def flow(value: Mapping | Sequence | str | float | bool) -> str:
    """A value on one line: {column: arm, unit: cm}, [88.8, 99.9]."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{scalar(str(key))}: {flow(part)}" for key, part in value.items())
        return f"{{{inside}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def commented(text: str, comment: str) -> str:
    """A line with a comment beside it where both fit, else with the comment above it, wrapped."""
    comment = "".join(c if c.isprintable() else _escaped(c) for c in " ".join(comment.split()))
    if not comment:
        return text
    if len(text) + len(comment) + 4 <= _WIDTH:
        return f"{text}  # {comment}"
    indent = " " * (len(text) - len(text.lstrip()))
    above = wrap(comment, _WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join([*(f"{indent}# {line}" for line in above), text])


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
