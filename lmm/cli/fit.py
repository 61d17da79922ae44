"""What ``lmm fit`` does: a file and a formula to a summary and a record."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lmm.cli.streaming import TimedFit, fit_long, is_long
from lmm.errors import LmmError, ModelError, choice_of
from lmm.ingest.labels import label_column
from lmm.ingest.numbers import looks_numeric, numeric_column, slips
from lmm.ingest.readers import read_table
from lmm.ingest.source import RawTable
from lmm.ingest.suspects import SuspectedCode, suspected_codes, suspicion
from lmm.model.design import Design
from lmm.model.fit import Fit, fit_design
from lmm.model.formula import Formula, parse_formula
from lmm.model.ordinary import OrdinaryFit, fit_pooled
from lmm.model.serial.fit import SerialFit
from lmm.model.serial.fitting import fit_serial_design, time_of
from lmm.model.streams.making import held_because
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
    """How a file is read: ``missing`` such as ``arm=88.8,99.9``, and how cells are written."""

    missing: Sequence[str] = ()
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The model and what is wanted of it.

    A ``formula`` as typed, by REML or ML; ``weights`` the column of prior weights, ``serial`` that of the
    times of a serial correlation; ``dof`` the method for intervals and p; ``outcomes`` those of many.
    """

    formula: str
    reml: bool = True
    weights: str | None = None
    serial: str | None = None
    dof: str = "auto"
    with_blups: bool = False
    outcomes: tuple[str, ...] = ()

    @property
    def numeric(self) -> tuple[str, ...]:
        """Columns beside the formula's that must hold numbers."""
        own = tuple(name for name in (self.weights, self.serial) if name is not None)
        return (*own, *self.outcomes)

    @property
    def needs_no_rows(self) -> bool:
        """Whether all of it follows from statistics of the groups."""
        return not self.numeric and self.dof != "between-within"


def asked_by(options: Namespace) -> tuple[Asked, Reading]:
    """What was typed after ``lmm fit``."""
    asked = Asked(
        formula=options.formula,
        reml=not options.ml,
        weights=options.weights,
        serial=options.serial,
        dof=options.dof,
        with_blups=options.blups,
    )
    reading = Reading(
        missing=options.missing,
        delimiter=options.delimiter,
        encoding=options.encoding,
        decimal=options.decimal,
    )
    return asked, reading


def fit_file(
    path: Path,
    asked: Asked | str,
    *,
    reading: Reading | None = None,
) -> FileFit:
    """Fit a model (a formula: by REML) to the table at ``path``, without rows that lack a variable used.

    Raises ``LmmError`` where formula, file or model cannot be used.
    """
    asked = Asked(formula=asked) if isinstance(asked, str) else asked
    formula, reading = parse_formula(asked.formula), reading or Reading()
    _check_together(asked)
    codes = missing_codes(reading.missing)
    _check_codes(codes, used(formula, asked))
    if asked.needs_no_rows and not held_because(formula) and is_long(path):
        found = fit_long(path, formula, reml=asked.reml, codes=codes, declared_by=_option)
    else:
        found = _fit_held(path, formula, asked, reading=reading, codes=codes)
    record = fit_record(found.fit, with_blups=asked.with_blups, dof=asked.dof)
    record["messages"] = [*found.notes, *record["messages"]]
    if asked.weights is not None:
        record["weights"] = asked.weights
    record["timing_seconds"] = found.seconds
    notes = [f"Note: {note}" for note in found.notes]
    return FileFit(
        summary="\n".join([summary_text(found.fit, dof=asked.dof), *notes]), record=record
    )


