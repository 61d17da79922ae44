"""Text to ``Formula``: lme4's notation for random effects, Wilkinson and Rogers' for the fixed ones.

Nothing in a formula is ever run. A function is named from an allow-list, its arguments are columns
and numbers. The reader points at the character it does not understand.
"""

from __future__ import annotations

from functools import lru_cache

from lmm.model.grammar.calls import FUNCTIONS
from lmm.model.grammar.notation import Bar, Formula, quote, side, unquote
from lmm.model.grammar.reader import Reader
from lmm.model.grammar.terms import add, remove, simplify

__all__ = [
    "FUNCTIONS",
    "Bar",
    "Formula",
    "parse_formula",
    "parse_right_side",
    "quote",
    "side",
    "unquote",
]


# What stands for the outcome where none is named.
PLACEHOLDER = "outcome"


@lru_cache(maxsize=256)
def parse_formula(text: str) -> Formula:
    """Read a formula such as ``arm ~ age + (age | id)``.

    Raises ``FormulaError`` with the place marked where the text is not understood.
    """
    reader = Reader(text)
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


def parse_right_side(text: str) -> Formula:
    """Read a formula whose left side is another's to name, and may be left out: ``~ age + (age | id)``."""
    return parse_formula(f"{PLACEHOLDER} {text.strip()}" if text.lstrip().startswith("~") else text)
