"""``outcomes: [a, b, c]`` in a configuration: one entry that stands for a study of each outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lmm.errors import choice_of
from lmm.study.configuration.faults import Fault, KeyPath

_NOT_IN_NAMES = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The settings of one study, and where they stand: ``place`` is the entry, ``outcome`` a path in it.

    ``family`` is the heading of the entry whose outcomes are studies; None where the entry is the study.
    """

    settings: Mapping[str, Any]
    place: KeyPath
    outcome: KeyPath = ("outcome",)
    family: str | None = None

    def path(self, at: KeyPath) -> KeyPath:
        """The key path in the file of a path that begins with ``studies`` and the study's name."""
        rest = at[2:]
        here = (*self.outcome, *rest[1:]) if rest[:1] == ("outcome",) else rest
        return (*self.place, *here)


def scattered(studies: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Entry]]:
    """Name and entry of every study, in the order of the file; names may come twice."""
    for name, settings in studies.items():
        place = ("studies", name)
        if "outcomes" not in settings:
            yield name, Entry(settings=settings, place=place)
            continue
        title = settings.get("title") or name
        shared = {key: value for key, value in settings.items() if key != "outcomes"}
        for number, outcome in enumerate(_outcomes(settings)):
            label = outcome.get("label") or outcome["column"]
            own = {
                "title": f"{title}: {label}",
                "outcome": outcome,
                "models": _models_of(outcome["column"], settings),
            }
            part = _NOT_IN_NAMES.sub("_", outcome["column"].lower()).strip("_") or str(number + 1)
            yield (
                f"{name}-{part}",
                Entry(
                    settings=shared | own, place=place, outcome=("outcomes", number), family=title
                ),
            )


def scattering_faults(studies: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """What several outcomes cannot share, and names that come twice."""
    seen: set[str] = set()
    for name, entry in scattered(studies):
        if name in seen:
            yield Fault(
                at=entry.path(("studies", name, "outcome")),
                message=f"there already is a study {name!r}",
                remedy="Give one of the studies, or of the columns, another name.",
            )
        seen.add(name)
    for name, settings in studies.items():
        if "outcomes" not in settings:
            continue
        columns = [outcome["column"] for outcome in _outcomes(settings)]
        for model, text in settings.get("models", {}).items():
            if _explained(text) not in columns:
                yield Fault(
                    at=("studies", name, "models", model),
                    message=f"explains {_explained(text) or 'nothing'}, which is none of the outcomes",
                    remedy=choice_of(_explained(text), columns, are="outcomes"),
                )
        if settings.get("design", {}).get("smallest_difference") is not None:
            yield Fault(
                at=("studies", name, "design", "smallest_difference"),
                message="is in the unit of one outcome, and here are several",
                remedy="Give that outcome an entry of its own.",
            )


def _outcomes(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"column": item} if isinstance(item, str) else item for item in settings["outcomes"]]


def _models_of(column: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """The further models of that outcome."""
    models = settings.get("models", {})
    return {name: text for name, text in models.items() if _explained(text) == column}


def _explained(formula: str) -> str:
    return formula.partition("~")[0].strip().strip("`")
