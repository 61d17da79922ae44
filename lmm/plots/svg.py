"""A matplotlib figure as compact inline SVG for the page.

One user unit is one pixel. Colours become classes (:data:`CLASSES`), never literals, so that one
style sheet serves light, dark, print and forced colours. Layers whose marks belong to groups carry
``data-i="0-1x4 3"``: the path's first four sub-paths belong to group 0 of the page's list, the
next four to group 1, the last one to group 3. Each sub-path starts with ``m`` (the first one is
absolute, as SVG has it; all others are relative to the point before); a dot is ``mdx dyh0``, a line
``m`` and further pairs.
"""

from __future__ import annotations

from xml.etree import ElementTree

from matplotlib.figure import Figure

from lmm.plots.pathdata import decimal, path_data
from lmm.plots.renderer import PageRenderer
from lmm.plots.style import DARK, LIGHT, TEXT_SIZE, clean

#: Every class a picture may use and what it stands for; ``k-*`` colour a stroke, ``f-*`` a fill.
CLASSES: dict[str, str] = {
    "plot": "the svg element itself",
    "t": "text: axis words and ticks, secondary ink",
    "t-strong": "text in ink",
    "t-grey": "text in grey, for remarks",
    "t-model": "text in the model's colour",
    "t-high": "text in the tone of the upper extreme",
    "t-low": "text in the tone of the lower extreme",
    "t-ok": "text of a passed check",
    "t-note": "text of a check worth a note",
    "t-bad": "text of a failed check",
    "t-bg": "text in the page's background colour, on a filled bar",
    "halo": "text with a rim in the background colour (paint-order: stroke)",
    "dots": "a layer of dots: zero-length sub-paths with round caps",
    "dash": "a dashed or dotted line (the pattern is an attribute)",
} | {
    f"{kind}-{name}": f"{verb} in {name}"
    for kind, verb in (("k", "stroke"), ("f", "fill"))
    for name in LIGHT
}


def to_svg(figure: Figure, *, id: str, alt: str) -> str:
    """Return the figure as an ``<svg>`` element; ``alt`` says it in words, ``id`` is ``data-panel``.

    The same figure always gives the same bytes. ``ValueError`` if a colour has no class.
    """
    renderer = PageRenderer(*(figure.get_size_inches() * 72.0))
    figure.draw(renderer)
    root = ElementTree.Element(
        "svg",
        {
            "class": "plot",
            "data-panel": clean(id),
            "viewBox": f"0 0 {decimal(renderer.width)} {decimal(renderer.height)}",
            "width": decimal(renderer.width),
            "height": decimal(renderer.height),
            "role": "img",
            "aria-label": clean(alt),
            "font-size": decimal(TEXT_SIZE),
            "fill": "none",
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        },
    )
    for layer in renderer.layers:
        ElementTree.SubElement(root, "path", layer.attributes | {"d": path_data(layer.paths)})
    for attributes, lines in renderer.texts.items():
        parent = ElementTree.SubElement(root, "g", dict(attributes))
        for x, y, words in lines:
            ElementTree.SubElement(parent, "text", {"x": decimal(x), "y": decimal(y)}).text = words
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def standalone(svg: str) -> str:
    """Return an inline picture as a file of its own, with the colours the page would give it."""
    head, _, rest = svg.partition(">")
    style = f"<style>{style_sheet()}</style>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head} xmlns="http://www.w3.org/2000/svg">{style}{rest}\n'


def style_sheet() -> str:
    """Return the rules of :data:`CLASSES` with variables for the light and the dark palette."""

    def variables(palette: dict[str, str]) -> str:
        return ";".join(f"--{name}:{value}" for name, value in palette.items())

    rules = [f".plot{{{variables(LIGHT)};font-family:Arial,Helvetica,sans-serif}}"]
    rules.append(
        f"@media(prefers-color-scheme:dark){{.plot{{{variables(DARK)};background:var(--bg)}}}}"
    )
    rules += [f".k-{name}{{stroke:var(--{name})}}.f-{name}{{fill:var(--{name})}}" for name in LIGHT]
    rules.append(".t{fill:var(--ink2)}.t-strong{fill:var(--ink)}")
    rules += [
        f".t-{name}{{fill:var(--{name})}}"
        for name in ("grey", "model", "high", "low", "ok", "note", "bad", "bg")
    ]
    rules.append(
        ".halo{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}"
    )
    return "".join(rules)
