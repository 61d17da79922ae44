"""The inferential parts of a study's numbers: each function takes the fits and returns plain values."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from lmm.diagnostics.residuals import scaled_residuals
from lmm.inference.blups import conditional_covariance
from lmm.inference.degrees import hat_trace, intercept_degrees
from lmm.inference.icc import intraclass_correlation
from lmm.inference.pooling import pooled_levels, pooled_lines
from lmm.inference.prediction import Forecast, forecast
from lmm.inference.profiles import variance_profile
from lmm.ingest.cleaning import CleanTable
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.rows import to_records
from lmm.study.account import original_time, span
from lmm.study.fitting import StudyFits
from lmm.study.settings import Study

_MIXED = ("random_intercept", "random_slope")
# Points of the curves that the forecast figure draws.
_GRID = 41


def icc(study: Study, fits: StudyFits) -> dict[str, Any]:
    """The intraclass correlation of each of the basic mixed models."""
    return {
        name: to_records([intraclass_correlation(fits.mixed(name), confidence=study.confidence)])[0]
        for name in _MIXED
        if name in fits.fits
    }


def spread(study: Study, fits: StudyFits) -> dict[str, Any]:
    """How groups differ in the model used: the middle share of their levels, and of their slopes."""
    fit = fits.mixed(fits.used)
    reach = float(ndtri(0.5 + study.confidence / 2.0))
    named = {"level": "Intercept"}
    if study.time and study.time.column in fit.random_names:
        named["slope"] = study.time.column
    answer: dict[str, Any] = {"share": study.confidence}
    for key, term in named.items():
        k = fit.random_names.index(term)
        mean = float(fit.beta[fit.design.names.index(term)])
        sd = math.sqrt(fit.Psi[k, k])
        answer[key] = {"mean": mean, "sd": sd, "low": mean - reach * sd, "high": mean + reach * sd}
    return answer


def profiles(study: Study, fits: StudyFits) -> dict[str, Any]:
    """Profile-likelihood intervals of the variance parameters of the basic mixed models."""
    return {
        name: to_records(variance_profile(fits.mixed(name), confidence=study.confidence))
        for name in _MIXED
        if name in fits.fits
    }


def shrinkage(study: Study, fits: StudyFits) -> dict[str, Any]:
    """Raw and shrunk estimates of every group, paired by label, and the pull by group size."""
    random_intercept = fits.mixed("random_intercept")
    stratified = fits.fits["stratified"]
    assert isinstance(stratified, OrdinaryFit)
    tau2 = float(random_intercept.Psi[0, 0])
    sizes = Counter(int(size) for size in random_intercept.grouping.sizes)
    ratio = random_intercept.sigma**2 / tau2 if tau2 > 0 else None
    slope = study.time.column if study.time else None
    levels = pooled_levels(stratified, random_intercept, slope=slope)
    return {
        "ratio": ratio,
        "average_level": float(np.mean([row.expected for row in levels])),
        "level_degrees": intercept_degrees(random_intercept),
        "effective_degrees": {
            name: hat_trace(fit) for name, fit in fits.fits.items() if isinstance(fit, Fit)
        },
        "by_size": [
            {
                "measurements": size,
                "groups": sizes[size],
                "kept": 0.0 if ratio is None else size / (size + ratio),
                "pulled": 1.0 if ratio is None else ratio / (size + ratio),
            }
            for size in sorted(sizes)
        ],
        "levels": to_records(levels),
        "lines": _lines(study, fits),
    }


def _lines(study: Study, fits: StudyFits) -> list[dict[str, Any]]:
    if study.time is None or "random_slope" not in fits.fits:
        return []
    fit = fits.mixed("random_slope")
    k = fit.random_names.index(study.time.column)
    se = np.sqrt(np.maximum(conditional_covariance(fit)[:, k, k], 0.0))
    return to_records(pooled_lines(fit, slope=study.time.column, se=se))


def forecasts(study: Study, table: CleanTable, fits: StudyFits) -> dict[str, Any] | None:
    """Bands for the mean, a new group and a new measurement over the observed span of time.

    Covariates are held at their mean, factors at their first level. ``None`` without a time.
    """
    if study.time is None:
        return None
    fit = fits.mixed(fits.used)
    seen = span(original_time(study, table.frame))
    places = {
        "grid": np.linspace(seen["min"], seen["max"], _GRID),
        "table": round_values(
            seen["min"], seen["max"], study.time.per.count if study.time.per else 1.0
        ),
    }
    return {name: to_records(_bands(study, table, fit, at)) for name, at in places.items()}


def residuals(fits: StudyFits) -> dict[str, Any]:
    """Quantiles of the scaled residuals of every mixed fit."""
    return {
        name: to_records([scaled_residuals(fit)])[0]
        for name, fit in fits.fits.items()
        if isinstance(fit, Fit)
    }


def headline(study: Study, fits: StudyFits) -> dict[str, Any]:
    """The few numbers that are followed from one data version to the next."""
    fit = fits.mixed(fits.used)
    numbers: dict[str, Any] = {
        "model": fits.used,
        "measurements": fit.n,
        "groups": fit.grouping.m,
        "level": float(fit.beta[fit.design.names.index("Intercept")]),
        "level_sd": math.sqrt(fit.Psi[0, 0]),
        "sigma": fit.sigma,
        "icc": intraclass_correlation(fits.mixed("random_intercept")).value,
    }
    if study.time:
        numbers["slope"] = float(fit.beta[fit.design.names.index(study.time.column)])
    return numbers


def round_values(low: float, high: float, period: float) -> np.ndarray:
    """Four to eight round values inside a span, multiples of the period (a year's months) where they fit."""
    steps = [period * factor for factor in (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)] if period > 1 else []
    steps += [m * 10.0**e for e in range(-9, 10) for m in (1.0, 2.0, 5.0)]
    for step in steps:
        first, last = math.ceil(low / step), math.floor(high / step)
        if 4 <= last - first + 1 <= 8:
            return np.array([k * step for k in range(first, last + 1)])
    return np.linspace(low, high, 5)


def _bands(study: Study, table: CleanTable, fit: Fit, at: np.ndarray) -> tuple[Forecast, ...]:
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
    Z = np.column_stack([block.encoding.matrix(frame) for block in fit.design.blocks])
    return forecast(fit, at=at, X=X, Z=Z, confidence=study.confidence)
