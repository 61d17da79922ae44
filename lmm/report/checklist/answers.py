"""Each item of the checklist held against the page as it is: done, in part, for people to fill in, or not needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lmm.report import formatting as fmt
from lmm.report.checklist.items import ITEMS, Item
from lmm.report.checklist.places import Place
from lmm.report.reading import Reading

State = Literal["done", "partly", "absent", "yours", "idle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of an item: its ``state``, the ``place`` that holds it (if any), and a remark."""

    item: Item
    state: State
    place: Place | None = None
    remark: str = ""


def answers(reading: Reading, page: Sequence[Place]) -> tuple[Answer, ...]:
    """An answer to every item, from the words that stand on the page and the study's settings."""
    return tuple(_answer(item, reading, page) for item in ITEMS)


def _answer(item: Item, reading: Reading, page: Sequence[Place]) -> Answer:
    if reason := item.idle(reading):
        return Answer(item=item, state="idle", remark=reason)
    found = {part: _place(part.words, page) for part in item.parts}
    absent = [part.name for part, place in found.items() if place is None]
    place = next((place for place in found.values() if place is not None), None)
    if absent:
        state: State = "partly" if place else "absent"
        remark = fmt.listed(absent)
        return Answer(
            item=item, state=state, place=place, remark=f"not here: {remark}" if place else remark
        )
    if not item.setting:
        return Answer(item=item, state="done", place=place)
    told = _setting(reading, item.setting)
    if not told:
        return Answer(
            item=item,
            state="yours",
            place=place,
            remark=f"“design.{item.setting}” in the configuration",
        )
    return Answer(item=item, state="done", place=place, remark=told)


def _place(words: str, page: Sequence[Place]) -> Place | None:
    return next((place for place in page if re.search(words, place.words)), None)


def _setting(reading: Reading, name: str) -> str:
    value = reading.study["design"][name]
    if isinstance(value, int | float):
        return fmt.with_unit(f"{value:g}", reading.unit)
    return value or ""
