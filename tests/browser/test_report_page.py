"""The report in a real browser: offline, inert to hostile names, readable everywhere, usable by all."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise

import pytest

from .sample_blocks import HOSTILE
from .sample_drawings import children, dot_place
from .sample_page import SECTIONS, sample_levels

CONTRAST_AND_MORE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("name", ["report", "crowded", "index"])
def test_nothing_is_requested_and_nothing_is_complained_about(show, pages, name):
    page = show(name)
    page.mouse.wheel(0, 20000)
    page.wait_for_timeout(200)
    assert page.events == [pages[name].as_uri()]


def test_the_policy_stops_scripts_and_styles_that_are_not_ours(show):
    page = show()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.intruder = true";
            document.body.append(script);
            const style = document.createElement("style");
            style.textContent = "body { opacity: .5 }";
            document.body.append(style);
        }"""
    )
    assert page.evaluate("window.intruder") is None
    assert page.evaluate("getComputedStyle(document.body).opacity") == "1"
    assert len([text for text in page.events if "Content Security Policy" in text]) == 2


def test_hostile_names_are_only_ever_text(show):
    page = show()
    page.select_option("#finder", HOSTILE)
    assert HOSTILE in page.inner_text("[data-found]")
    assert HOSTILE in page.inner_text("[data-chip]")
    assert page.locator("img").count() == 0
    assert len(page.events) == 1


@pytest.mark.parametrize("name", ["report", "index"])
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_no_page_is_wider_than_its_window(show, name, width):
    page = show(name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ["report", "index"])
def test_headings_descend_one_step_at_a_time(show, name):
    levels = show(name).evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => +heading.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_sections_stand_in_order_and_the_contents_lead_to_them(show):
    page = show()
    assert page.evaluate(
        "[...document.querySelectorAll('main > section')].map((part) => part.id)"
    ) == list(SECTIONS)
    targets = page.evaluate("[...document.querySelectorAll('a')].map((link) => link.hash.slice(1))")
    assert set(targets) <= set(
        page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    )
    assert set(SECTIONS) <= set(targets)


def test_ids_are_unique_and_every_drawing_has_a_name(show):
    page = show()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert len(ids) == len(set(ids))
    names = page.evaluate(
        "[...document.querySelectorAll('svg')].map((svg) => svg.getAttribute('role') + svg.ariaLabel)"
    )
    assert len(names) == 16
    assert all(name.startswith("img") and len(name) > 60 for name in names)


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("brief", 1280, "light"),
        ("brief", 1280, "dark"),
        ("brief", 375, "light"),
        ("index", 1280, "light"),
        ("index", 375, "dark"),
    ],
)
def test_no_accessibility_rule_is_broken(show, name, width, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="the package axe-playwright-python is not installed",
    )
    page = show(name, width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    if name == "brief":
        page.select_option("#finder", "17")
    rules = {"runOnly": {"type": "tag", "values": CONTRAST_AND_MORE}}
    found = axe.Axe().run(page, options=rules)
    assert found.response["violations"] == []


def test_dark_mode_reaches_page_and_figures(show):
    page = show(color_scheme="dark")
    colours = page.evaluate(
        """() => [getComputedStyle(document.body).backgroundColor,
                  getComputedStyle(document.querySelector("svg .t")).fill]"""
    )
    assert colours == ["rgb(20, 24, 28)", "rgb(185, 193, 200)"]


def test_paper_is_light_whole_and_without_furniture(show):
    page = show(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('svg .t')).fill")
        == "rgb(69, 77, 85)"
    )
    shown = page.evaluate(
        """() => [...document.querySelectorAll("nav, button, select, .skip")]
            .filter((part) => part.getBoundingClientRect().height > 0).length"""
    )
    assert shown == 0
    split = page.evaluate(
        "[...document.querySelectorAll('figure')].filter((f) => getComputedStyle(f).breakInside !== 'avoid').length"
    )
    assert split == 0


def test_folds_are_open_on_paper_and_as_they_were_afterwards(show):
    page = show()
    visible = "[...document.querySelectorAll('.inside')].map((part) => part.checkVisibility())"
    assert page.evaluate(visible) == [False, False, False]
    page.emulate_media(media="print")
    assert page.evaluate(visible) == [True, True, True]  # by style alone, should no script run
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_the_printed_file_is_tagged_and_of_sensible_length(show):
    pdf = show().pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert b"/StructTreeRoot" in pdf
    pages = pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")
    assert 5 <= pages <= 10


def test_without_script_all_text_is_there_and_no_dead_control(show):
    words = show().inner_text("main").split()
    page = show(java_script_enabled=False)
    plain = page.locator("main").inner_text().split()
    assert len(plain) > 0.75 * len(
        words
    )  # the look-up's list of 200 names, which the script makes, is the difference
    assert page.locator("table[data-levels] tbody tr").count() == 200
    assert page.locator("button:visible, select:visible").count() == 0
    assert page.locator("figure svg:visible").count() == 16
    page.locator("summary").first.click()
    assert page.locator("math").first.is_visible()


