"""The columns that the models use: what part each plays, where it varies, how often it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lmm.ingest.cleaning import CleanTable
from lmm.model.groups import Grouping, group_rows
from lmm.study.configuration.settings import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyVariable:
    """A column of the models, over the rows used.

    ``level`` is ``group`` where no group has two values of it, else ``measurement``; ``between`` names the grouping
    factor, the one with fewest groups, that holds it constant ('' where none does). ``missing`` are the
    rows used that lack it (further models leave them out). ``minimum`` to ``maximum`` of a number,
    ``values`` of a factor with their rows.
    """

    column: str
    label: str
    unit: str
    role: str
    level: str
    between: str
    missing: int
    minimum: float | None
    maximum: float | None
    values: tuple[tuple[str, int], ...]
    derived_from: str


def study_variables(study: Study, table: CleanTable) -> tuple[StudyVariable, ...]:
    """Outcome, time, covariates and what only further models use, in that order."""
    named = {study.outcome.column: ("outcome", study.outcome.label, study.outcome.unit)}
    if study.time:
        named[study.time.column] = ("time", study.time.label, study.time.units or study.time.unit)
    for each in study.covariates:
        named[each.column] = ("covariate", each.label, each.unit)
    for column in table.roles.others:
        named.setdefault(column, ("further", "", ""))
    columns = [each.column for each in study.groupings]
    groupings = [group_rows((column,), table.frame) for column in columns]
    return tuple(
        _variable(study, table.frame, column, groupings, role, (label, unit))
        for column, (role, label, unit) in named.items()
        if column not in columns
    )


def _variable(
    study: Study,
    frame: pd.DataFrame,
    column: str,
    groupings: list[Grouping],
    role: str,
    words: tuple[str, str],
) -> StudyVariable:
    values = frame[column]
    is_number = values.dtype.kind == "f"
    known = values.notna().to_numpy()
    numbers = values.to_numpy(float)[known] if is_number else np.empty(0)
    holding = [each for each in groupings if _is_constant_within(values, each.codes, known)]
    counts = () if is_number else values.value_counts(sort=False).items()
    return StudyVariable(
        column=column,
        label=words[0],
        unit=words[1],
        role=role,
        level="group" if groupings[0] in holding else "measurement",
        between=min(holding, key=lambda each: each.m).name if holding else "",
        missing=int((~known).sum()),
        minimum=float(numbers.min()) if numbers.size else None,
        maximum=float(numbers.max()) if numbers.size else None,
        values=tuple((str(value), int(rows)) for value, rows in counts),
        derived_from=_derivation(study, column),
    )


def _is_constant_within(values: pd.Series, codes: np.ndarray, known: np.ndarray) -> bool:
    """Whether no group has two different values; groups are compared with their own first row."""
    labels = pd.factorize(values)[0][known]
    groups = codes[known]
    first = np.full(int(codes.max()) + 1, -1)
    first[groups[::-1]] = labels[::-1]
    return bool((labels == first[groups]).all())


def _derivation(study: Study, column: str) -> str:
    """How a derived column is made, as its owner wrote it; '' for a column of the file."""
    given = study.derived.get(column, "")
    if isinstance(given, str):
        return given
    text = str(given["column"])
    if given.get("centre"):
        text = f"{text} - {given['centre']:g}"
    if given.get("scale", 1) != 1:
        text = (
            f"({text}) / {given['scale']:g}"
            if given.get("centre")
            else f"{text} / {given['scale']:g}"
        )
    return text
