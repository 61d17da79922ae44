"""Figures of a page: panels under one caption."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawing: a heading above it, its inline SVG, and the same in words for those who cannot see it."""

    id: str
    heading: str
    svg: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Panels side by side under one numbered caption; the caption's bold lead states the finding."""

    id: str
    number: int
    panels: tuple[Panel, ...]
    lead: str
    caption: str = ""
    columns: int = 2
    kind: str = "figure"
