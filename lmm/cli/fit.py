"""What ``lmm fit`` does: a file and a formula to a summary and a record."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lmm.errors import LmmError, ModelError
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import looks_numeric, numeric_column
from lmm.ingest.readers import read_table
from lmm.ingest.source import RawTable
from lmm.ingest.suspects import suspected_codes, suspicion
from lmm.model.design import Design, build_design
from lmm.model.fit import Fit, fit_design
from lmm.model.formula import Formula, parse_formula
from lmm.model.ordinary import OrdinaryFit, fit_pooled
from lmm.model.serial_fit import SerialFit, fit_serial_design, time_of
from lmm.report.fit_record import fit_record
from lmm.report.summary import summary_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFit:
    """A fit to a file: the ``summary`` for a person, the ``record`` for a program."""

    summary: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The model: a ``formula`` as typed, by REML or ML, ``serial`` the time of a serial correlation."""

    formula: str
    reml: bool = True
    serial: str | None = None


def fit_file(
    path: Path,
    asked: Asked | str,
    *,
    with_blups: bool = False,
    missing: Sequence[str] = (),
    reading: Mapping[str, Any] | None = None,
) -> FileFit:
    """Fit a model (a formula: by REML) to the table at ``path``, without rows that lack a variable used.

    Raises ``LmmError`` where formula, file or model cannot be used.
    """
    asked = Asked(formula=asked) if isinstance(asked, str) else asked
    formula, times = parse_formula(asked.formula), (asked.serial,) if asked.serial else ()
    started = time.perf_counter()
    variables: tuple[str, ...] = tuple(dict.fromkeys((*formula.variables, *times)))
    raw = read_table(path, columns=variables, **(reading or {}))
    frame, notes = _typed(raw, formula, times=times, codes=_codes(missing))
    read = time.perf_counter()
    design = build_design(formula, frame) if formula.bars else None
    designed = time.perf_counter()
    fit = _fitted(design, asked, frame) if design else _ordinary(formula, asked, frame)
    done = time.perf_counter()
    record = fit_record(fit, with_blups=with_blups)
    record["messages"] = [*raw.source.notes, *notes, *record["messages"]]
    record["timing_seconds"] = {
        "read": read - started,
        "design": designed - read,
        "fit": done - designed,
    }
    notes_text = [f"Note: {note}" for note in (*raw.source.notes, *notes)]
    return FileFit(summary="\n".join([summary_text(fit), *notes_text]), record=record)


def _fitted(design: Design, asked: Asked, frame: pd.DataFrame) -> Fit | SerialFit:
    if asked.serial is None:
        return fit_design(design, reml=asked.reml)
    return fit_serial_design(design, time_of(design, frame, asked.serial), reml=asked.reml)


def _ordinary(formula: Formula, asked: Asked, frame: pd.DataFrame) -> OrdinaryFit:
    if asked.serial is not None:
        raise ModelError(
            "serial correlation needs a group: whose residuals are correlated?",
            where="formula",
            remedy="Add a random term such as (1 | group).",
        )
    return fit_pooled(formula, frame)


def _typed(
    raw: RawTable,
    formula: Formula,
    *,
    times: tuple[str, ...],
    codes: Mapping[str, tuple[float | str, ...]],
) -> tuple[pd.DataFrame, list[str]]:
    """Groups as labels, the outcome as numbers, other columns as numbers where all cells are."""
    variables: tuple[str, ...] = tuple(dict.fromkeys((*formula.variables, *times)))
    unknown = [name for name in codes if name not in variables]
    if unknown:
        raise LmmError(f"--missing names {', '.join(unknown)}, which the formula does not use")
    groups = {name for bar in formula.bars for name in bar.group}
    used_as_number = {formula.response, *times} | {
        name for name in formula.variables[1:] if name not in groups and looks_numeric(raw, name)
    }
    columns: dict[str, Any] = {}
    problems, notes = [], []
    for name in variables:
        given = codes.get(name, ())
        if name in used_as_number:
            column = numeric_column(raw, name, missing_codes=given)
            suspects = suspected_codes(name, column.values)
            notes += [suspicion(suspects)] if suspects else []
        else:
            column = label_column(raw, name, missing_codes=given)
            notes += column.notes
        problems += column.problems
        columns[name] = column.values
    if problems:
        raise LmmError(problems)
    return pd.DataFrame(columns), notes


def _codes(texts: Sequence[str]) -> dict[str, tuple[float | str, ...]]:
    codes: dict[str, tuple[float | str, ...]] = {}
    for text in texts:
        column, equals, values = text.partition("=")
        if not equals or not column or not values:
            raise LmmError(
                f"--missing {text!r} is not understood", remedy="Write --missing COLUMN=CODE,CODE"
            )
        codes[column] = tuple(_number_or_text(value) for value in values.split(","))
    return codes


def _number_or_text(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value
