"""A fit as a small JSON text, and back: formula, theta, criterion, a digest of the data, the versions.

A fit is (formula, data, theta): all else is computed again from the table, nothing is searched, and the
criterion that comes out is held against the one that was stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from lmm import __version__
from lmm.errors import DataError
from lmm.model.covariance import CovarianceTemplate
from lmm.model.design import Design
from lmm.model.factors import in_lme4s_order
from lmm.model.fit import Fit, fit_design
from lmm.model.formula import parse_formula
from lmm.model.weights import Weights, weighted_design

SCHEMA = 1
# Relative; the arithmetic of another machine or library may differ in the last digits.
_SAME = 1e-10
_ANEW = "Fit the model anew, and keep that."
_KEYS = {"schema", "formula", "reml", "theta", "criterion", "data", "versions"}


def write_record(fit: Fit) -> str:
    """The fit as JSON; ``theta`` is the one the engine found, in its internal units.

    Raises ``DataError`` for a fit that did not converge: it is not determined by its formula and data.
    """
    if not fit.converged:
        raise DataError("a fit that did not converge is not kept", remedy="Fit a simpler model.")
    record = {
        "schema": SCHEMA,
        "formula": str(fit.design.formula),
        "reml": fit.reml,
        "theta": fit.template.theta(fit.optimum.T).tolist(),
        "criterion": float(fit.criterion),
        "data": data_digest(fit.design),
        "versions": {"lmm": __version__, "numpy": np.__version__, "scipy": scipy.__version__},
    }
    return json.dumps(record, ensure_ascii=False)


def read_record(
    text: str, table: pd.DataFrame | Mapping[str, Any], *, weights: Weights | None = None
) -> Fit:
    """The fit that a record is of, from the table (and weights) that it was made from.

    Raises ``DataError`` where the text is not a record, the data are not those of the fit, or the
    criterion does not come out again.
    """
    record = _parsed(text)
    design = in_lme4s_order(weighted_design(parse_formula(record["formula"]), table, weights))
    if data_digest(design) != record["data"]:
        raise DataError(
            "the record is of other data: rows, values, group labels or weights have changed",
            remedy="Fit the model to these data, and keep the new record.",
        )
    template = CovarianceTemplate(sizes=tuple(block.Z.shape[1] for block in design.blocks))
    theta = np.array(record["theta"], float)
    if theta.shape != (len(template.entries),) or not np.isfinite(theta).all():
        raise DataError(
            f"the record has no {len(template.entries)} finite values of theta", remedy=_ANEW
        )
    fit = fit_design(design, reml=record["reml"], start=theta, search=False)
    stored = record["criterion"]
    if not abs(fit.criterion - stored) <= _SAME * (1.0 + abs(stored)):
        raise DataError(
            f"the record's criterion is {stored!r}, but its theta gives {fit.criterion!r}",
            remedy="The record was changed, or made by another version: fit the model anew.",
        )
    return fit


def data_digest(design: Design) -> str:
    """SHA-256 of what a fit sees of its data: y, X, every block's columns, codes and labels, the weights."""
    digest = hashlib.sha256()
    for array in (design.y, design.X, design.weights):
        _add(digest, array)
    for block in in_lme4s_order(design).blocks:
        _add(digest, block.Z)
        _add(digest, np.asarray(block.grouping.codes, np.int64))
        names = [*design.names, *block.names, block.grouping.name, *block.grouping.levels]
        digest.update(json.dumps(names).encode())
    return digest.hexdigest()


def _add(digest: Any, array: np.ndarray | None) -> None:
    if array is None:
        digest.update(b"none")
        return
    kind = "<i8" if array.dtype.kind == "i" else "<f8"
    digest.update(f"{kind}{array.shape}".encode())
    digest.update((array + 0).astype(kind).tobytes())  # + 0: minus zero is zero


def _parsed(text: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except ValueError as error:
        raise DataError(f"the record is not JSON: {error}", remedy=_ANEW) from None
    if not isinstance(record, dict) or record.get("schema") != SCHEMA or set(record) != _KEYS:
        raise DataError(f"the record is not one of schema {SCHEMA}", remedy=_ANEW)
    kinds = {"formula": str, "reml": bool, "theta": list, "criterion": float, "data": str}
    for key, kind in kinds.items():
        if not isinstance(record[key], kind):
            raise DataError(f"the record's {key!r} is not a {kind.__name__}", remedy=_ANEW)
    if not all(isinstance(value, int | float) for value in record["theta"]):
        raise DataError("the record's 'theta' holds something other than numbers", remedy=_ANEW)
    return record
