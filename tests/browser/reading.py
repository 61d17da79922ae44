"""What a reader of a page has before them: words, sentences and the school year that they ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The sentences that are seen while all folds are closed: no headings, labels, tables or drawings.
VISIBLE = """() => {
    const kept = [], blocks = "p:not(.ph,.kicker), li, dd, figcaption";
    document.querySelectorAll(blocks).forEach((part) => {
        if (part.closest("nav, footer, table, svg") || !part.checkVisibility()) return;
        if (part.closest("details, .keys")) return;
        const copy = part.cloneNode(true);
        copy.querySelectorAll("code, svg, math").forEach((inner) => inner.remove());
        const text = copy.textContent.replace(/\\s+/g, " ").trim();
        if (text.length > 40) kept.push(text);
    });
    return kept;
}"""
_WORD = re.compile(r"[A-Za-z’']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The number of words and the Flesch–Kincaid grade (Kincaid et al. 1975) of the sentences among them."""

    words: int
    grade: float


def read(page) -> Reading:
    """What an opened page asks of its reader; its folds have to be closed."""
    prose = page.evaluate(VISIBLE)
    words = sum(len(text.split()) for text in prose)
    sentences = sum(len(re.findall(r"[.!?](?:\s|$)", text)) or 1 for text in prose)
    spoken = [word for text in prose for word in _WORD.findall(text)]
    syllables = sum(map(_syllables, spoken))
    grade = 0.39 * len(spoken) / sentences + 11.8 * syllables / len(spoken) - 15.59
    return Reading(words=words, grade=grade)


def _syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))))


def pages_on_paper(page) -> int:
    """A4 pages of everything before the table of groups, as the print button gives them."""
    page.evaluate("document.querySelectorAll('#groups, footer').forEach((part) => part.remove())")
    pdf = page.pdf(prefer_css_page_size=True)
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")


# Words of one drawing that lie on each other or stick out of it, all folds open.
COLLISIONS = """() => {
    document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
    return [...document.querySelectorAll("figure svg")].flatMap((svg) => {
        const frame = svg.getBoundingClientRect(), panel = svg.dataset.panel;
        const words = [...svg.querySelectorAll("text")]
            .filter((text) => text.textContent && text.checkVisibility())
            .map((text) => [text.textContent, text.getBoundingClientRect()]);
        const out = words.filter(([, box]) => box.left < frame.left - 3 || box.right > frame.right + 3
            || box.top < frame.top - 3 || box.bottom > frame.bottom + 3)
            .map(([text]) => `${panel}: ${text} sticks out`);
        const on = words.flatMap(([text, a], i) => words.slice(i + 1).filter(([, b]) =>
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3.5)
            .map(([other]) => `${panel}: ${text} on ${other}`));
        return [...out, ...on];
    });
}"""

# The text width of a sheet, in CSS pixels; and the smallest words of a drawing on it, in points, by figure.
SHEET = 703
SMALLEST_ON_PAPER = """() => Object.fromEntries([...document.querySelectorAll("figure")].map((figure) => {
    const sizes = [...figure.querySelectorAll("svg text")].filter((text) => text.checkVisibility()).map((text) => {
        const svg = text.ownerSVGElement;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return 0.75 * scale * parseFloat(getComputedStyle(text).fontSize);
    });
    return [figure.id, Math.min(...sizes)];
}))"""

# All that is read while folds are closed, but for tables, equations and code.
PROSE = """() => {
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll("table, math, code, svg, details, script, style").forEach((part) => part.remove());
    return copy.textContent;
}"""
