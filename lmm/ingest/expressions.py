"""Simple arithmetic on columns, such as "wt / (ht / 100) ** 2": parsed and computed, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from lmm.errors import ConfigurationError
from lmm.numerics import Array

MAX_CHARACTERS = 500
MAX_DEPTH = 40

FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}

_OPERATORS: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Array], Array]] = {
    ast.UAdd: np.positive,
    ast.USub: np.negative,
}
_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_OFFER = (
    "Columns (odd names in `backticks`), numbers, + - * / ** ( ) and "
    f"{', '.join(FUNCTIONS)} can be used."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A checked expression: ``text``, the ``columns`` it needs, its syntax tree's ``root``."""

    text: str
    columns: tuple[str, ...]
    root: ast.expr

    def values(self, columns: Mapping[str, Array]) -> Array:
        """The expression's value in every row, (n,); where a column is missing, not-a-number."""
        with np.errstate(all="ignore"):
            return np.asarray(_value(self.root, self.text, columns), float)


def parse_expression(text: str, *, where: str) -> Expression:
    """Read an expression; a ``ConfigurationError`` points at the character that is not allowed."""
    text = " ".join(text.splitlines()).strip()
    if len(text) > MAX_CHARACTERS:
        raise ConfigurationError(
            f"the expression has {len(text)} characters; the limit is {MAX_CHARACTERS}",
            where=where,
            remedy="Derive parts of it first, as columns of their own.",
        )
    try:
        root = ast.parse(_blanked(text), mode="eval").body
    except SyntaxError as error:
        _refuse(text, (error.offset or 1) - 1, "cannot be read", where)
    except (ValueError, MemoryError, RecursionError):
        _refuse(text, 0, "cannot be read", where)
    columns = tuple(dict.fromkeys(_checked(root, text, where, depth=0)))
    if not columns:
        _refuse(text, 0, "names no column", where)
    return Expression(text=text, columns=columns, root=root)


def _checked(node: ast.expr, text: str, where: str, *, depth: int) -> Iterator[str]:
    """The names of columns below a node; anything outside the grammar is refused."""
    if depth > MAX_DEPTH:
        _refuse(text, _start(node, text), "is nested too deeply", where)
    parts: list[ast.expr] = []
    match node:
        case ast.Name():
            yield _source(node, text).strip("`")
        case ast.Constant() if _NUMBER.fullmatch(_source(node, text)):
            if not np.isfinite(float(_source(node, text))):
                _refuse(text, _start(node, text), "is too large a number", where)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            parts = [left, right]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
            parts = [operand]
        case ast.Call(func=ast.Name(), args=[argument], keywords=[]) if _function(node, text):
            parts = [argument]
        case ast.BinOp(op=ast.BitXor()):
            _refuse(text, _start(node.right, text), "follows ^, which is written ** here", where)
        case _:
            _refuse(text, _start(node, text), "is not offered here", where)
    for part in parts:
        yield from _checked(part, text, where, depth=depth + 1)


def _value(node: ast.expr, text: str, columns: Mapping[str, Array]) -> Array:
    match node:
        case ast.Name():
            return columns[_source(node, text).strip("`")]
        case ast.Constant():
            return np.float64(_source(node, text))  # type: ignore[return-value]
        case ast.BinOp(left=left, op=op, right=right):
            operate = _OPERATORS[type(op)]
            return operate(_value(left, text, columns), _value(right, text, columns))
        case ast.UnaryOp(op=op, operand=operand):
            return _SIGNS[type(op)](_value(operand, text, columns))
        case ast.Call(args=[argument]):
            return FUNCTIONS[_source(node.func, text)](_value(argument, text, columns))
    raise AssertionError(f"unchecked node {type(node).__name__}")


def _function(node: ast.Call, text: str) -> bool:
    return _source(node.func, text) in FUNCTIONS


def _source(node: ast.expr, text: str) -> str:
    end = node.end_col_offset or 0
    return text[_start(node, text) : _characters(text, end)]


def _start(node: ast.expr, text: str) -> int:
    return _characters(text, node.col_offset)


def _characters(text: str, offset: int) -> int:
    """The parser counts bytes of UTF-8, we count characters."""
    return len(_blanked(text).encode()[:offset].decode(errors="ignore"))


def _blanked(text: str) -> str:
    """Backticked names as underscores of the same length; names are read off the text by place."""
    return re.sub(r"`[^`]+`", lambda token: "_" * len(token[0]), text)


def _refuse(text: str, place: int, fault: str, where: str) -> NoReturn:
    place = min(max(place, 0), max(len(text) - 1, 0))
    raise ConfigurationError(
        f"the expression {fault} at character {place + 1}:\n    {text}\n    {' ' * place}^",
        where=where,
        remedy=_OFFER,
    )