def test_a_group_is_marked_in_every_figure_and_told_in_words(show):
    page = show()
    page.select_option("#finder", "57")
    marked = page.evaluate(
        """[...document.querySelectorAll("figure svg")]
            .filter((svg) => svg.querySelector("path[data-i]"))
            .map((svg) => svg.querySelectorAll(".found-over").length)"""
    )
    assert marked == [1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1]
    assert page.inner_text("[data-found]").startswith("Child 57 Visits 5 Own level")
    assert page.get_attribute("[data-found]", "role") == "status"
    assert page.inner_text("tr.here th") == "57"
    page.select_option("#finder", "")
    assert page.locator(".found-over, tr.here").count() == 0
    assert page.inner_text("[data-found]") == ""
    assert not page.locator("[data-chip]").is_visible()


def test_the_marked_copy_lies_exactly_on_the_mark(show):
    page = show()
    # The residual plot is one path of relative moves. Child 8 has one dot in it, after 35 others.
    page.select_option("#finder", "8")
    copy = page.get_attribute("#panel-residual-0 .found-over", "d")
    x, y = re.findall(r"[\d.]+(?= |h0)", copy)
    assert (float(x), float(y)) == pytest.approx(dot_place(*children(200)[7][0]), abs=0.11)


def test_pointing_at_a_mark_marks_its_group_and_leaving_unmarks_it(show):
    page = show()
    page.locator("#panel-residual-0").scroll_into_view_if_needed()
    page.select_option("#finder", "8")
    spot = page.evaluate(
        """() => {
            const path = document.querySelector("#panel-residual-0 .found-over");
            const [x, y] = path.getAttribute("d").match(/[\\d.]+/g).map(Number);
            const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM());
            return [at.x, at.y];
        }"""
    )
    page.select_option("#finder", "")
    page.locator("#panel-residual-0").scroll_into_view_if_needed()
    page.mouse.move(*spot)
    assert page.inner_text("[data-chip] span") == "Child 8"
    page.mouse.move(2, 2)
    assert page.locator(".found-over").count() == 0
    page.mouse.click(*spot)
    page.mouse.move(2, 2)
    assert page.input_value("#finder") == "8"
    page.get_by_role("button", name="Clear").click()
    assert page.input_value("#finder") == ""


def test_hundreds_of_groups_are_typed_into(show):
    page = show("crowded")
    page.fill("#finder", "399")
    assert page.inner_text("[data-found]").startswith("Child 399 ")
    assert page.locator(".found-over").count() > 10
    page.fill("#finder", "no such child")
    assert page.inner_text("[data-found]").startswith("Child 399 ")


def test_rows_that_a_long_table_leaves_out_are_found_and_saved(show):
    page = show("long")
    assert page.locator("table[data-levels] tbody tr").count() == 500
    page.locator("#finder-levels option").nth(1199).wait_for(state="attached")
    page.fill("#finder", "1199")
    assert page.inner_text("[data-found]").startswith("Child 1199 Visits 5")
    assert page.locator(".found-over").count() > 10
    assert page.locator("tr.here").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Save table of children (CSV)").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert [row[0] for row in rows[1:]] == list(sample_levels(1200))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert float(rows[-1][4]) == -0.043  # of the 1200th


def test_the_buttons_save_what_the_page_holds(show):
    page = show()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save results (JSON)").click()
    assert download.value.suggested_filename == "nepal-results.json"
    assert json.loads(download.value.path().read_text("utf-8")) == {
        "title": HOSTILE,
        "separator": "\u2028\u2029",
        "slope": 0.0325,
    }
    with page.expect_download() as download:
        page.get_by_role("button", name="Save table of children (CSV)").click()
    assert download.value.suggested_filename == "nepal-children.csv"
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert rows[0][:3] == ["Child", "Visits", "Own level"]
    assert [row[0] for row in rows[1:]] == list(sample_levels(200))
    assert float(rows[1][4]) == -0.001  # a true minus sign would not be a number


def test_the_print_button_prints(show):
    page = show()
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.evaluate("window.printed") == 1


def test_every_stop_of_the_tab_key_shows_where_it_is(show):
    page = show()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const part = document.activeElement, style = getComputedStyle(part);
                return part === document.body ? null
                    : [part.outerHTML.slice(0, 60), style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
            }"""
        )
        if stop is None:
            break
        seen.append(stop)
    assert seen[0][0].startswith('<a class="skip"')
    assert len(seen) > 30
    assert [stop for stop, visible in seen if not visible] == []


def test_the_contents_show_the_section_that_is_read(show):
    page = show()
    page.evaluate("document.querySelector('#checks').scrollIntoView()")
    # not by a waiting function: the page's policy forbids the eval that it needs
    page.locator(".contents a[href='#checks'][aria-current]").wait_for()
    assert page.locator(".contents [aria-current]").count() == 1


def test_nothing_moves_for_those_who_ask_for_calm(show):
    page = show(reduced_motion="reduce", width=375)
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter((part) => {
            const style = getComputedStyle(part);
            return parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === "smooth"
                || (style.animationName !== "none" && parseFloat(style.animationDuration) > 0);
        }).length"""
    )
    assert moving == 0


def test_index_links_studies_and_says_what_is_wrong(show):
    page = show("index")
    links = page.evaluate(
        "[...document.querySelectorAll('main a')].map((link) => link.getAttribute('href'))"
    )
    assert links == ["pigs/report.html", "nepal/report.html"]
    words = page.locator(".state").all_inner_texts()
    assert [text[0] for text in words] == ["✓", "▲", "✕"]
    colours = page.evaluate(
        "[...document.querySelectorAll('.state')].map((state) => getComputedStyle(state).color)"
    )
    assert len(set(colours)) == 3
    assert "row 412" in page.inner_text("main")
