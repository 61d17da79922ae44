"""Mistakes that the user can mend, as values: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: ``message``, ``where`` it is (file, row, column, key), the ``remedy``."""

    message: str
    where: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class LmmError(Exception):
    """Base of every error that is the user's to mend (exit code 1); carries all problems found."""

    def __init__(
        self, problems: Problem | Iterable[Problem] | str, *, where: str = "", remedy: str = ""
    ):
        if isinstance(problems, str):
            problems = Problem(message=problems, where=where, remedy=remedy)
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(LmmError):
    """The table cannot be used as it is."""


class FormulaError(LmmError):
    """The formula cannot be read, or asks for what is not offered."""


class ConfigurationError(LmmError):
    """The configuration file is wrong or incomplete."""


class ModelError(LmmError):
    """The data cannot carry the model that was asked for."""
