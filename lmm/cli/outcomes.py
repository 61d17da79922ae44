"""What ``lmm fit --outcomes`` does: one model to many columns of a file, a table with a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from lmm.cli.fit import Asked, Reading, missing_codes, typed
from lmm.errors import NAME_WRITABLE, DataError, LmmError
from lmm.inference.outcomes import Outcome, fit_outcomes
from lmm.ingest.readers import read_table
from lmm.model.formula import Formula, parse_right_side
from lmm.report.outcomes import outcome_rows
from lmm.rows import csv_text
from lmm.study.files import write_whole

_SAID = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyFits:
    """The table as CSV, and in a few lines what is to be known of it."""

    table: str
    said: str


def fit_many_in_file(
    path: Path, asked: Asked, wanted: str, *, reading: Reading | None = None
) -> ManyFits:
    """The right side of the formula fitted to each outcome ``wanted``: names and patterns, with commas between.

    Raises ``LmmError`` where formula, file or outcomes cannot be used, and where no outcome can be fitted.
    """
    formula, reading = parse_right_side(asked.formula), reading or Reading()
    names = [name for part in wanted.split(",") if (name := part.strip())]
    some = [name for name in names if not _is_pattern(name)]
    plain = len(some) == len(names) and bool(names)
    asked = replace(asked, outcomes=tuple(some))
    raw = read_table(
        path,
        columns=_columns(formula, asked) if plain else None,
        delimiter=reading.delimiter,
        encoding=reading.encoding,
        decimal=reading.decimal,
    )
    taken = set(_columns(formula, replace(asked, outcomes=())))
    outcomes = _chosen(names, [name for name in raw.available if name not in taken], str(path))
    formula, asked = replace(formula, response=outcomes[0]), replace(asked, outcomes=outcomes)
    frame, notes = typed(raw, formula, asked, codes=missing_codes(reading.missing))
    found = fit_outcomes(
        formula, frame, outcomes, reml=asked.reml, weights=asked.weights, dof=asked.dof
    )
    said = [_counts(found), *_some([f"Note: {note}" for note in (*raw.source.notes, *notes)])]
    failed = [f"{each.name}: {each.message}" for each in found if each.message]
    return ManyFits(table=csv_text(outcome_rows(found)), said="\n".join([*said, *_some(failed)]))


def write_table(many: ManyFits, out: Path) -> None:
    """The table to a file, whole or not at all."""
    try:
        write_whole(out, many.table.encode())
    except OSError as error:
        raise LmmError(
            f"cannot be written: {error.strerror}", where=str(out), remedy=NAME_WRITABLE
        ) from None


def _columns(formula: Formula, asked: Asked) -> tuple[str, ...]:
    """The columns of the right side and of the wishes."""
    return tuple(dict.fromkeys((*formula.variables[1:], *asked.numeric)))


def _is_pattern(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def _chosen(names: Sequence[str], available: Sequence[str], where: str) -> tuple[str, ...]:
    """The names, and for each pattern the columns like it; a column whose name is the pattern itself comes first."""
    chosen: dict[str, None] = {}
    for name in names:
        exact = name in available or not _is_pattern(name)
        like = [name] if exact else [each for each in available if fnmatchcase(each, name)]
        if not like:
            raise DataError(
                f"no column is like {name!r}",
                where=where,
                remedy="Columns that the formula uses do not count; * stands for any letters, ? for one.",
            )
        chosen |= dict.fromkeys(like)
    if not chosen:
        raise DataError("--outcomes names no column", remedy="Write --outcomes a,b,c or 'gene_*'.")
    return tuple(chosen)


def _counts(found: Sequence[Outcome]) -> str:
    fitted = [each for each in found if not each.message]
    unproven = sum(not each.converged for each in fitted)
    singular = sum(bool(each.singular) for each in fitted)
    text = f"{len(fitted)} of {len(found)} outcomes fitted"
    text += f"; {singular} with a variance of zero" if singular else ""
    return text + (f"; {unproven} not converged." if unproven else ".")


def _some(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _SAID
    return [*lines[:_SAID], *([f"… and {more} more like these"] if more > 0 else [])]
