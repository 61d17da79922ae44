"""Equations as MathML, written into the page when it is built: the reader's browser needs no script."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer under the name that ``html_math_renderer`` asks for."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(self: Any, node: nodes.math) -> None:
    """An equation within a line."""
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def displayed(self: Any, node: nodes.math_block) -> None:
    """An equation on its own, with its number where it has one."""
    number = node.get("number")
    place = f' id="{node["ids"][0]}"' if node["ids"] else ""
    told = f'<span class="number">({number})</span>' if number else ""
    equation = convert(node.astext(), display="block")
    self.body.append(f'<div class="equation"{place}>{equation}{told}</div>\n')
    raise nodes.SkipNode
