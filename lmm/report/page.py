"""The page as one value: what the templates place, with nothing left for them to compute.

All text is plain text (the templates escape it). Only ``Panel.svg`` and ``Equation.mathml`` are
markup, made by this package from numbers and escaped labels.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmm.report.controls import Downloads, GroupFinder, NoiseControl


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawing: a heading above it, its inline SVG, and the same in words for those who cannot see it."""

    id: str
    heading: str
    svg: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Panels side by side under one numbered caption; the caption's bold lead states the finding."""

    id: str
    number: int
    panels: tuple[Panel, ...]
    lead: str
    caption: str = ""
    columns: int = 2
    kind: str = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: ``text``, small ``under`` it (an interval), numbers are right-aligned.

    ``tone`` (ok, note or bad) colours a verdict; its sign and word are in the text. ``link`` is the id that
    the text leads to.
    """

    text: str
    under: str = ""
    header: bool = False
    mark: bool = False
    numeric: bool = True
    tone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """Cells of one row; a row ``group`` is a heading over the rows that follow; ``level`` names a data group."""

    cells: tuple[Cell, ...] = ()
    group: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column head: ``text`` with a remark ``under`` it; ``marked`` tints the column."""

    text: str
    under: str = ""
    marked: bool = False
    numeric: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A numbered table; ``stacked`` tables of words become cards on a narrow screen.

    ``rest`` are rows of a long table that only its look-up and the saved file have.
    """

    id: str
    number: int
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()
    stacked: bool = False
    rest: tuple[TableRow, ...] = ()
    kind: str = "table"

    @property
    def has_levels(self) -> bool:
        """Whether its rows are data groups, each found by its level."""
        return any(row.level for row in self.rows)

    @property
    def is_numeric(self) -> bool:
        """Whether all its cells but heads are numbers, so that none has to say so."""
        return all(
            cell.numeric and not cell.tone
            for row in self.rows
            for cell in row.cells
            if not cell.header
        )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """A part for statisticians: closed on screen, open in print."""

    summary: str
    blocks: tuple[Block, ...]
    kind: str = "fold"


Block = (
    Figure
    | Table
    | Paragraph
    | Subheading
    | Equation
    | Definitions
    | KeyFigures
    | Questions
    | Fold
    | GroupFinder
    | NoiseControl
    | Downloads
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: ``id`` of the contract, short heading for the contents list, the finding in one sentence."""

    id: str
    heading: str
    finding: str
    blocks: tuple[Block, ...]
    nav: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole report. ``results`` is the JSON text that the page carries and lets one save.

    ``tally`` closes the byline ("7 fine, 1 to note") and leads to the section ``tally_link``.
    """

    kicker: str
    title: str
    byline: tuple[str, ...]
    notice: str
    sections: tuple[Section, ...]
    results: str
    footer: str
    language: str = "en"
    tally: str = ""
    tally_link: str = "checks"
