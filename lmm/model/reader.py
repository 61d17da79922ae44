"""A recursive-descent reader of formulas: words to terms and bars, nothing ever run."""

from __future__ import annotations

from math import comb
from typing import NoReturn

from lmm.errors import nearest
from lmm.model.notation import Bar, quote
from lmm.model.terms import Term, add, cross, interact, nest, power, remove, simplify
from lmm.model.tokens import Token, refuse, tokenize

# Transformations that formulaic offers and that only do arithmetic on columns.
FUNCTIONS = frozenset(
    {"C", "I", "abs", "bs", "center", "cr", "exp", "log", "log10", "log2", "poly", "scale", "sqrt"}
)

# What R, or NumPy, calls some of them.
WRITTEN = {
    "factor": "C", "as.factor": "C", "ns": "cr", "np.exp": "exp", "np.log": "log", "np.sqrt": "sqrt",
}  # fmt: skip

_STRAY_BAR = "a random term stands by itself in parentheses, added to the others: ... + (x | group)"

# Far more than a model can use: a formula beyond this is a mistake, or meant to exhaust the machine.
MOST_TERMS = 500


class Reader:
    """A recursive-descent reader over the tokens of one formula."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0

    def done(self) -> bool:
        """Whether all words are read."""
        return self.index >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        """A word not yet read; ``end`` after the last."""
        place = self.index + ahead
        end = ("end", "", len(self.text.rstrip()))
        return self.tokens[place] if place < len(self.tokens) else end

    def next(self) -> Token:
        """Read a word."""
        token = self.peek()
        self.index += 1
        return token

    def take(self, wanted: str) -> None:
        """Read this sign, or point at what stands in its place."""
        kind, value, position = self.next()
        if value != wanted or kind == "quoted":
            bar = kind == "operator" and value.startswith("|")
            self._fail(_STRAY_BAR if bar else f"expected {wanted!r} here", position)

    def refuse(self, message: str) -> NoReturn:
        """Point at the next word."""
        self._fail(message, self.peek()[2])

    def _fail(self, message: str, position: int) -> NoReturn:
        refuse(self.text, position, message)

    def limit(self, terms: int) -> None:
        """Refuse what has been read so far where it makes too many terms."""
        if terms > MOST_TERMS:
            self._fail(f"this makes more than {MOST_TERMS} terms", self.tokens[self.index - 1][2])

    def sign(self, required: bool = False) -> str:
        """A plus or minus; plus where none is written and none is required."""
        if self.peek()[1] in ("+", "-"):
            return self.next()[1]
        if required:
            bar = self.peek()[1].startswith("|")
            self.refuse(_STRAY_BAR if bar else "expected '+' or '-' between terms")
        return "+"

    def name(self) -> str:
        """The name of a column."""
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
        """A parenthesis with a bar; ``a/b`` and ``||`` make several."""
        self.take("(")
        intercept, terms = self.sum()
        correlated = self.next()[1] == "|"
        groups = self.grouping()
        if self.peek()[1] in ("+", "*"):
            self.refuse(
                "each group has a random term of its own: (1 | g) + (1 | h), or g:h, or g/h"
            )
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
        """What stands behind the bar: ``g``, ``a:b``, ``a/b``, with or without parentheses."""
        if self.peek()[1] == "(":
            self.take("(")
            inner = self.grouping()
            self.take(")")
            return inner
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
        """Operands joined by ``:``."""
        terms = self.raised()
        while self.peek()[1] == ":":
            self.next()
            right = self.raised()
            self.limit(len(terms) * len(right))
            terms = interact(terms, right)
        return terms

    def raised(self) -> tuple[Term, ...]:
        """An operand, or a power of a sum."""
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
        """A column, a call, or a sum in parentheses."""
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
        if function == "offset":
            self._fail(
                "an offset is not offered; subtract it from the outcome first, and model the difference",
                position,
            )
        if function not in FUNCTIONS:
            allowed = ", ".join(sorted(FUNCTIONS))
            meant = WRITTEN.get(function) or nearest(function, FUNCTIONS)
            hint = f"; write {meant}(...)" if meant else ""
            self._fail(
                f"{function!r} is not among the functions allowed ({allowed}){hint}", position
            )
        self.take("(")
        arguments = [self.argument()]
        while self.peek()[1] == ",":
            self.next()
            arguments.append(self.argument())
        self.take(")")
        return f"{function}({', '.join(arguments)})"

    def argument(self) -> str:
        """An argument of a function, with its keyword where it has one."""
        if self.peek()[0] == "name" and self.peek(1)[1] == "=":
            keyword = self.next()[1]
            self.next()
            return f"{keyword}={self.arithmetic()}"
        return self.arithmetic()

    def arithmetic(self) -> str:
        """Columns and numbers joined by arithmetic, as text."""
        text = self.operand()
        while self.peek()[1] in ("+", "-", "*", "/", "**", "^"):
            operator = self.next()[1].replace("^", "**")
            text = f"{text} {operator} {self.operand()}"
        return text

    def operand(self) -> str:
        """A number, a column, a call, or arithmetic in parentheses."""
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
