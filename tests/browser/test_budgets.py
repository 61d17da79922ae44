"""What a report may cost its reader: words, school years, bytes, sheets of paper; the twins of the course's studies."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmm.study.analysis.analyse import write_analysis
from lmm.study.configuration.load import get_study, load_configuration
from lmm.study.publishing.reporting import write_report

from .reading import COLLISIONS, pages_on_paper, read

CONFIGURATION = Path(__file__).parents[2] / "config.yaml"
KILOBYTES = {"nepal": 300, "pigs": 250}


@pytest.fixture(scope="module", params=sorted(KILOBYTES))
def report(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    study = get_study(load_configuration(CONFIGURATION), request.param)
    steps = {"analysis_path": folder / "a.json", "measurements_path": folder / "m.json"}
    write_analysis(study, **steps)
    write_report(
        study,
        configuration=CONFIGURATION,
        history=folder / "history.jsonl",
        directory=folder / request.param,
        **steps,
    )
    return folder / request.param / "report.html"


@pytest.fixture
def page(browser, report):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened = context.new_page()
    opened.goto(report.as_uri())
    yield opened
    context.close()


def test_a_reader_is_through_in_four_minutes_without_a_degree(page):
    """900 words of a bulletin's analysis; a school year of 8 is what plain-language guides ask for."""
    found = read(page)
    assert 600 <= found.words <= 900
    assert found.grade <= 8.0


def test_the_file_can_be_mailed(report):
    assert report.stat().st_size <= 1000 * KILOBYTES[report.parent.name]


def test_it_prints_on_nine_sheets_before_the_table_of_groups(page):
    assert pages_on_paper(page) <= 9


def test_no_words_of_a_figure_collide(page):
    assert page.evaluate(COLLISIONS) == []


def test_it_is_shown_at_once(page):
    """The budget is 200 ms on an idle machine; the machine that tests is not idle."""
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    assert timing["domContentLoadedEventEnd"] < 1000


def test_nothing_is_hidden_from_those_without_scripts(browser, report):
    context = browser.new_context(java_script_enabled=False, offline=True)
    opened = context.new_page()
    opened.goto(report.as_uri())
    assert opened.locator("main section").count() >= 10
    assert opened.locator("figure svg").count() >= 16
    assert opened.locator("button:visible, select:visible").count() == 0
    assert opened.locator("main").inner_text().count("Table ") >= 2
    context.close()
