"""The page: its sections in the contract's order, what is left out when there is nothing to say."""

from __future__ import annotations

import pytest

from lmm.report.page import Equation, Figure, Fold, Paragraph, Table
from lmm.report.sections import build_page

ORDER = [
    *("answer", "data", "models", "shrinkage", "differences", "comparison"),
    *("checks", "changes", "checklist", "provenance", "groups"),
]
ALWAYS = [
    *("answer", "data", "models", "shrinkage", "checks", "changes", "checklist"),
    *("provenance", "groups"),
]


def blocks_of(section):
    for block in section.blocks:
        yield block
        if isinstance(block, Fold):
            yield from block.blocks


@pytest.mark.parametrize(
    "case", ["rising", "falling", "without_time", "two_visits", "no_differences"]
)
def test_sections_come_in_the_order_of_the_contract(case, canvas):
    ids = [section.id for section in build_page(canvas(case), results="{}").sections]
    assert ids == [id for id in ORDER if id in ids]
    assert set(ALWAYS) <= set(ids)


@pytest.mark.parametrize(
    ("case", "absent"),
    [
        ("without_time", {"differences", "comparison"}),
        ("two_visits", {"comparison"}),
        ("rising", set()),
    ],
)
def test_a_section_with_nothing_to_say_is_left_out(case, absent, canvas):
    ids = {section.id for section in build_page(canvas(case), results="{}").sections}
    assert {"differences", "comparison"} - ids == absent


def test_an_absent_random_slope_is_explained(canvas):
    page = build_page(canvas("two_visits"), results="{}")
    (models,) = [section for section in page.sections if section.id == "models"]
    (table,) = [block for block in models.blocks if isinstance(block, Table)]
    assert [column.text for column in table.columns[1:]] == [
        "Pooled",
        "Stratified",
        "Random intercept",
    ]
    assert any(
        "random slope model is left out" in note and "48 rows cannot carry 2" in note
        for note in table.notes
    )


@pytest.mark.parametrize("case", ["rising", "without_time", "two_visits"])
def test_figures_and_tables_are_numbered_in_order_and_named_once(case, canvas):
    found = [b for s in build_page(canvas(case), results="{}").sections for b in blocks_of(s)]
    for kind in (Figure, Table):
        made = [block for block in found if isinstance(block, kind)]
        assert [block.number for block in made] == list(range(1, len(made) + 1))
    ids = [b.id for b in found if isinstance(b, Figure | Table)]
    ids += [panel.id for b in found if isinstance(b, Figure) for panel in b.panels]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("case", ["rising", "without_time", "tiny_numbers", "hostile_labels"])
def test_no_sentence_says_none_nan_or_a_hyphen_for_a_minus(case, canvas):
    page = build_page(canvas(case), results="{}")
    texts = [s.finding for s in page.sections]
    texts += [b.text for s in page.sections for b in blocks_of(s) if isinstance(b, Paragraph)]
    texts += [b.alt for s in page.sections for b in blocks_of(s) if isinstance(b, Equation)]
    for text in texts:
        assert not {"None", "nan", "inf"} & set(text.replace(",", " ").split()), text
        assert "  " not in text
        assert " -0" not in text


def test_every_claim_of_the_page_is_a_finding_of_the_results(canvas):
    made = canvas("rising")
    found = {finding["text"] for finding in made.reading.at("/findings")}
    sections = build_page(made, results="{}").sections
    own = {"checklist", "provenance", "groups"}  # these say what is on the page
    assert {s.finding for s in sections if s.id not in own} <= found


def test_the_synthetic_notice_and_the_title_are_the_studys(canvas):
    page = build_page(canvas("falling"), results="{}")
    assert page.title == "Scores of pupils: falling"
    assert page.notice == ""
    assert "Model used for the answers: random intercept." in page.byline


def test_the_page_says_what_the_workflow_did_and_what_it_was_told(canvas):
    made = canvas("rising")
    made.reading.at("/provenance")["settings"] = "rising:\n  seed: 1\n"
    page = build_page(made, results="{}")
    section = next(section for section in page.sections if section.id == "provenance")
    blocks = {block.kind: block for block in blocks_of(section)}
    assert blocks["listing"].text == "rising:\n  seed: 1\n"
    data, analysis, *_ = blocks["workflow"].steps
    # 24 pupils of 6, 5 and 4 visits; the four models, and the slopes independent of the levels.
    assert data.text == "120 rows read, 120 used"
    checks = len(made.reading.at("/checks"))
    assert analysis.text == f"5 models fitted, {checks} checks made"


def test_without_a_configuration_there_is_no_listing(canvas):
    page = build_page(canvas("falling"), results="{}")
    section = next(section for section in page.sections if section.id == "provenance")
    assert "listing" not in {block.kind for block in blocks_of(section)}
