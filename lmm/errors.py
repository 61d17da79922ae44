"""Mistakes that the user can mend, as values: what is wrong, where, and what to do about it; and one of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

# What to do where the system refuses.
MAKE_READABLE = "Allow yourself to read it (on most systems: chmod u+r FILE), or name another."
NAME_WRITABLE = "Name a file in a folder that there is and that you may write to."

# So many names are listed, and so many are held against a misspelt one.
_LISTED = 20
_LOOKED_AT = 2000


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

    @property
    def reason(self) -> str:
        """What is wrong, in one line: for a sentence that says why something is absent."""
        return "; ".join(problem.message for problem in self.problems)


class ContradictionError(Exception):
    """Our own numbers contradict each other: a defect of this program (exit code 3), which no user can mend."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of ``known`` that ``word`` most likely means, capitals aside; '' where none is near."""
    from difflib import get_close_matches  # needed only where something is wrong

    folded = {name.casefold(): name for name in islice(known, _LOOKED_AT)}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


def choice_of(word: str, known: Iterable[str], *, are: str) -> str:
    """A remedy for a name that there is not: the nearest one, if any, and what the names ``are``."""
    names = [str(name) for name in known]
    guess = nearest(word, names)
    more = ", …" if len(names) > _LISTED else ""
    listed = f"The {are} are: {', '.join(names[:_LISTED])}{more}."
    return f"Did you mean {guess!r}? {listed}" if guess else listed


class DataError(LmmError):
    """The table cannot be used as it is."""


class FormulaError(LmmError):
    """The formula cannot be read, or asks for what is not offered."""


class ConfigurationError(LmmError):
    """The configuration file is wrong or incomplete."""


class ModelError(LmmError):
    """The data cannot carry the model that was asked for."""
