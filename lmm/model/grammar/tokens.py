"""The words of a formula, and how a reader points at the one it does not understand."""

from __future__ import annotations

import re
from typing import NoReturn

from lmm.errors import FormulaError

# Far more than a model can use: a formula beyond this is a mistake, or meant to exhaust the machine.
DEEPEST = 30

Token = tuple[str, str, int]

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w.]*)|(?P<quoted>`[^`\n]+`)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<operator>\|\||\*\*|[~+\-*/:^|(),=]))"
)


def tokenize(text: str) -> list[Token]:
    """(kind, value, position) of each word; kinds are name, quoted, number and operator.

    Raises ``FormulaError`` at a character that has no meaning.
    """
    tokens: list[Token] = []
    depth = 0
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            while text[position].isspace():
                position += 1
            refuse(text, position, f"{text[position]!r} has no meaning in a formula")
        kind = str(match.lastgroup)
        value, start = match.group(kind), match.start(kind)
        tokens.append((kind, value, start))
        position = match.end()
        depth += (value == "(") - (value == ")")
        if depth > DEEPEST:
            refuse(text, start, f"more than {DEEPEST} parentheses are open here")
    return tokens


def refuse(text: str, position: int, message: str) -> NoReturn:
    """Raise the ``FormulaError`` that marks a place in the text."""
    start = max(0, position - 60)
    shown = re.sub(r"\s", " ", text[start : position + 40])
    raise FormulaError(
        f"{message}\n    {shown}\n    {' ' * (position - start)}^",
        where="formula",
        remedy="Write, for example: outcome ~ time + (time | group); odd names go in `backticks`.",
    )
