"""The whole page as one value: a file a section, listed here in the order of the page.

A section is a function of canvas and numbering; one that has nothing to say is left out.
"""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas
from lmm.report.interpretation import checks as checking
from lmm.report.interpretation import trend as trending
from lmm.report.interpretation.factors import counts
from lmm.report.page import Page
from lmm.report.sections.answer import answer
from lmm.report.sections.changes import changes
from lmm.report.sections.checklist import checklist, settled
from lmm.report.sections.checks import checks
from lmm.report.sections.comparison import comparison
from lmm.report.sections.data import data
from lmm.report.sections.differences import differences
from lmm.report.sections.groups import groups
from lmm.report.sections.models import models
from lmm.report.sections.numbering import Numbering
from lmm.report.sections.provenance import provenance
from lmm.report.sections.shrinkage import shrinkage

SECTIONS = (
    answer,
    data,
    models,
    shrinkage,
    differences,
    comparison,
    checks,
    changes,
    checklist,
    provenance,
    groups,
)


def build_page(canvas: Canvas, *, results: str) -> Page:
    """The page of a study; ``results`` is the JSON text that the page carries."""
    reading = canvas.reading
    numbering = Numbering()
    sections = [section for make in SECTIONS if (section := make(canvas, numbering)) is not None]
    rows, used = reading.at("/data/rows_used"), reading.at("/data/groups_used")
    return Page(
        kicker="Linear mixed model report",
        title=reading.study["title"],
        byline=(
            f"{fmt.count(rows)} measurements of {reading.groups(used)}{counts(reading)}.",
            f"Model used for the answers: {trending.model_name(reading.used)}.",
        ),
        notice=reading.study["synthetic"] or "",
        sections=settled(sections, reading),
        results=results,
        tally=checking.tally(reading).text,
        footer="This file holds everything it shows: it opens without a network and makes no requests. Its "
        f"figures and tables contain every {reading.one}’s values: keep that in mind before passing it on.",
    )
