"""What guidelines ask of such a report: where it stands here, and what only people can add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lmm.report import formatting as fmt
from lmm.report.checklist.answers import Answer, answers
from lmm.report.checklist.places import places
from lmm.report.figures.canvas import Canvas
from lmm.report.page import Fold, Section, Table
from lmm.report.reading import Reading
from lmm.report.sections.numbering import Numbering
from lmm.report.tables.checklist import checklist_table


def checklist(canvas: Canvas, numbering: Numbering) -> Section:
    """The section with its number and no rows: those need the whole page (``settled``)."""
    return Section(
        id="checklist",
        heading="Is everything reported?",
        nav="Checklist",
        finding="",
        blocks=(_fold(checklist_table((), number=numbering.table())),),
    )


def settled(sections: Sequence[Section], reading: Reading) -> tuple[Section, ...]:
    """The sections of a page, the checklist filled in from what stands on the others."""
    others = [section for section in sections if section.id != "checklist"]
    found = answers(reading, places(others))
    return tuple(
        _filled(section, found) if section.id == "checklist" else section for section in sections
    )


def _filled(section: Section, found: Sequence[Answer]) -> Section:
    (fold,) = section.blocks
    assert isinstance(fold, Fold)
    (table,) = fold.blocks
    assert isinstance(table, Table)
    filled = _fold(checklist_table(found, number=table.number))
    return replace(section, finding=_finding(found), blocks=(filled,))


def _fold(table: Table) -> Fold:
    return Fold(summary="The checklist", blocks=(table,))


def _finding(found: Sequence[Answer]) -> str:
    states = [answer.state for answer in found]
    due = len(states) - states.count("idle")
    rest = []
    for state, words in (
        ("yours", ("only you can add",) * 2),
        ("partly", ("stands here in part", "stand here in part")),
        ("absent", ("is not here", "are not here")),
    ):
        if count := states.count(state):
            rest.append(f"{fmt.count(count)} {words[count > 1]}")
    done = f"{fmt.count(states.count('done'))} of {fmt.count(due)} things that guidelines ask for stand on this page"
    return f"{done}; {fmt.listed(rest)}." if rest else f"{done}."
