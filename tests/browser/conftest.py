"""A headless Chromium, and the sample page opened in it from the disk, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from lmm.report.render import render_index, render_page
from tests.text.made import reported

from .sample_page import sample_index, sample_page


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Chromium as the environment variable CHROMIUM or the search path names it."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="the package playwright is not installed"
    )
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not chromium:
        pytest.skip("no Chromium: install it, or name it in the environment variable CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The rendered files by name: a report, one with fewer and one with more groups, the index."""
    folder = tmp_path_factory.mktemp("reports")
    texts = {
        "report": render_page(sample_page()),
        "brief": render_page(sample_page(groups=30)),
        "crowded": render_page(sample_page(groups=400)),
        "long": render_page(sample_page(groups=1200)),
        "index": render_index(sample_index()),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def show(browser, pages) -> Iterator[Callable]:
    """Open a page: ``show("report", width=375, color_scheme="dark")``; closes it after the test."""
    contexts = []

    def open_page(name: str = "report", *, width: int = 1280, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, accept_downloads=True, **options
        )
        contexts.append(context)
        opened = context.new_page()
        opened.events = []
        opened.on("console", lambda message: opened.events.append(message.text))
        opened.on("pageerror", lambda error: opened.events.append(str(error)))
        opened.on("dialog", lambda dialog: (opened.events.append(dialog.message), dialog.dismiss()))
        opened.on("request", lambda request: opened.events.append(request.url))
        opened.goto(pages[name].as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Callable[[str], Path]:
    """``reports("rising")``: the folder of the case's report, made once."""
    return cache(lambda case: reported(case, shared_folder, tmp_path_factory.mktemp(case)))


@pytest.fixture
def opened(browser, reports) -> Iterator[Callable]:
    """Open a case's report; what it says to the console or asks of a network is gathered."""
    contexts = []

    def open_report(case: str, width: int = 1280, scheme: str = "light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, color_scheme=scheme, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.events = []
        page.on("console", lambda message: page.events.append(message.text))
        page.on("pageerror", lambda error: page.events.append(str(error)))
        page.goto((reports(case) / "report.html").as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()
