"""A made-up page with every kind of block, real proportions and hostile names."""

from __future__ import annotations

import json

from lmm.report.overview import IndexEntry, IndexPage
from lmm.report.page import Page

from .sample_answers import (
    answer_section,
    data_section,
    models_section,
)
from .sample_blocks import HOSTILE
from .sample_drawings import children
from .sample_evidence import (
    changes_section,
    checklist_section,
    checks_section,
    comparison_section,
    groups_section,
    provenance_section,
)
from .sample_spread import differences_section, shrinkage_section

SECTIONS = [
    "answer",
    "data",
    "models",
    "shrinkage",
    "differences",
    "comparison",
    "checks",
    "changes",
    "checklist",
    "provenance",
    "groups",
]


def sample_levels(count: int) -> tuple[str, ...]:
    """Group names 1, 2, …; the third one is hostile, the fourth very long."""
    names = [str(number) for number in range(1, count + 1)]
    names[2] = HOSTILE
    names[3] = (
        "a child whose name in the register is as long as a sentence, and has no end in sight"
    )
    return tuple(names)


def sample_page(*, groups: int = 200, singular: str = "child") -> Page:
    """The sample: ``groups`` children, every kind of block, the sections of a real report."""
    levels = sample_levels(groups)
    visits = children(groups)
    return Page(
        kicker="Linear mixed model report",
        title="Arm circumference of Nepalese children, by age",
        byline=("882 measurements of 197 children", "Answers from the random-slope model"),
        tally="6 checks fine, 2 to note, none serious",
        notice="Synthetic twin: drawn by a seeded generator so that the course’s models give the course’s "
        "figures; no real child is in it.",
        sections=(
            answer_section(visits, singular),
            data_section(),
            models_section(),
            shrinkage_section(visits, singular),
            differences_section(visits),
            comparison_section(),
            checks_section(visits),
            changes_section(),
            checklist_section(),
            provenance_section(),
            groups_section(levels),
        ),
        results=json.dumps(
            {"title": HOSTILE, "separator": "\u2028\u2029", "slope": 0.0325}, ensure_ascii=False
        ),
        footer="Made by the workflow, without network access. This file holds everything it shows: it opens "
        "offline and makes no requests. It contains each child’s values: mind that before you send it on.",
    )


def sample_index() -> IndexPage:
    """Three studies, one in each state."""
    return IndexPage(
        title="Linear mixed model reports",
        entries=(
            IndexEntry(
                study="pigs",
                title="Growth of 48 pigs over nine weeks",
                href="pigs/report.html",
                state="ok",
                state_text="Up to date",
                headline="An average pig gains 6.2 kg a week (95% interval 6.0 to 6.4).",
                made_on="22 November 2026, 20:05",
                notice="Synthetic twin: no real animal is in it.",
            ),
            IndexEntry(
                study="nepal",
                title="Arm circumference of Nepalese children, by age",
                href="nepal/report.html",
                state="stale",
                state_text="Stale: the last run was refused, this is the report before it",
                headline="An average child’s arm grows 0.39 cm a year (95% interval 0.32 to 0.46).",
                made_on="15 November 2026, 08:30",
                message="data/nepal.csv, row 412, column arm: “12,4” is no number.\n"
                'Write 12.4, or set decimal: "," for this study.',
            ),
            IndexEntry(
                study="schools",
                title=f"Pupils in schools {HOSTILE}",
                href="",
                state="failed",
                state_text="Failed",
                headline="",
                made_on="",
                message="data/schools.csv has no column “score”. Its columns are: pupil, school, mark.",
            ),
        ),
        footer="Made by the workflow, without network access.",
    )
