"""Words of a page: prose, equations, terms, key figures, questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of prose; ``link`` (a section id) with ``link_text`` may close it."""

    text: str
    link: str = ""
    link_text: str = ""
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subheading:
    """A heading inside a section (h3)."""

    text: str
    kind: str = "subheading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """A displayed equation in MathML with the sentence that reads it aloud."""

    mathml: str
    alt: str
    kind: str = "equation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A term and what it stands for; ``code`` sets the text in a fixed-width face."""

    term: str
    text: str
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """A list of terms: provenance, glossary."""

    items: tuple[Definition, ...]
    kind: str = "definitions"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A headline number: value with unit, what it is, and how sure one can be."""

    value: str
    unit: str
    label: str
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigures:
    """The key figures in a row (four at most)."""

    items: tuple[KeyFigure, ...]
    kind: str = "key_figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question a reader asks, answered in a sentence, with a link to the evidence."""

    question: str
    answer: str
    link: str
    link_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Questions and answers under a heading."""

    heading: str
    items: tuple[Question, ...]
    kind: str = "questions"
