"""The page as one value: what the templates place, with nothing left for them to compute.

All text is plain text (the templates escape it). Only ``Panel.svg`` and ``Equation.mathml`` are
markup, made by this package from numbers and escaped labels.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmm.report.page.controls import Downloads, GroupFinder, NoiseControl
from lmm.report.page.figures import Figure, Panel
from lmm.report.page.making import Listing, Step, Workflow
from lmm.report.page.tables import Cell, Column, Table, TableRow
from lmm.report.page.words import (
    Definition,
    Definitions,
    Equation,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Question,
    Questions,
    Subheading,
)

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Definition",
    "Definitions",
    "Downloads",
    "Equation",
    "Figure",
    "Fold",
    "GroupFinder",
    "KeyFigure",
    "KeyFigures",
    "Listing",
    "NoiseControl",
    "Page",
    "Panel",
    "Paragraph",
    "Question",
    "Questions",
    "Section",
    "Step",
    "Subheading",
    "Table",
    "TableRow",
    "Workflow",
]


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
    | Listing
    | Workflow
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
