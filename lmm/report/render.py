"""A page in, its HTML text out: the only module that knows Jinja2.

Everything is escaped except the drawings and equations this package makes itself. Style and script
stand in the file; the content security policy names their digests, so that nothing else can run.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lmm.report.overview import IndexPage
from lmm.report.packing import squeeze
from lmm.report.page import Page, Table

# A wheel carries the templates inside the package, a checkout at its top.
_PLACES = (Path(__file__).parent / "templates", Path(__file__).parents[2] / "templates")


def render_page(page: Page) -> str:
    """The report as one HTML file that needs nothing else and asks for nothing."""
    return _render("report.html.j2", page, script=_asset("report.js"))


def render_index(page: IndexPage) -> str:
    """The list of all studies, in the style of the reports it links to; it needs no script."""
    return _render("index.html.j2", page, script=Markup())


def _render(template: str, page: Page | IndexPage, *, script: Markup) -> str:
    style = _asset("report.css")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    source = _environment().get_template(template)
    text = source.render(page=page, style=style, script=script, policy=policy)
    return text.rstrip() + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PLACES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["named"] = _named
    environment.filters["squeezed"] = _squeezed
    environment.filters["rest"] = _rest
    return environment


@cache
def _asset(name: str) -> Markup:
    for place in _PLACES:
        if (place / name).is_file():
            return Markup(_lean((place / name).read_text(encoding="utf-8")))
    raise FileNotFoundError(f"{name} is in none of {', '.join(map(str, _PLACES))}")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _named(markup: str, name: str, element: str) -> Markup:
    """An ``svg`` or ``math`` element that says in words what it shows (unless it already does)."""
    opening = f"<{element}"
    start = markup.index(opening)
    head, rest = markup[: start + len(opening)], markup[start + len(opening) :]
    if "aria-label=" in rest.partition(">")[0]:
        return Markup(markup[start:])
    role = ' role="img"' if element == "svg" else ""
    return Markup(f'{head[start:]}{role} aria-label="{escape(name)}"{rest}')


def _squeezed(text: str) -> Markup:
    """JSON text as one JSON string whose signs (base64) can neither end a script element nor start a comment."""
    return Markup(f'"{squeeze(text)}"')


def _rest(table: Table) -> str:
    """The rows that a long table does not show, as JSON: each its level and its cells."""
    rows = [[row.level, *(cell.text for cell in row.cells)] for row in table.rest]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _lean(text: str) -> str:
    """A style sheet or script without indentation, empty lines and comments (which fill whole lines)."""
    bare = re.sub(r"^\s*(?:/\*.*?\*/|//[^\n]*)$", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(line for raw in bare.splitlines() if (line := raw.strip()))
