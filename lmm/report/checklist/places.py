"""The page as places with their words: each figure, table and section, with where a link leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lmm.report.page import (
    Block,
    Definitions,
    Equation,
    Figure,
    Fold,
    KeyFigures,
    Paragraph,
    Questions,
    Section,
    Subheading,
    Table,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the page: its ``anchor``, what it is called, and all ``words`` that stand there."""

    anchor: str
    name: str
    words: str


def places(sections: Sequence[Section]) -> tuple[Place, ...]:
    """Figures, tables and sections in the order of the page; a section holds what is in neither."""
    return tuple(place for section in sections for place in _of_section(section))


def _of_section(section: Section) -> Iterator[Place]:
    blocks = list(_flat(section.blocks))
    for block in blocks:
        if isinstance(block, Figure):
            yield Place(
                anchor=f"figure-{block.id}", name=f"Figure {block.number}", words=_figure(block)
            )
        elif isinstance(block, Table):
            yield Place(
                anchor=f"table-{block.id}", name=f"Table {block.number}", words=_table(block)
            )
    rest = [word for block in blocks for word in _words(block)]
    yield Place(
        anchor=section.id,
        name=f"“{section.nav or section.heading}”",
        words="\n".join([section.heading, section.finding, *rest]),
    )


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Fold):
            yield from _flat(block.blocks)


def _words(block: Block) -> list[str]:
    if isinstance(block, Paragraph | Subheading):
        return [block.text]
    if isinstance(block, Equation):
        return [block.alt]
    if isinstance(block, Definitions):
        return [f"{item.term}: {item.text}" for item in block.items]
    if isinstance(block, KeyFigures):
        return [f"{item.value} {item.label} {item.certainty}" for item in block.items]
    if isinstance(block, Questions):
        return [f"{item.question} {item.answer}" for item in block.items]
    return [block.summary] if isinstance(block, Fold) else []


def _figure(figure: Figure) -> str:
    panels = [f"panel:{panel.id} {panel.heading}" for panel in figure.panels]
    return "\n".join(
        [*panels, *(panel.alt for panel in figure.panels), figure.lead, figure.caption]
    )


def _table(table: Table) -> str:
    heads = " ".join(f"{column.text} {column.under}" for column in table.columns)
    rows = [
        row.group
        or " ".join(part for cell in row.cells for part in (cell.text, cell.under) if part)
        for row in table.rows
    ]
    return "\n".join([table.caption, heads, *rows, *table.notes])
