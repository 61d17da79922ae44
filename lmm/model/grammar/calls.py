"""Calls of functions in a formula: those of a list, arithmetic for arguments, text rebuilt from what is understood."""

from __future__ import annotations

from lmm.errors import nearest
from lmm.model.grammar.notation import quote
from lmm.model.grammar.words import Words

# Transformations that formulaic offers and that only do arithmetic on columns.
FUNCTIONS = frozenset(
    {"C", "I", "abs", "bs", "center", "cr", "exp", "log", "log10", "log2", "poly", "scale", "sqrt"}
)

# What R, or NumPy, calls some of them.
WRITTEN = {
    "factor": "C", "as.factor": "C", "ns": "cr", "np.exp": "exp", "np.log": "log", "np.sqrt": "sqrt",
}  # fmt: skip


def call(words: Words) -> str:
    """A function of the allow-list; its text is rebuilt from what was understood."""
    _, function, position = words.next()
    if function == "offset":
        words.fail(
            "an offset is not offered; subtract it from the outcome first, and model the difference",
            position,
        )
    if function not in FUNCTIONS:
        allowed = ", ".join(sorted(FUNCTIONS))
        meant = WRITTEN.get(function) or nearest(function, FUNCTIONS)
        hint = f"; write {meant}(...)" if meant else ""
        words.fail(f"{function!r} is not among the functions allowed ({allowed}){hint}", position)
    words.take("(")
    arguments = [_argument(words)]
    while words.peek()[1] == ",":
        words.next()
        arguments.append(_argument(words))
    words.take(")")
    return f"{function}({', '.join(arguments)})"


def _argument(words: Words) -> str:
    """An argument of a function, with its keyword where it has one."""
    if words.peek()[0] == "name" and words.peek(1)[1] == "=":
        keyword = words.next()[1]
        words.next()
        return f"{keyword}={_arithmetic(words)}"
    return _arithmetic(words)


def _arithmetic(words: Words) -> str:
    """Columns and numbers joined by arithmetic, as text."""
    text = _operand(words)
    while words.peek()[1] in ("+", "-", "*", "/", "**", "^"):
        operator = words.next()[1].replace("^", "**")
        text = f"{text} {operator} {_operand(words)}"
    return text


def _operand(words: Words) -> str:
    """A number, a column, a call, or arithmetic in parentheses."""
    if words.peek()[1] == "-":
        words.next()
        if words.peek()[1] == "-":
            words.refuse("expected a column or a number after '-'")
        return f"-{_operand(words)}"
    kind, value, position = words.peek()
    if value == "(":
        words.next()
        inner = _arithmetic(words)
        words.take(")")
        return f"({inner})"
    if kind == "number":
        words.next()
        return value if not value.isdigit() else value.lstrip("0") or "0"
    if kind == "name" and words.peek(1)[1] == "(":
        return call(words)
    if kind == "name" and value in ("True", "False"):
        return words.next()[1]
    if kind not in ("name", "quoted"):
        words.fail("expected a column or a number", position)
    return quote(words.name())
