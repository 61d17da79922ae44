"""Text to ``Formula``: lme4's notation for random effects, Wilkinson and Rogers' for the fixed ones.

Nothing in a formula is ever run. A function is named from an allow-list, its arguments are columns
and numbers. The reader points at the character it does not understand.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from math import comb

from lmm.errors import FormulaError
from lmm.model.terms import Term, add, cross, interact, nest, power, remove, simplify

# Transformations that formulaic offers and that only do arithmetic on columns.
FUNCTIONS = frozenset(
    {"C", "I", "abs", "bs", "center", "cr", "exp", "log", "log10", "log2", "poly", "scale", "sqrt"}
)

# Far more than a model can use: a formula beyond these is a mistake, or meant to exhaust the machine.
MOST_TERMS = 500
DEEPEST = 30

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w.]*)|(?P<quoted>`[^`\n]+`)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<operator>\|\||\*\*|[~+\-*/:^|(),=]))"
)
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


def parse_formula(text: str) -> Formula:
    """Read a formula such as ``arm ~ age + (age | id)``.

    Raises ``FormulaError`` with the place marked where the text is not understood.
    """
    reader = _Reader(text)
    response = reader.name()
    reader.take("~")
    intercept, terms, bars = True, (), []
    sign = reader.sign()
    while True:
        if reader.at_bar():
            if sign == "-":
                reader.refuse("a random term can be added, not taken away")
            bars.extend(reader.bars())
        else:
            has_one, operand = reader.product()
            if has_one is not None:
                intercept = has_one if sign == "+" else not has_one
            terms = add(terms, operand) if sign == "+" else remove(terms, operand)
        reader.limit(len(terms) + len(bars))
        if reader.done():
            break
        sign = reader.sign(required=True)
    return Formula(
        response=response,
        intercept=intercept,
        terms=simplify(terms),
        bars=tuple(bars),
        text=" ".join(text.split()),
    )


def quote(name: str) -> str:
    """The name as it is written in a formula: in backticks where it is not a plain word."""
    plain = _PLAIN.fullmatch(name) and name.isidentifier() and not keyword.iskeyword(name)
    return name if plain else f"`{name}`"


def unquote(factor: str) -> str | None:
    """The column's name where a factor is a bare column, ``None`` where it is a function of columns."""
    if factor.startswith("`") and factor.endswith("`"):
        return factor[1:-1]
    return None if "(" in factor else factor


def _names(factor: str) -> list[str]:
    """The columns inside one factor's text, which the reader itself has written."""
    bare = unquote(factor)
    if bare is not None:
        return [bare]
    reader = _Reader(factor)
    found = []
    while not reader.done():
        kind, value, _ = reader.next()
        if kind == "quoted":
            found.append(value[1:-1])
        elif (
            kind == "name" and reader.peek()[1] not in ("(", "=") and value not in ("True", "False")
        ):
            found.append(value)
    return found


def side(intercept: bool, terms: tuple[Term, ...]) -> str:
    """Terms as the text of a right-hand side, which formulaic reads too."""
    return " + ".join(["1" if intercept else "0", *(":".join(term) for term in terms)])


