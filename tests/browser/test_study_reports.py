"""Reports of whole studies, from table to page, opened offline: every state a study can be in looks sound."""

from __future__ import annotations

import json
import re

import pytest

from lmm.report.packing import unpack, unsqueeze

from .reading import COLLISIONS, PROSE, SHEET, SMALLEST_ON_PAPER

CASES = (
    *("rising", "no_differences", "without_time", "factor_covariate", "no_units"),
    *("two_groups", "mostly_once", "hostile_labels", "falling", "tiny_numbers", "data_grown"),
    *("schools", "markers", "markers_of_schools", "stopped", "named_by_formula"),
)


# What scrolls sideways and cannot be reached by the keyboard; what is wider than a sheet.
OUT_OF_REACH = """() => {
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  return [...document.querySelectorAll("main *")].filter((part) => part.scrollWidth > part.clientWidth + 1
    && ["auto", "scroll"].includes(getComputedStyle(part).overflowX) && part.tabIndex < 0)
    .map((part) => part.outerHTML.slice(0, 80));
}"""
CUT_OFF = """(sheet) => [...document.querySelectorAll("table, pre, svg, math")]
  .filter((part) => part.getBoundingClientRect().right > sheet + 1).map((part) => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("case", CASES)
def test_quiet_named_and_no_wider_than_a_phone(opened, case):
    page = opened(case, width=375)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert page.events == []
    drawings = page.evaluate("[...document.querySelectorAll('svg')].map((svg) => svg.ariaLabel)")
    assert all(len(name) > 40 for name in drawings)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate(OUT_OF_REACH) == []
    page.set_viewport_size({"width": SHEET, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF, SHEET) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [375, 1280])
def test_no_words_of_a_figure_collide(opened, case, width):
    assert opened(case, width=width).evaluate(COLLISIONS) == []


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_a_template_or_of_python_is_left_in_the_text(opened, case):
    text = opened(case).inner_text("body")
    for leftover in ("{{", "{%", "-0.0", "\u22120.00 ", "  to "):
        assert leftover not in text, leftover
    assert not re.findall(r"\b(?:None|nan|NaN|inf|Infinity)\b", text)


@pytest.mark.parametrize("case", CASES)
def test_no_name_is_told_as_a_formula_has_it(opened, case):
    prose = opened(case).evaluate(PROSE)
    assert len(prose) > 1000
    for mark in ("[T.", "C(", "`", "random_slope", "random_intercept"):
        assert mark not in prose, mark


@pytest.mark.parametrize("case", ["rising", "without_time", "schools", "markers"])
def test_words_of_drawings_can_be_read_on_paper_and_do_not_collide(opened, case):
    """Six points: below that a footnote is no longer read at arm's length."""
    page = opened(case, width=SHEET)
    page.emulate_media(media="print")
    sizes = page.evaluate(SMALLEST_ON_PAPER)
    assert len(sizes) >= 3
    assert {figure for figure, points in sizes.items() if points < 6.0} == set()
    assert page.evaluate(COLLISIONS) == []


def test_no_answer_is_given_where_none_was_found(opened):
    page = opened("stopped")
    assert page.inner_text("#answer .find").startswith("There is no answer yet")
    assert "did not end at a proven optimum" in page.inner_text("#answer")


@pytest.mark.parametrize(
    ("case", "scheme"),
    [("rising", "light"), ("factor_covariate", "dark"), ("schools", "light"), ("markers", "dark")],
)
def test_no_accessibility_rule_is_broken(opened, case, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="the package axe-playwright-python is not installed",
    )
    page = opened(case, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert axe.Axe().run(page).response["violations"] == []


def test_the_page_carries_the_results_it_was_made_from(opened, reports):
    page = opened("rising")
    results = json.loads((reports("rising") / "results.json").read_text(encoding="utf-8"))
    assert unpack(json.loads(unsqueeze(json.loads(page.text_content("#results"))))) == results
    with page.expect_download() as download:
        page.get_by_role("button", name="Save results (JSON)").click()
    assert json.loads(download.value.path().read_text("utf-8")) == results


def test_a_pupil_is_found_in_every_figure(opened):
    page = opened("rising")
    page.select_option("#finder", "p20")
    assert "p20" in page.inner_text("[data-found]")
