"""A formula as a value, and how it is written: lme4's notation for random effects."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field

from lmm.model.grammar.terms import Term
from lmm.model.grammar.tokens import tokenize

_PLAIN = re.compile(r"[^\W\d]\w*")  # Python allows a little more in a name, such as A·


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One random term ``(terms | group)``: its columns, free to correlate, vary over ``group``."""

    intercept: bool
    terms: tuple[Term, ...]
    group: tuple[str, ...]

    def __str__(self) -> str:
        return f"({side(self.intercept, self.terms)} | {':'.join(map(quote, self.group))})"

    @property
    def group_name(self) -> str:
        """The grouping as it is spelled: ``id``, ``a:b``."""
        return ":".join(self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A parsed formula: response, fixed terms (sorted by degree), random terms; ``||`` is split up.

    ``text`` is what was typed; two formulas that mean the same are equal.
    """

    response: str
    intercept: bool
    terms: tuple[Term, ...]
    bars: tuple[Bar, ...]
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        parts = [side(self.intercept, self.terms), *map(str, self.bars)]
        return f"{quote(self.response)} ~ {' + '.join(parts)}"

    @property
    def variables(self) -> tuple[str, ...]:
        """Every column the formula names, once, in order of appearance."""
        terms = [*self.terms, *(term for bar in self.bars for term in bar.terms)]
        named = [name for term in terms for factor in term for name in _names(factor)]
        groups = [name for bar in self.bars for name in bar.group]
        return tuple(dict.fromkeys([self.response, *named, *groups]))


def quote(name: str) -> str:
    """The name as it is written in a formula: in backticks where it is not a plain word."""
    plain = _PLAIN.fullmatch(name) and name.isidentifier() and not keyword.iskeyword(name)
    return name if plain else f"`{name}`"


def unquote(factor: str) -> str | None:
    """The column's name where a factor is a bare column, ``None`` where it is a function of columns."""
    if factor.startswith("`") and factor.endswith("`"):
        return factor[1:-1]
    return None if "(" in factor else factor


def side(intercept: bool, terms: tuple[Term, ...]) -> str:
    """Terms as the text of a right-hand side, which formulaic reads too."""
    return " + ".join(["1" if intercept else "0", *(":".join(term) for term in terms)])


def _names(factor: str) -> list[str]:
    """The columns inside one factor's text, which the reader has written."""
    bare = unquote(factor)
    if bare is not None:
        return [bare]
    tokens = tokenize(factor)
    following = [value for _, value, _ in tokens[1:]] + [""]
    found = []
    for (kind, value, _), after in zip(tokens, following, strict=True):
        if kind == "quoted":
            found.append(value[1:-1])
        elif kind == "name" and after not in ("(", "=") and value not in ("True", "False"):
            found.append(value)
    return found
