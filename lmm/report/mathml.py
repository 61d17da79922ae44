"""A few words of MathML: enough to write a linear mixed model, with every text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def identifier(name: str) -> str:
    """A symbol of one letter is italic, a longer name upright."""
    upright = ' mathvariant="normal"' if len(name) == 1 and not name.isalpha() else ""
    return f"<mi{upright}>{escape(name)}</mi>"


def words(text: str) -> str:
    """Upright words inside a formula."""
    return f"<mtext>{escape(text)}</mtext>"


def numeral(text: str) -> str:
    """A number as it is shown; a leading minus becomes an operator."""
    if text.startswith("\u2212"):
        return f"<mrow>{operator(text[0])}<mn>{escape(text[1:])}</mn></mrow>"
    return f"<mn>{escape(text)}</mn>"


def operator(sign: str) -> str:
    """A sign: = + ~ ( )."""
    return f"<mo>{escape(sign)}</mo>"


def sub(base: str, index: str) -> str:
    """A base with an index below."""
    return f"<msub>{base}<mrow>{index}</mrow></msub>"


def subsup(base: str, index: str, power: str) -> str:
    """A base with an index and a power."""
    return f"<msubsup>{base}<mrow>{index}</mrow><mrow>{power}</mrow></msubsup>"


def sup(base: str, power: str) -> str:
    """A base with a power."""
    return f"<msup>{base}<mrow>{power}</mrow></msup>"


def fraction(top: str, bottom: str) -> str:
    """A fraction."""
    return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"


def hat(base: str) -> str:
    """An estimate: a hat over its symbol."""
    return f'<mover accent="true">{base}<mo>^</mo></mover>'


def bracketed(*parts: str) -> str:
    """Parts in parentheses."""
    return f"<mrow><mo>(</mo>{''.join(parts)}<mo>)</mo></mrow>"


def matrix(rows: tuple[tuple[str, ...], ...]) -> str:
    """A matrix in parentheses that stretch."""
    body = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows)
    return bracketed(f"<mtable>{body}</mtable>")


def stacked(lines: Iterable[str]) -> str:
    """Lines of one equation under each other, from the left."""
    rows = "".join(f"<mtr><mtd>{line}</mtd></mtr>" for line in lines)
    return f'<mtable class="lines">{rows}</mtable>'


def display(*parts: str) -> str:
    """A displayed formula."""
    return f'<math display="block"><mrow>{"".join(parts)}</mrow></math>'
