"""What is wrong with a valid configuration: settings that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

from lmm.errors import Problem
from lmm.study.configuration.yaml_text import line_of

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A ``message`` about the setting ``at`` a key path, and what to do."""

    at: KeyPath
    message: str
    remedy: str

    def problem(self, text: str, *, where: str) -> Problem:
        """The same for the user, with the line of the file's ``text``."""
        place = f"{where}, line {line_of(text, self.at)}, {dotted(self.at)}"
        return Problem(message=self.message, where=place, remedy=self.remedy)


def dotted(path: KeyPath) -> str:
    """The key path as one writes it: ``studies.nepal.covariates[0].column``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
