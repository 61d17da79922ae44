"""The forecast: bands for the mean, a new group and a new measurement over the observed span of time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from lmm.inference.predictions.bands import Forecast, forecast
from lmm.rows import to_records
from lmm.study.analysis.account import original_time, span
from lmm.study.analysis.parts.analysed import Analysed

# Points of the curves that the forecast figure draws.
_GRID = 41


def forecasts(analysed: Analysed) -> dict[str, Any] | None:
    """Bands for the mean, a new group and a new measurement over the observed span of time.

    Covariates are held at their mean, factors at their first level. ``None`` without a time.
    """
    time = analysed.study.time
    if time is None:
        return None
    seen = span(original_time(analysed.study, analysed.table.frame))
    places = {
        "grid": np.linspace(seen["min"], seen["max"], _GRID),
        "table": round_times(analysed),
    }
    return {name: to_records(_bands(analysed, at)) for name, at in places.items()}


def round_times(analysed: Analysed) -> np.ndarray:
    """Round times inside the observed span, as the reader counts time."""
    time = analysed.study.time
    assert time is not None
    seen = span(original_time(analysed.study, analysed.table.frame))
    return round_values(seen["min"], seen["max"], time.per.count if time.per else 1.0)


def round_values(low: float, high: float, period: float) -> np.ndarray:
    """Four to eight round values inside a span, multiples of the period (a year's months) where they fit."""
    steps = [period * factor for factor in (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)] if period > 1 else []
    steps += [m * 10.0**e for e in range(-9, 10) for m in (1.0, 2.0, 5.0)]
    for step in steps:
        first, last = math.ceil(low / step), math.floor(high / step)
        if 4 <= last - first + 1 <= 8:
            return np.array([k * step for k in range(first, last + 1)])
    return np.linspace(low, high, 5)


def rows_at(analysed: Analysed, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """X (k, p) and Z (k, q) of the model used at times (k,) as the reader counts them, all else held."""
    study, table = analysed.study, analysed.table
    fit = analysed.fits.mixed(analysed.fits.used)
    assert study.time is not None
    columns: dict[str, Any] = {study.time.column: at - study.time.origin}
    for covariate in study.covariates:
        column = table.frame[covariate.column]
        if column.dtype.kind == "f":
            columns[covariate.column] = np.full(len(at), float(column.mean()))
        else:
            known = column.cat.categories
            columns[covariate.column] = pd.Categorical([known[0]] * len(at), categories=known)
    frame = pd.DataFrame(columns)
    X = fit.design.encoding.matrix(frame)
    return X, np.column_stack([block.encoding.matrix(frame) for block in fit.design.blocks])


def _bands(analysed: Analysed, at: np.ndarray) -> tuple[Forecast, ...]:
    fit = analysed.fits.mixed(analysed.fits.used)
    X, Z = rows_at(analysed, at)
    return forecast(fit, at=at, X=X, Z=Z, confidence=analysed.study.confidence)
