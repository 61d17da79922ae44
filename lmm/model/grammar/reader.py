"""A recursive-descent reader of formulas: words to terms and bars, nothing ever run."""

from __future__ import annotations

from math import comb

from lmm.model.grammar.calls import call
from lmm.model.grammar.notation import Bar, quote
from lmm.model.grammar.terms import Term, add, cross, interact, nest, power, remove, simplify
from lmm.model.grammar.words import STRAY_BAR, Words


class Reader(Words):
    """A recursive-descent reader over the words of one formula."""

    def sign(self, required: bool = False) -> str:
        """A plus or minus; plus where none is written and none is required."""
        if self.peek()[1] in ("+", "-"):
            return self.next()[1]
        if required:
            bar = self.peek()[1].startswith("|")
            self.refuse(STRAY_BAR if bar else "expected '+' or '-' between terms")
        return "+"

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
            self.fail("this random term has no column", self.tokens[self.index - 1][2])
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
                self.fail("only 0 and 1 may stand alone in a formula", position)
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
                self.fail("a power of terms is a whole number from 1 to 9", position)
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
            return ((call(self),),)
        if kind not in ("name", "quoted"):
            self.fail("expected the name of a column", position)
        if value in ("`0`", "`1`"):  # formulaic takes these for the intercept, quoted or not
            self.fail(f"a column named {value[1:-1]} cannot be a term; rename it", position)
        return ((quote(self.name()),),)
