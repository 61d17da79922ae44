"""The rendering: what is escaped, what the policy allows, how each block is marked up."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import TemplateNotFound

from lmm.report import page as values
from lmm.report.overview import IndexEntry, IndexPage
from lmm.report.packing import unsqueeze
from lmm.report.page import (
    Cell,
    Column,
    Downloads,
    Equation,
    Figure,
    Fold,
    GroupFinder,
    Page,
    Panel,
    Paragraph,
    Section,
    Table,
    TableRow,
)
from lmm.report.render import render_index, render_page

HOSTILE = """<script>alert("x")</script> & 'y' "><img src=x onerror=alert(1)>"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>'


class Elements(HTMLParser):
    """All start tags with their attributes, and the text of each element by its tag."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags:
            self.texts.append((self.tags[-1][0], data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(*blocks, **changes) -> Page:
    section = Section(id="answer", heading="In short", finding="It grows.", blocks=blocks)
    settings = {
        "kicker": "Report",
        "title": "Growth",
        "byline": ("3 pigs",),
        "notice": "",
        "sections": (section,),
        "results": "{}",
        "footer": "Made here.",
    }
    return Page(**(settings | changes))


def rendered(*blocks, **changes) -> str:
    return render_page(page_of(*blocks, **changes))


def test_every_kind_of_block_has_a_template_and_every_template_a_kind():
    kinds = {
        next(field.default for field in fields(block) if field.name == "kind")
        for block in get_args(values.Block)
    }
    folder = Path(__file__).parents[3] / "templates" / "blocks"
    assert {file.name.removesuffix(".html.j2") for file in folder.iterdir()} == kinds


def test_an_unknown_kind_of_block_is_refused():
    with pytest.raises(TemplateNotFound):
        rendered(Paragraph(text="x", kind="hologram"))


def test_no_text_becomes_markup():
    html = rendered(
        Paragraph(text=HOSTILE, link="answer", link_text=HOSTILE),
        Figure(
            id="f",
            number=1,
            panels=(Panel(id="p", heading=HOSTILE, svg=SVG, alt=HOSTILE),),
            lead=HOSTILE,
            caption=HOSTILE,
        ),
        GroupFinder(label=HOSTILE, count=1, table_id="t"),
        Table(
            id="t",
            number=1,
            caption=HOSTILE,
            columns=(Column(text=HOSTILE),),
            rows=(TableRow(level=HOSTILE, cells=(Cell(text="short", header=True),)),),
            rest=(TableRow(level=HOSTILE, cells=(Cell(text=HOSTILE, header=True),)),),
        ),
        Downloads(results_name=HOSTILE, table_id="t", table_name=HOSTILE, table_label=HOSTILE),
        title=HOSTILE,
        kicker=HOSTILE,
        byline=(HOSTILE,),
        tally=HOSTILE,
        notice=HOSTILE,
        footer=HOSTILE,
        results=json.dumps({"name": HOSTILE}),
    )
    found = Elements(html)
    assert found.of("img") == []
    assert [script.get("id") for script in found.of("script")] == [None, "results", None]
    attributes = {name for _, attributes in found.tags for name in attributes}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
    assert [row["data-level"] for row in found.of("tr") if row] == [HOSTILE]
    assert found.of("svg")[0]["aria-label"] == HOSTILE


def test_the_policy_names_exactly_the_style_and_script_of_the_file():
    html = rendered()
    policy = Elements(html).of("meta")[1]["content"]

    def digest(pattern: str) -> str:
        (text,) = re.findall(pattern, html, re.DOTALL)
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest('<style>(.*?)</style>')}'; "
        f"script-src 'sha256-{digest('<script>(.*?)</script>')}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_style_and_script_cannot_end_their_element_early():
    folder = Path(__file__).parents[3] / "templates"
    assert "</style" not in (folder / "report.css").read_text("utf-8").lower()
    script = (folder / "report.js").read_text("utf-8").lower()
    assert "</script" not in script
    assert "<!--" not in script


def squeezed(html: str, mark: str) -> str:
    (block,) = re.findall(rf'<script type="application/json" {mark}>(.*?)</script>', html)
    assert re.fullmatch(r'"[A-Za-z0-9+/=]+"', block)
    return unsqueeze(json.loads(block))


def test_results_survive_unharmed_in_a_block_that_cannot_be_left():
    results = {"name": HOSTILE, "line": "\u2028\u2029", "slope": -0.5, "comment": "<!-- </SCRIPT>"}
    html = rendered(results=json.dumps(results, ensure_ascii=False))
    assert json.loads(squeezed(html, 'id="results"')) == results


def test_rows_that_a_long_table_does_not_show_are_carried_beside_it():
    heads = (Column(text="Pig", numeric=False), Column(text="kg"))
    rows = [
        TableRow(level=f"pig {i}", cells=(Cell(text=f"p{i}", header=True), Cell(text=f"{i}.5")))
        for i in range(3)
    ]
    html = rendered(
        Table(id="t", number=1, caption="c", columns=heads, rows=(rows[0],), rest=tuple(rows[1:]))
    )
    assert json.loads(squeezed(html, 'data-rest="table-t"')) == [
        ["pig 1", "p1", "1.5"],
        ["pig 2", "p2", "2.5"],
    ]
    assert len(Elements(html).of("td")) == 1
    assert "data-rest" not in rendered(
        Table(id="t", number=1, caption="c", columns=heads, rows=tuple(rows))
    ).replace("[data-rest", "")


def test_the_style_sheet_is_carried_without_its_comments():
    (style,) = re.findall("<style>(.*?)</style>", rendered(), re.DOTALL)
    assert "/*" not in style
    assert "\n " not in style
    assert style.count("{") == style.count("}") > 200


def test_drawings_and_equations_carry_their_meaning_in_words():
    html = rendered(
        Figure(
            id="f",
            number=1,
            panels=(Panel(id="p", heading="h", svg=SVG, alt='a "rise"'),),
            lead="l",
        ),
        Equation(mathml="<math><mi>y</mi></math>", alt="y < 1"),
    )
    found = Elements(html)
    assert found.of("svg")[0]["role"] == "img"
    assert found.of("svg")[0]["aria-label"] == 'a "rise"'
    assert found.of("math")[0]["aria-label"] == "y < 1"
    assert '<path d="M0 0h9"/></svg>' in html


def test_a_drawing_that_names_itself_keeps_its_name_and_loses_its_prologue():
    svg = '<?xml version="1.0"?>\n<svg role="img" aria-label="own name"></svg>'
    html = rendered(
        Figure(id="f", number=1, panels=(Panel(id="p", heading="h", svg=svg, alt="x"),), lead="l")
    )
    assert Elements(html).of("svg")[0]["aria-label"] == "own name"
    assert "<?xml" not in html


def test_a_table_says_what_heads_what():
    table = Table(
        id="four",
        number=2,
        caption="Models",
        columns=(
            Column(text="", numeric=False),
            Column(text="Pooled"),
            Column(text="Mixed", under="used here", marked=True),
        ),
        rows=(
            TableRow(group="Average line"),
            TableRow(
                level="a&b",
                cells=(
                    Cell(text="Slope", header=True, numeric=False),
                    Cell(text="0.30", under="0.20 to 0.40"),
                    Cell(text="✓ fine", numeric=False, tone="ok"),
                ),
            ),
            TableRow(group="Spread"),
            TableRow(
                cells=(Cell(text="σ", header=True, numeric=False), Cell(text="–"), Cell(text="1.0"))
            ),
        ),
        notes=("A dash means none.",),
    )
    html = rendered(table)
    found = Elements(html)
    assert [head.get("scope") for head in found.of("th")] == [
        "col", "col", "rowgroup", "row", "rowgroup", "row",
    ]  # fmt: skip
    assert [cell.get("class") for cell in found.of("td")] == [
        None,
        "n",
        "marked ok",
        "n",
        "n marked",
    ]
    assert len(found.of("tbody")) == 2
    assert [row["data-level"] for row in found.of("tr") if "data-level" in row] == ["a&b"]
    assert found.of("div")[1] == {
        "class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Table 2. Models",
    }  # fmt: skip
    assert "<small>0.20 to 0.40</small>" in html
    assert "data-l=" not in html


def test_a_stacked_table_labels_its_cells():
    table = Table(
        id="words",
        number=1,
        caption="Checks",
        stacked=True,
        columns=(Column(text="Check", numeric=False), Column(text="What & why", numeric=False)),
        rows=(
            TableRow(
                cells=(
                    Cell(text="Bend", header=True, numeric=False),
                    Cell(text="None", numeric=False),
                )
            ),
        ),
    )
    assert Elements(rendered(table)).of("td") == [{"data-l": "What & why"}]


def test_a_fold_holds_any_blocks_even_folds():
    inner = Fold(summary="Deeper", blocks=(Paragraph(text="At the bottom"),))
    found = Elements(rendered(Fold(summary="More", blocks=(Paragraph(text="First"), inner))))
    assert len(found.of("details")) == 2
    assert ("p", "At the bottom") in found.texts


@pytest.mark.parametrize(("count", "kind"), [(300, "select"), (301, "input")])
def test_a_look_up_among_hundreds_is_typed_into(count, kind):
    found = Elements(rendered(GroupFinder(label="Find a pig", count=count, table_id="pigs")))
    (finder,) = found.of(kind)
    assert finder["data-finder"] == "table-pigs"


def test_the_tally_leads_to_the_checks_and_the_first_finding_to_the_description():
    found = Elements(rendered(tally="6 fine, 2 to note"))
    assert {"href": "#checks"} in found.of("a")
    assert {"name": "description", "content": "It grows."} in found.of("meta")


def test_rendering_again_gives_the_same_bytes():
    assert rendered(Paragraph(text="x")) == rendered(Paragraph(text="x"))


def entry(**changes) -> IndexEntry:
    settings = {
        "study": "pigs",
        "title": "Growth of pigs",
        "href": "pigs/report.html",
        "state": "ok",
        "state_text": "Up to date",
        "headline": "A pig gains 6 kg a week.",
        "made_on": "22 November 2026",
    }
    return IndexEntry(**(settings | changes))


@pytest.mark.parametrize(("state", "sign"), [("ok", "✓"), ("stale", "▲"), ("failed", "✕")])
def test_the_index_shows_a_state_by_sign_word_and_colour(state, sign):
    html = render_index(IndexPage(title="Reports", entries=(entry(state=state),), footer=""))
    assert f'<p class="state {state}"><span aria-hidden="true">{sign}</span> Up to date</p>' in html


def test_the_index_links_what_exists_and_escapes_what_it_says():
    failed = entry(title=HOSTILE, href="", state="failed", headline="", made_on="", message=HOSTILE)
    found = Elements(render_index(IndexPage(title="Reports", entries=(entry(), failed), footer="")))
    assert [link["href"] for link in found.of("a")] == ["pigs/report.html"]
    assert found.of("script") == []
    assert found.of("img") == []
    assert sum(HOSTILE in text for _, text in found.texts) == 2


def test_an_index_without_studies_says_so():
    html = render_index(IndexPage(title="Reports", entries=(), footer=""))
    assert "No study is configured yet." in html
