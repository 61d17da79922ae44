"""The words of one formula, read one after the other; pointed at where they are not understood."""

from __future__ import annotations

from typing import NoReturn

from lmm.model.grammar.tokens import Token, refuse, tokenize

# Far more than a model can use: a formula beyond this is a mistake, or meant to exhaust the machine.
MOST_TERMS = 500

STRAY_BAR = "a random term stands by itself in parentheses, added to the others: ... + (x | group)"


class Words:
    """The words of one formula, and which comes next."""

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
            self.fail(STRAY_BAR if bar else f"expected {wanted!r} here", position)

    def refuse(self, message: str) -> NoReturn:
        """Point at the next word."""
        self.fail(message, self.peek()[2])

    def fail(self, message: str, position: int) -> NoReturn:
        """Point at a place in the text."""
        refuse(self.text, position, message)

    def limit(self, terms: int) -> None:
        """Refuse what has been read so far where it makes too many terms."""
        if terms > MOST_TERMS:
            self.fail(f"this makes more than {MOST_TERMS} terms", self.tokens[self.index - 1][2])

    def name(self) -> str:
        """The name of a column."""
        kind, value, position = self.next()
        if kind == "quoted":
            return value[1:-1]
        if kind != "name":
            self.fail("expected the name of a column", position)
        if self.peek()[1] == "(":
            self.fail("a function is not allowed here; derive the column first", position)
        return value
