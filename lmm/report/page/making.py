"""How a page was made: the steps of the workflow, the settings that it was told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Lines of a file, as they stand there."""

    text: str
    name: str
    kind: str = "listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step of the workflow is called, and what it did."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Steps in a row, each taking up what the one before it made."""

    steps: tuple[Step, ...]
    kind: str = "workflow"