def _fit_held(
    path: Path,
    formula: Formula,
    asked: Asked,
    *,
    reading: Reading,
    codes: Mapping[str, tuple[float | str, ...]],
) -> TimedFit:
    """Fit a model to a table in memory."""
    started = time.perf_counter()
    raw = read_table(
        path,
        columns=used(formula, asked),
        delimiter=reading.delimiter,
        encoding=reading.encoding,
        decimal=reading.decimal,
    )
    frame, notes = typed(raw, formula, asked, codes=codes)
    read = time.perf_counter()
    design = weighted_design(formula, frame, asked.weights) if formula.bars else None
    designed = time.perf_counter()
    fit = _fitted(design, asked, frame) if design else _ordinary(formula, asked, frame)
    done = time.perf_counter()
    return TimedFit(
        fit=fit,
        notes=(*raw.source.notes, *notes),
        seconds={"read": read - started, "design": designed - read, "fit": done - designed},
    )


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
    return fit_pooled(formula, frame, weights=asked.weights)


def typed(
    raw: RawTable,
    formula: Formula,
    asked: Asked,
    *,
    codes: Mapping[str, tuple[float | str, ...]],
) -> tuple[pd.DataFrame, list[str]]:
    """Groups as labels, the outcome as numbers, other columns as numbers where all cells are."""
    variables = used(formula, asked)
    _check_codes(codes, variables)
    groups = {name for bar in formula.bars for name in bar.group}
    used_as_number = {formula.response, *asked.numeric} | {
        name
        for name in formula.variables[1:]
        if name not in groups and looks_numeric(raw, name, missing_codes=codes.get(name, ()))
    }
    columns: dict[str, Any] = {}
    problems, notes = [], []
    for name in variables:
        given = codes.get(name, ())
        if name in used_as_number:
            column = numeric_column(raw, name, missing_codes=given)
            suspects = suspected_codes(name, column.values)
            notes += [suspicion(suspects, declared_by=_option(suspects))] if suspects else []
        else:
            column = label_column(raw, name, missing_codes=given)
            notes += column.notes
            if name not in groups:
                notes += slips(numeric_column(raw, name, missing_codes=given))
        problems += column.problems
        columns[name] = column.values
    if problems:
        raise LmmError(problems)
    return pd.DataFrame(columns), notes


def _check_codes(codes: Mapping[str, Any], variables: tuple[str, ...]) -> None:
    """Raise ``LmmError`` for codes of columns that are not read."""
    unknown = [name for name in codes if name not in variables]
    if unknown:
        raise LmmError(
            f"--missing names {', '.join(unknown)}, which the formula does not use",
            remedy=choice_of(unknown[0], variables, are="columns that it uses"),
        )


def used(formula: Formula, asked: Asked) -> tuple[str, ...]:
    """Every column that a model or its wishes name, once."""
    return tuple(dict.fromkeys((*formula.variables, *asked.numeric)))


def _check_together(asked: Asked) -> None:
    """Raise ``ModelError`` for wishes that do not go together."""
    if asked.serial is None:
        return
    if asked.weights is not None:
        raise ModelError(
            "--serial and --weights are not offered together", remedy="Leave out one of the two."
        )
    if asked.dof != "auto":
        raise ModelError(
            "a fit with --serial has degrees of freedom of its own", remedy="Leave out --dof."
        )


def missing_codes(texts: Sequence[str]) -> dict[str, tuple[float | str, ...]]:
    """What is typed as ``COLUMN=CODE,CODE``, by column. Raises ``LmmError`` for anything else."""
    codes: dict[str, tuple[float | str, ...]] = {}
    for text in texts:
        column, equals, values = text.partition("=")
        if not equals or not column or not values:
            raise LmmError(
                f"--missing {text!r} is not understood", remedy="Write --missing COLUMN=CODE,CODE."
            )
        codes[column] = tuple(_number_or_text(value) for value in values.split(","))
    return codes


def _option(suspects: Sequence[SuspectedCode]) -> str:
    """How suspected codes of one column are declared on the command line."""
    return f"by --missing {suspects[0].column}={','.join(f'{each.value:g}' for each in suspects)}"


def _number_or_text(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value
