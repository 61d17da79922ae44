"""What ``lmm fit`` does: a file and a formula to a summary and a record."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lmm.errors import LmmError
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import looks_numeric, numeric_column
from lmm.ingest.readers import read_table
from lmm.ingest.source import RawTable
from lmm.ingest.suspects import suspected_codes, suspicion
from lmm.model.fit import fit_design
from lmm.model.formula import Formula, parse_formula
from lmm.model.ordinary import fit_pooled
from lmm.model.weights import weighted_design
from lmm.report.fit_record import fit_record
from lmm.report.summary import summary_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFit:
    """A fit to a file: the ``summary`` for a person, the ``record`` for a program."""

    summary: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is read: ``missing`` such as ``arm=88.8,99.9``, the column of ``weights``, how cells are written."""

    missing: Sequence[str] = ()
    weights: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str = "."


def fit_file(
    path: Path,
    text: str,
    *,
    reml: bool = True,
    reading: Reading | None = None,
    wanted: Mapping[str, Any] | None = None,
) -> FileFit:
    """Fit ``text`` to the table at ``path``; rows with a missing value in a variable used are left out.

    ``reading`` goes to ``read_table``; ``wanted`` may hold ``dof``, the method for intervals and p, and
    ``with_blups``. Raises ``LmmError`` where formula, file or model cannot be used.
    """
    formula, reading = parse_formula(text), reading or Reading()
    weights = reading.weights
    started = time.perf_counter()
    raw = read_table(
        path,
        columns=_used(formula, weights),
        delimiter=reading.delimiter,
        encoding=reading.encoding,
        decimal=reading.decimal,
    )
    frame, notes = _typed(raw, formula, weights=weights, codes=_codes(reading.missing))
    read = time.perf_counter()
    if formula.bars:
        design = weighted_design(formula, frame, weights)
        designed = time.perf_counter()
        fit = fit_design(design, reml=reml)
    else:
        designed = time.perf_counter()
        fit = fit_pooled(formula, frame, weights=weights)
    done = time.perf_counter()
    wanted = wanted or {}
    record = fit_record(fit, **wanted)
    record["messages"] = [*raw.source.notes, *notes, *record["messages"]]
    if weights is not None:
        record["weights"] = weights
    record["timing_seconds"] = {
        "read": read - started,
        "design": designed - read,
        "fit": done - designed,
    }
    notes_text = [f"Note: {note}" for note in (*raw.source.notes, *notes)]
    return FileFit(
        summary="\n".join([summary_text(fit, dof=wanted.get("dof", "auto")), *notes_text]),
        record=record,
    )


def _typed(
    raw: RawTable,
    formula: Formula,
    *,
    weights: str | None,
    codes: Mapping[str, tuple[float | str, ...]],
) -> tuple[pd.DataFrame, list[str]]:
    """Groups as labels, the outcome as numbers, other columns as numbers where all cells are."""
    variables = _used(formula, weights)
    unknown = [name for name in codes if name not in variables]
    if unknown:
        raise LmmError(f"--missing names {', '.join(unknown)}, which the formula does not use")
    groups = {name for bar in formula.bars for name in bar.group}
    used_as_number = {formula.response, *([weights] if weights else [])} | {
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


def _used(formula: Formula, weights: str | None) -> list[str]:
    """Every column that is read, once."""
    named = [*formula.variables, weights] if weights else formula.variables
    return list(dict.fromkeys(named))


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