class _Reader:
    """A recursive-descent reader over the tokens of one formula."""

    def __init__(self, text: str):
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        self.index = 0
        depth = 0
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                while text[position].isspace():
                    position += 1
                self._fail(f"{text[position]!r} has no meaning in a formula", position)
            kind = str(match.lastgroup)
            self.tokens.append((kind, match.group(kind), match.start(kind)))
            position = match.end()
            depth += (match.group(kind) == "(") - (match.group(kind) == ")")
            if depth > DEEPEST:
                self._fail(f"more than {DEEPEST} parentheses are open here", match.start(kind))

    def done(self) -> bool:
        return self.index >= len(self.tokens)

    def peek(self, ahead: int = 0) -> tuple[str, str, int]:
        place = self.index + ahead
        return (
            self.tokens[place] if place < len(self.tokens) else ("end", "", len(self.text.rstrip()))
        )

    def next(self) -> tuple[str, str, int]:
        token = self.peek()
        self.index += 1
        return token

    def take(self, wanted: str) -> None:
        kind, value, position = self.next()
        if value != wanted or kind == "quoted":
            self._fail(f"expected {wanted!r} here", position)

    def refuse(self, message: str) -> None:
        self._fail(message, self.peek()[2])

    def limit(self, terms: int) -> None:
        """Refuse what has been read so far where it makes too many terms."""
        if terms > MOST_TERMS:
            self._fail(f"this makes more than {MOST_TERMS} terms", self.tokens[self.index - 1][2])

    def _fail(self, message: str, position: int) -> None:
        start = max(0, position - 60)
        shown = re.sub(r"\s", " ", self.text[start : position + 40])
        raise FormulaError(
            f"{message}\n    {shown}\n    {' ' * (position - start)}^",
            where="formula",
            remedy="Write, for example: outcome ~ time + (time | group); odd names go in `backticks`.",
        )

    def sign(self, required: bool = False) -> str:
        if self.peek()[1] in ("+", "-"):
            return self.next()[1]
        if required:
            self.refuse("expected '+' or '-' between terms")
        return "+"

    def name(self) -> str:
        kind, value, position = self.next()
        if kind == "quoted":
            return value[1:-1]
        if kind != "name":
            self._fail("expected the name of a column", position)
        if self.peek()[1] == "(":
            self._fail("a function is not allowed here; derive the column first", position)
        return value

    def at_bar(self) -> bool:
        """Whether a parenthesis opens here that holds a bar at its own level."""
        if self.peek()[1] != "(":
            return False
        depth = 0
        for kind, value, _ in self.tokens[self.index :]:
            if kind != "operator":
                continue
            depth += (value == "(") - (value == ")")
            if depth == 0:
                return False
            if depth == 1 and value in ("|", "||"):
                return True
        return False

    def bars(self) -> list[Bar]:
        self.take("(")
        intercept, terms = self.sum()
        correlated = self.next()[1] == "|"
        groups = self.grouping()
        self.take(")")
        if not intercept and not terms:
            self._fail("this random term has no column", self.tokens[self.index - 1][2])
        if correlated:
            parts = [(intercept, terms)]
        else:
            parts = ([(True, ())] if intercept else []) + [(False, (term,)) for term in terms]
        return [
            Bar(intercept=one, terms=columns, group=group)
            for group in groups
            for one, columns in parts
        ]

    def grouping(self) -> list[tuple[str, ...]]:
        group: tuple[str, ...] = (self.name(),)
        groups: list[tuple[str, ...]] = []
        while self.peek()[1] in (":", "/"):
            if self.next()[1] == "/":
                groups.append(group)
            group = (*group, self.name())
        return [*groups, group]

    def sum(self) -> tuple[bool, tuple[Term, ...]]:
        """Terms joined by + and -, up to a closing sign; and whether an intercept is among them."""
        intercept, terms = True, ()
        sign = self.sign()
        while True:
            has_one, operand = self.product()
            if has_one is not None:
                intercept = has_one if sign == "+" else not has_one
            terms = add(terms, operand) if sign == "+" else remove(terms, operand)
            self.limit(len(terms))
            if self.peek()[1] not in ("+", "-"):
                return intercept, simplify(terms)
            sign = self.sign()

    def product(self) -> tuple[bool | None, tuple[Term, ...]]:
        """Operands joined by ``* / : ^``; the first value is set where the operand is 0 or 1."""
        kind, value, position = self.peek()
        if kind == "number":
            self.next()
            if value not in ("0", "1"):
                self._fail("only 0 and 1 may stand alone in a formula", position)
            return value == "1", ()
        terms = self.interaction()
        while self.peek()[1] in ("*", "/"):
            operator = self.next()[1]
            right = self.interaction()
            self.limit((len(terms) + 1) * (len(right) + 1) - 1)
            terms = cross(terms, right) if operator == "*" else nest(terms, right)
        return None, terms

    def interaction(self) -> tuple[Term, ...]:
        terms = self.raised()
        while self.peek()[1] == ":":
            self.next()
            right = self.raised()
            self.limit(len(terms) * len(right))
            terms = interact(terms, right)
        return terms

    def raised(self) -> tuple[Term, ...]:
        terms = self.atom()
        if self.peek()[1] in ("^", "**"):
            self.next()
            kind, value, position = self.next()
            if kind != "number" or not value.isdigit() or not 1 <= int(value) <= 9:
                self._fail("a power of terms is a whole number from 1 to 9", position)
            self.limit(sum(comb(len(terms), size) for size in range(1, int(value) + 1)))
            terms = power(terms, int(value))
        return terms

    def atom(self) -> tuple[Term, ...]:
        kind, value, position = self.peek()
        if value == "(":
            self.next()
            _, terms = self.sum()
            self.take(")")
            return terms
        if kind == "name" and self.peek(1)[1] == "(":
            return ((self.call(),),)
        if kind not in ("name", "quoted"):
            self._fail("expected the name of a column", position)
        if value in ("`0`", "`1`"):  # formulaic takes these for the intercept, quoted or not
            self._fail(f"a column named {value[1:-1]} cannot be a term; rename it", position)
        return ((quote(self.name()),),)

    def call(self) -> str:
        """A function of the allow-list; its text is rebuilt from what was understood."""
        _, function, position = self.next()
        if function not in FUNCTIONS:
            allowed = ", ".join(sorted(FUNCTIONS))
            self._fail(f"{function!r} is not among the functions allowed ({allowed})", position)
        self.take("(")
        arguments = [self.argument()]
        while self.peek()[1] == ",":
            self.next()
            arguments.append(self.argument())
        self.take(")")
        return f"{function}({', '.join(arguments)})"

    def argument(self) -> str:
        if self.peek()[0] == "name" and self.peek(1)[1] == "=":
            keyword = self.next()[1]
            self.next()
            return f"{keyword}={self.arithmetic()}"
        return self.arithmetic()

    def arithmetic(self) -> str:
        text = self.operand()
        while self.peek()[1] in ("+", "-", "*", "/", "**", "^"):
            operator = self.next()[1].replace("^", "**")
            text = f"{text} {operator} {self.operand()}"
        return text

    def operand(self) -> str:
        if self.peek()[1] == "-":
            self.next()
            if self.peek()[1] == "-":
                self.refuse("expected a column or a number after '-'")
            return f"-{self.operand()}"
        kind, value, position = self.peek()
        if value == "(":
            self.next()
            inner = self.arithmetic()
            self.take(")")
            return f"({inner})"
        if kind == "number":
            self.next()
            return value if not value.isdigit() else value.lstrip("0") or "0"
        if kind == "name" and self.peek(1)[1] == "(":
            return self.call()
        if kind == "name" and value in ("True", "False"):
            return self.next()[1]
        if kind not in ("name", "quoted"):
            self._fail("expected a column or a number", position)
        return quote(self.name())
