"""The section of checks, the concern under the lead, and the checklist: all from the results and the page itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lmm.report.checklist.answers import answers
from lmm.report.checklist.items import ITEMS
from lmm.report.checklist.places import places
from lmm.report.figures.checks import diagnostics
from lmm.report.interpretation import checks as checking
from lmm.report.page import Figure, Fold, Paragraph, Table
from lmm.report.reading import Reading
from lmm.report.sections import build_page
from lmm.report.tables.checks import (
    VERDICTS,
    doubts_table,
    fine_table,
    has_doubts,
    remedies_table,
    thresholds_table,
)
from tests.text.studies import CASES
from tests.unit.report.test_tables import is_shown


def section(page, id):
    return next(each for each in page.sections if each.id == id)


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_study_has_its_checks(case, canvas):
    """Two groups, no time, two visits, boundary fits, covariates, every planted fault."""
    made = canvas(case)
    page = build_page(made, results="{}")
    assert page.tally == checking.tally(made.reading).text
    assert page.tally_link == "checks"
    found = section(page, "checks")
    kinds = [type(block) for block in found.blocks]
    assert kinds[: 1 + has_doubts(made.reading)][-1] is Figure and kinds[-1] is Fold
    alts = [p.alt for b in found.blocks if isinstance(b, Figure) for p in b.panels]
    for text in [found.finding, *alts]:
        assert not re.search(r"\bnan\b|\binf\b|None|-\d|  ", text), text
    for alt in alts:
        assert 80 <= len(alt) <= 600, alt


@pytest.mark.parametrize("case", ["rising", "heavy_tails", "two_groups", "without_time"])
def test_every_check_is_in_one_table_and_doubts_have_sign_word_and_colour(case, canvas):
    reading = canvas(case).reading
    checks = {checking.check(reading, i).text: c for i, c in enumerate(reading.at("/checks"))}
    doubts, fine = doubts_table(reading, number=1).rows, fine_table(reading, number=2).rows
    assert len(doubts) + len(fine) == len(checks) == reading.at("/tally/checks")
    assert bool(doubts) == has_doubts(reading)
    for row in doubts:
        verdict = checks[row.cells[2].text]["verdict"]
        assert (row.cells[1].text, row.cells[1].tone) == VERDICTS[verdict]
    order = [list(VERDICTS).index(checks[row.cells[2].text]["verdict"]) for row in doubts]
    assert order == sorted(order)
    assert {checks[row.cells[1].text]["verdict"] for row in fine} == {"fine"}


@pytest.mark.parametrize("case", ["rising", "few_groups"])
def test_thresholds_are_those_of_the_results(case, canvas):
    reading = canvas(case).reading
    for row, found in zip(
        thresholds_table(reading, number=1).rows, reading.at("/checks"), strict=True
    ):
        for cell, key in zip(row.cells[1:4], ("statistic", "threshold", "serious"), strict=True):
            assert is_shown(found[key], cell.text)
        assert found["source"][1:-1] in row.cells[4].text


def test_remedies_show_the_refits_numbers(canvas):
    reading = canvas("codes_elsewhere").reading
    (codes,) = reading.at("/diagnostics/codes")
    rows = remedies_table(reading, number=1).rows
    named = {"month": "Time", "weight": "Weight"}
    for row, term in zip(
        rows, [t for t in codes["terms"] if t["term"] != "Intercept"], strict=False
    ):
        assert row.cells[1].text == named[term["term"]]
        assert is_shown(term["kept"], row.cells[2].text) and is_shown(
            term["kept_se"], row.cells[2].under
        )
        assert is_shown(term["dropped"], row.cells[3].text)
        assert row.cells[4].text == str(codes["rows_dropped"])


def test_a_concern_stands_under_the_lead_and_no_concern_does_not(canvas):
    for case, expected in (("codes_elsewhere", True), ("echoing", True), ("rising", False)):
        made = canvas(case)
        first = section(build_page(made, results="{}"), "answer").blocks[0]
        assert isinstance(first, Paragraph) == expected
        if expected:
            concern = checking.concern(made.reading)
            assert concern is not None
            assert (first.text, first.link) == (concern.text, "checks")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("bending", "bends along time"),
        ("echoing", "still alike"),
        ("wild_group", "lean on pupil p5"),
        ("deciding_group", "hangs on pupil p5"),
        ("noisy_groups", "scatter"),
        ("noisier_later", "at the high end of time"),
        ("codes_elsewhere", "weight holds 99.9"),
        ("codes_undeclared", "score holds −9"),
        ("copied_rows", "copied rows count twice"),
        ("repeated_times", "may be a slip"),
        ("rare_arm", "rests on 3 pupils"),
        ("leaving", "may not be by chance"),
        ("typed_wrong", "Within pupil p2 age changes"),
        ("few_groups", "Only 7 pupils"),
        ("entwined", "time and dose can hardly be told apart"),
    ],
)
def test_a_planted_fault_is_found_and_said_where_it_is(case, words, canvas):
    reading = canvas(case).reading
    said = [
        checking.check(reading, i).text
        for i, check in enumerate(reading.at("/checks"))
        if check["verdict"] != "fine"
    ]
    assert any(words in text for text in said), said


def test_panels_are_those_that_the_model_has(canvas):
    for case, wanted in (("rising", 6), ("falling", 5), ("without_time", 4), ("two_groups", 4)):
        made = canvas(case)
        effects = len(made.reading.at("/diagnostics/effects"))
        clouds = 3 if made.reading.slope else 2
        figure = diagnostics(made, number=1)
        assert len(figure.panels) == clouds + 1 + effects == wanted


def anchors(page):
    found = {each.id for each in page.sections}
    blocks = [block for each in page.sections for block in each.blocks]
    while blocks:
        block = blocks.pop()
        if isinstance(block, Fold):
            blocks += block.blocks
        if isinstance(block, Figure | Table):
            found.add(f"{block.kind}-{block.id}")
    return found


@pytest.mark.parametrize("case", ["rising", "falling", "without_time", "two_visits", "two_groups"])
def test_the_checklist_says_done_only_of_what_is_there(case, canvas):
    page = build_page(canvas(case), results="{}")
    (fold,) = section(page, "checklist").blocks
    assert isinstance(fold, Fold)
    (table,) = fold.blocks
    assert isinstance(table, Table)
    assert len(table.rows) == len(ITEMS) == 30
    assert not {"checklist"} & {row.cells[2].link for row in table.rows}
    for row in table.rows:
        state, where = row.cells[1], row.cells[2]
        if "done" in state.text:
            assert where.link in anchors(page) or where.text
        if where.link:
            assert where.link in anchors(page)


def test_an_item_whose_place_is_gone_is_not_done(canvas):
    made = canvas("rising")
    page = build_page(made, results="{}")
    states = {a.item.asks: a.state for a in answers(made.reading, places(page.sections))}
    kept = [each for each in page.sections if each.id not in {"checks", "checklist"}]
    without = {a.item.asks: a.state for a in answers(made.reading, places(kept))}
    lost = {asks for asks in states if states[asks] == "done" and without[asks] != "done"}
    assert "What lies far out, and how it was treated" in lost
    assert any(asks.startswith("Which assumptions were checked") for asks in lost)
    empty = answers(made.reading, ())
    assert "done" not in {answer.state for answer in empty}


def test_what_only_people_know_is_asked_for_and_shown_when_given(canvas):
    made = canvas("rising")
    page = places(build_page(made, results="{}").sections)
    asked = [answer for answer in answers(made.reading, page) if answer.state == "yours"]
    assert [answer.item.setting for answer in asked] == [
        *("selection", "missingness", "limits", "smallest_difference")
    ]
    study = {
        **made.reading.study,
        "design": {
            "randomised": False,
            "selection": "Every pupil of two schools.",
            "missingness": "Pupils moved away.",
            "limits": "Other schools.",
            "smallest_difference": 2.5,
        },
    }
    reading = Reading({**made.reading.numbers, "study": study})
    told = [answer for answer in answers(reading, page) if answer.item.setting]
    assert {answer.state for answer in told} == {"done"}
    assert (told[0].remark, told[-1].remark) == ("Every pupil of two schools.", "2.5\u00a0points")


def test_what_does_not_apply_has_its_reason(canvas):
    made = canvas("without_time")
    page = places(build_page(made, results="{}").sections)
    idle = {a.item.asks: a.remark for a in answers(made.reading, page) if a.state == "idle"}
    assert idle["How long groups were followed"] == "the study has no time"
    assert all(idle.values())
    settings = {item.setting for item in ITEMS if item.setting}
    assert settings <= set(replace(made.reading).study["design"])
