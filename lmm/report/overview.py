"""The page that lists all studies, as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """A study on the index page; ``state`` is ok, failed or stale, in the words of ``state_text``.

    ``changed`` says what came of the last change of the data; ``spark`` draws a followed number over the
    versions, and ``spark_alt`` says it in words. The outcomes of one ``family`` follow each other, and the
    first of them has its ``heading``.
    """

    study: str
    title: str
    href: str
    state: str
    state_text: str
    headline: str
    made_on: str
    message: str = ""
    notice: str = ""
    changed: str = ""
    family: str = ""
    heading: str = ""
    spark: str = ""
    spark_label: str = ""
    spark_alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """All studies of a configuration."""

    title: str
    entries: tuple[IndexEntry, ...]
    footer: str
    language: str = "en"
