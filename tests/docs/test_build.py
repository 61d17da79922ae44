"""The documentation builds without a warning, links to nothing that is not there, and fetches nothing."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from .blocks import CHECKOUT

pytestmark = pytest.mark.slow

# Attributes that make a browser fetch something, by element; a link is only followed by a reader.
FETCHED = {
    ("audio", "src"),
    ("embed", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
}


class Found(HTMLParser):
    """Of one page: its ids, the addresses it links to, those that it has the browser fetch."""

    def __init__(self, text: str):
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        if tag == "link" and given.get("rel") in ("search", "index", "next", "prev", "canonical"):
            self.links.add(given["href"])
            return
        self.fetched |= {given[name] for name in given if (tag, name) in FETCHED}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = [
        name for name in ("sphinx", "furo", "myst_parser") if not importlib.util.find_spec(name)
    ]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    command = re.search(r"^docs:.*\n\t@?\$\(bin\)/python (-m sphinx .*?) docs \S+$", makefile, re.M)
    assert command, "the Makefile's target docs is not understood"
    folder = tmp_path_factory.mktemp("docs")
    options = [*command[1].split(), "-d", str(folder / "doctrees")]
    done = subprocess.run(
        [sys.executable, *options, "docs", str(folder / "html")],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert "-W" in options
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Found]:
    return {path: Found(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_reached_from_the_first(site: Path, pages: dict[Path, Found]):
    sources = {path.relative_to(CHECKOUT / "docs") for path in (CHECKOUT / "docs").rglob("*.md")}
    assert {site / source.with_suffix(".html") for source in sources} <= pages.keys()
    reached, waiting = set(), [site / "index.html"]
    while waiting:
        page = waiting.pop()
        if page in pages and page not in reached:
            reached.add(page)
            links = (urlsplit(link) for link in pages[page].links)
            waiting += [(page.parent / unquote(link.path)).resolve() for link in links if link.path]
    assert {site / source.with_suffix(".html") for source in sources} <= reached


def test_no_link_within_the_pages_is_dead(site: Path, pages: dict[Path, Found]):
    dead = []
    for page, found in pages.items():
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            wanted = unquote(parts.fragment)
            known = pages[target].ids if target in pages else {wanted}
            if not target.exists() or (wanted and wanted not in known):
                dead.append((page.name, link))
    assert not dead


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: dict[Path, Found]):
    assert sum(len(found.fetched) for found in pages.values()) > 0
    elsewhere = {
        (page.name, address)
        for page, found in pages.items()
        for address in found.fetched
        if urlsplit(address).netloc
    }
    assert not elsewhere
    for style in site.rglob("*.css"):
        addresses = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", style.read_text("utf-8"))
        assert not [address for address in addresses if urlsplit(address).netloc], style.name


def test_what_is_fetched_is_there(pages: dict[Path, Found]):
    missing = {
        (page.name, address)
        for page, found in pages.items()
        for address in found.fetched
        if not address.startswith("data:")
        and not (page.parent / unquote(urlsplit(address).path)).exists()
    }
    assert not missing
