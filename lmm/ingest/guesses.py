"""Which column plays which part, guessed from what a table holds; every guess says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lmm.errors import DataError
from lmm.ingest.source import counted, names_listed, shortened
from lmm.ingest.survey import ColumnSurvey, repeats, varying_groups

# Names that people give to a grouping column and to a time, as words of a name.
_GROUPS = frozenset((
    "id", "ids", "subject", "subj", "participant", "patient", "person", "child", "children",
    "pupil", "student", "animal", "pig", "rat", "mouse", "dog", "cow", "school", "class",
    "site", "clinic", "plot", "litter", "family", "household", "village", "cluster", "batch"
))  # fmt: skip
_TIMES = frozenset((
    "time", "times", "day", "days", "week", "weeks", "month", "months", "year", "years", "hour",
    "hours", "minute", "minutes", "age", "visit", "wave", "term", "session", "occasion",
    "followup", "t"
))  # fmt: skip
# With fewer values a number is hardly a measurement.
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A column for a part, and the reason in words ('' where the user named it)."""

    column: str
    reason: str = ""


def guess_group(columns: Mapping[str, ColumnSurvey], taken: Sequence[str], *, where: str) -> Guess:
    """The column whose values repeat and whose name is that of a group; ``DataError`` if not plain."""
    found = [
        column
        for name, column in columns.items()
        if name not in taken and _repeats(column) and (column.numbers is None or column.whole)
    ]
    named = [column for column in found if words_of(column.name) & _GROUPS]
    if len(named) == 1:
        column = named[0]
        return Guess(column=column.name, reason=f"its name is that of a group: {_sizes(column)}")
    if len(found) == 1:
        reason = f"the only column that repeats as a group does: {_sizes(found[0])}"
        return Guess(column=found[0].name, reason=reason)
    raise _ask("group", "--group", named or found, _sizes, where)


def guess_time(
    columns: Mapping[str, ColumnSurvey], group: str, taken: Sequence[str], *, where: str
) -> Guess | None:
    """The column named as a time that changes within groups; None where there is none.

    Of several, the only one that has no value twice in a group; else ``DataError``.
    """
    by = columns[group]
    found = [
        column
        for name, column in columns.items()
        if name not in (*taken, group)
        and words_of(name) & _TIMES
        and column.numbers is not None
        and _changes(by, column)
    ]
    if len(found) == 1:
        return Guess(
            column=found[0].name,
            reason=f"its name is that of a time, and it changes within {shortened(group)}",
        )
    single = [column for column in found if not repeats(by, column)]
    if len(single) == 1:
        others = names_listed([column.name for column in found if column is not single[0]])
        reason = f"of the times ({others} too) the only one that no {shortened(group)} has twice"
        return Guess(column=single[0].name, reason=reason)
    if not found:
        return None
    raise _ask(
        "time",
        "--time",
        found,
        lambda column: _repeated(column, by),
        where,
        also=" or leave the time out with --no-time",
    )


def guess_outcome(
    columns: Mapping[str, ColumnSurvey], group: str, taken: Sequence[str], *, where: str
) -> Guess:
    """The only measured number that changes within groups; ``DataError`` if there are several."""
    found = [
        column
        for name, column in columns.items()
        if name not in (*taken, group)
        and column.numbers is not None
        and column.distinct > _FEW
        and varying_groups(columns[group], column)[0]
    ]
    if len(found) == 1:
        reason = f"the only measured number that changes within {shortened(group)}"
        return Guess(column=found[0].name, reason=reason)
    raise _ask("outcome", "--outcome", found, span_in_words, where)


def refuse_binary(column: ColumnSurvey, *, where: str) -> None:
    """``DataError`` for an outcome of two values: it needs another kind of model."""
    if column.distinct != 2:
        return
    rows = np.bincount(column.codes[column.codes >= 0], minlength=2)
    held = " and ".join(
        f"{shortened(level)} in {counted(int(n), 'row')}"
        for level, n in zip(column.levels, rows, strict=True)
    )
    raise DataError(
        f"column {column.name} holds only two values ({held}): it looks like yes or no, not a measurement",
        where=where,
        remedy="A yes/no outcome needs a logistic mixed model (in R: lme4's glmer with family = binomial), "
        "which is not offered here. Name a measured outcome.",
    )


def level_reason(group: ColumnSurvey, column: ColumnSurvey) -> str:
    """Why a column belongs to the group or to the measurement."""
    varying, twice = varying_groups(group, column)
    name = shortened(group.name)
    if varying == 0:
        return f"the same in all rows of each {name}"
    return f"changes within {varying:,} of {twice:,} {name}"


def kind_of(column: ColumnSurvey) -> tuple[str, str]:
    """Number or factor, and why: text and few whole numbers are factors, 0/1 stays a number."""
    if column.numbers is None:
        return "factor", f"text, {_values(column)}"
    if column.levels == ("0", "1"):
        return "numeric", "0 or 1"
    if column.whole and column.distinct <= _FEW:
        return "factor", f"categories? only {_values(column)}"
    return "numeric", span_in_words(column)


def words_of(name: str) -> frozenset[str]:
    """The words of a name in small letters: childId, child_id and "Child id" are child and id."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return frozenset(re.findall(r"[^\W\d_]+", parted.lower()))


def span_in_words(column: ColumnSurvey) -> str:
    """What a column holds: 34 to 99.9, 812 values."""
    if column.numbers is None:
        return _values(column)
    known = column.known
    return f"{known.min():g} to {known.max():g}, {counted(column.distinct, 'value')}"


def _values(column: ColumnSurvey) -> str:
    if column.distinct > _FEW:
        return counted(column.distinct, "value")
    listed = ", ".join(shortened(level, 20) for level in column.levels)
    return f"{counted(column.distinct, 'value')} ({listed})"


def _repeats(column: ColumnSurvey) -> bool:
    known = len(column.codes) - column.missing
    return 2 <= column.distinct <= known / 2


def _changes(group: ColumnSurvey, column: ColumnSurvey) -> bool:
    varying, twice = varying_groups(group, column)
    return 2 * varying >= twice > 0


def _sizes(column: ColumnSurvey) -> str:
    rows = np.bincount(column.codes[column.codes >= 0])
    each = f"{rows.min()}" if rows.min() == rows.max() else f"{rows.min()} to {rows.max()}"
    return f"{counted(column.distinct, 'value')} with {each} rows each"


def _repeated(column: ColumnSurvey, group: ColumnSurvey) -> str:
    times = repeats(group, column)
    repeated = (
        f", repeated within {shortened(group.name)} in {counted(times, 'row')}" if times else ""
    )
    return span_in_words(column) + repeated


def _ask(
    part: str,
    option: str,
    found: Sequence[ColumnSurvey],
    described: Callable[[ColumnSurvey], str],
    where: str,
    *,
    also: str = "",
) -> DataError:
    listed = "; ".join(f"{shortened(column.name)} ({described(column)})" for column in found[:12])
    more = f"; and {len(found) - 12} more" if len(found) > 12 else ""
    candidates = f"Candidates: {listed}{more}." if found else "No column looks like one."
    return DataError(
        f"which column is the {part} cannot be seen from the table",
        where=where,
        remedy=f"Name it with {option}{also}. {candidates}",
    )
