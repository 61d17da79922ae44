"""New rows predicted from the fit of a study's report, with intervals, and a flag where they lie beyond its data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lmm.inference.predictions.row_predictions import RowPrediction, predict_table
from lmm.ingest.derived import parse_derived, sources_of
from lmm.ingest.new_rows import NewRows, Wanted, needed_columns, new_rows
from lmm.ingest.readers import read_table
from lmm.rows import to_records
from lmm.study.configuration.load import get_study
from lmm.study.configuration.settings import Configuration, Study
from lmm.study.recorded import Recorded, recorded_fit


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedRows:
    """``rows`` as records in the order of the file, the name of the ``model``, how many rows of each ``kind``,
    and how many lie ``beyond`` the data.
    """

    rows: tuple[dict[str, Any], ...]
    model: str
    kinds: dict[str, int]
    beyond: int


def predict_file(
    configuration: Configuration,
    name: str,
    path: Path,
    *,
    level: str = "group",
    confidence: float | None = None,
) -> PredictedRows:
    """The rows of the file at ``path``, written as the study's own, predicted at ``group`` or ``population``.

    Intervals have the study's confidence unless another is given. Raises ``LmmError`` where there is no
    report to predict from, and with every problem of the file.
    """
    study = get_study(configuration, name)
    recorded = recorded_fit(configuration, study)
    wanted = _wanted(study, recorded, level=level)
    new = _read(study, path, wanted)
    predicted = predict_table(
        recorded.fit, new.frame, level=level, confidence=confidence or study.confidence
    )
    beyond = _beyond(study, recorded, new, wanted)
    return PredictedRows(
        rows=tuple(
            _record(new, i, row, places)
            for i, (row, places) in enumerate(zip(predicted, beyond, strict=True))
        ),
        model=recorded.model,
        kinds=dict(Counter(row.kind for row in predicted)),
        beyond=sum(map(bool, beyond)),
    )


def _wanted(study: Study, recorded: Recorded, *, level: str) -> Wanted:
    formula, frame = recorded.fit.design.formula, recorded.table.frame
    groups = {name for bar in formula.bars for name in bar.group}
    explaining = [name for name in formula.variables[1:] if name not in groups]
    numbers = tuple(name for name in explaining if frame[name].dtype.kind == "f")
    used = frame.iloc[recorded.fit.design.rows]
    factors = {
        name: tuple(used[name].cat.remove_unused_categories().cat.categories)
        for name in explaining
        if name not in numbers
    }
    wanted = Wanted(numbers=numbers, factors=factors)
    if level == "population":
        return wanted
    return replace(
        wanted,
        outcome=formula.response,
        group=study.group.column,
        told_apart=study.group.told_apart,
    )


def _read(study: Study, path: Path, wanted: Wanted) -> NewRows:
    source = study.source
    how = {
        "delimiter": source.delimiter,
        "encoding": source.encoding,
        "decimal": source.decimal or ".",
    }
    columns = needed_columns(wanted, study.derived)
    if wanted.outcome:
        held = read_table(path, columns=(), **how).available
        outcome = sources_of((wanted.outcome,), parse_derived(study.derived))
        columns += tuple(name for name in outcome if name in held)
    raw = read_table(path, columns=tuple(dict.fromkeys(columns)), **how)
    return new_rows(raw, wanted, missing_codes=study.missing_codes, derived=study.derived)


def _beyond(study: Study, recorded: Recorded, new: NewRows, wanted: Wanted) -> list[str]:
    """For each row the columns whose value is outside the range of the rows fitted, as the file names them."""
    used = recorded.table.frame.iloc[recorded.fit.design.rows]
    derivations = parse_derived(study.derived)
    found: list[list[str]] = [[] for _ in range(len(new.frame))]
    for name in wanted.numbers:
        sources = sources_of((name,), derivations)
        shown = sources[0] if len(sources) == 1 else name
        values = new.frame[name].to_numpy()
        outside = (values < used[name].min()) | (values > used[name].max())
        for i in np.flatnonzero(outside):
            found[i].append(shown)
    return ["; ".join(names) for names in found]


def _record(new: NewRows, i: int, row: RowPrediction, beyond: str) -> dict[str, Any]:
    made = to_records([row])[0]
    own = {"kind": made.pop("kind"), "measurements": made.pop("measurements")}
    own |= {"predicted": made.pop("value"), **made, "extrapolation": beyond}
    given = {name: _as_given(column[i]) for name, column in new.given.items()}
    taken = {"row", *own}
    shown = {f"{name} (given)" if name in taken else name: value for name, value in given.items()}
    return {"row": int(new.rows[i]), **shown, **own}


def _as_given(value: Any) -> Any:
    """A cell of the file: nothing where it is missing, a whole number without its point."""
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
