"""The sizes behind the verdicts: what sentences and captions tell of each check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np

from lmm.diagnostics.boundary import boundary_terms
from lmm.diagnostics.influence import Influence
from lmm.diagnostics.missing_codes import MissingCodes
from lmm.diagnostics.outliers import FarOut
from lmm.model.fit import Fit
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed

# So many measurements or groups far out are listed.
_LISTED = 10


def diagnostics(analysed: Analysed) -> dict[str, Any]:
    """What was found, without the arrays that only figures need."""
    found, fit = analysed.examined.found, analysed.fits.mixed(analysed.fits.used)
    term = analysed.slope or "Intercept"
    return {
        "model": analysed.fits.used,
        "term": term,
        "boundary": to_records(boundary_terms(fit)),
        "codes": [_codes(name, codes) for name, codes in analysed.examined.codes.items()],
        "repeats": _one(found.repeats),
        "inconstant": to_records(found.inconstant),
        "attrition": _one(found.attrition),
        "cells": to_records(found.cells),
        "inflations": to_records(found.inflations),
        "bends": [_one(bend, without=("x", "curve")) for bend in found.bends],
        "spreads": [{**(_one(each) or {}), "size": each.size} for each in found.spreads],
        "group_spread": _one(found.group_spread, without=("spreads", "widest")),
        "serial": _one(found.serial),
        "calibration": {
            **(_one(found.calibration, without=("tenths",)) or {}),
            "outside": int(found.calibration.tenths.outside.sum()),
        },
        "residuals": _one(found.residuals, without=("plot",)),
        "effects": [_one(shape, without=("plot",)) for shape in found.effects],
        "far_rows": _far_rows(fit, found.far_rows),
        "far_groups": _far_groups(fit, found.far_groups),
        "left_out": _left_out(found.influence, term),
    }


def _one(value: Any, *, without: Iterable[str] = ()) -> dict[str, Any] | None:
    if value is None:
        return None
    kept = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in set(without)}
    return to_records([kept])[0]


def _codes(model: str, codes: MissingCodes) -> dict[str, Any]:
    rows = np.unique(np.concatenate([doubt.rows for doubt in codes.found]))
    numbers = (codes.kept, codes.kept_se, codes.dropped, codes.dropped_se, codes.moved)
    names = ("term", "kept", "kept_se", "dropped", "dropped_se", "moved")
    return to_records(
        [
            {
                "model": model,
                "rows": len(rows),
                "found": [
                    {
                        "column": doubt.column,
                        "value": doubt.value,
                        "rows": len(doubt.rows),
                        "reason": doubt.reason,
                        "with_others": doubt.with_others,
                    }
                    for doubt in codes.found
                ],
                "rows_kept": codes.rows_kept,
                "rows_dropped": codes.rows_dropped,
                "terms": [
                    dict(zip(names, row, strict=True))
                    for row in zip(codes.terms, *numbers, strict=True)
                ],
                "sigma_kept": codes.sigma[0],
                "sigma_dropped": codes.sigma[1],
            }
        ]
    )[0]


def _far_rows(fit: Fit, far: FarOut) -> list[dict[str, Any]]:
    levels, codes = fit.grouping.levels, fit.grouping.codes
    return [
        {"level": levels[codes[i]], "distance": float(far.distance[i])}
        for i in far.places[:_LISTED]
    ]


def _far_groups(fit: Fit, far: FarOut) -> list[dict[str, Any]]:
    return [
        {"level": fit.grouping.levels[i], "distance": float(far.distance[i])}
        for i in far.places[:_LISTED]
    ]


def _left_out(found: Influence, term: str) -> dict[str, Any] | None:
    """The furthest that leaving out one group moves the followed coefficient."""
    if not found.groups:
        return None
    j = found.terms.index(term)
    furthest = max(found.groups, key=lambda group: abs(group.moves[j]))
    estimates = [float(group.beta[j]) for group in found.groups]
    return {
        "groups": len(found.groups),
        "level": furthest.level,
        "estimate": float(furthest.beta[j]),
        "se": float(furthest.se[j]),
        "moves": float(furthest.moves[j]),
        "least": min(estimates),
        "most": max(estimates),
    }
