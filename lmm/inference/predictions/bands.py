"""Prediction with three named bands: the mean curve, a new group's own curve, a new observation.

Henderson 1975, Biometrics 31:423; what is added for the variances, which are estimated, see ``lines``.

Equation: docs/mathematics.md (27).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.inference.fixed_effects.uncertainty import uncertainty_of
from lmm.inference.predictions.knowledge import of_new_group
from lmm.inference.predictions.new_rows import check_level, frame_with
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.fit import Fit
from lmm.model.groups import group_rows
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """At ``at``: the mean with its interval, and ranges for a new group's own mean and a new measurement."""

    at: float
    mean: float
    mean_se: float
    mean_low: float
    mean_high: float
    group_sd: float
    group_low: float
    group_high: float
    observation_sd: float
    observation_low: float
    observation_high: float


def forecast(
    fit: Fit, *, at: Array, X: Array, Z: Array, confidence: float = 0.95
) -> tuple[Forecast, ...]:
    """Bands at rows X (k, p), Z (k, q); ``at`` (k,) names them (time, as the reader counts it).

    A new measurement is one of prior weight one.

    The mean's interval is that of ``fixed_effects``: at a row (1, 0) it is the intercept's. The ranges are
    those of ``of_new_group``.
    """
    line = of_new_group(shared_by_groups(fit)).line(X, Z)
    mean, (variances, dof) = X @ fit.beta, uncertainty_of(fit, X)
    se = np.sqrt(variances)
    columns = {
        "at": at,
        "mean": mean,
        "mean_se": se,
        "group_sd": line.sd,
        "observation_sd": line.observation_sd,
    }
    reaches = {
        "mean": t_quantile(confidence, dof) * se,
        "group": line.reach(confidence),
        "observation": line.observation_reach(confidence),
    }
    for name, reach in reaches.items():
        columns |= {f"{name}_low": mean - reach, f"{name}_high": mean + reach}
    return tuple(
        Forecast(**{name: float(column[k]) for name, column in columns.items()})
        for k in range(len(at))
    )


def predict_rows(fit: Fit, table: pd.DataFrame | Mapping[str, Any] | None, *, level: str) -> Array:
    """Predicted values for the rows of a table (default: those fitted), (k,).

    ``population`` uses the fixed effects alone, ``group`` adds the BLUPs of each row's own groups; a group
    the fit has not seen, or that is missing, has none. Raises ``ModelError`` for another level or an absent column.
    """
    check_level(level)
    if table is None:
        return fit.design.X @ fit.beta if level == "population" else fit.fitted_values
    formula = fit.outline.formula
    needed = formula if level == "group" else replace(formula, bars=())
    frame = frame_with(needed.variables[1:], table)
    mean = fit.outline.encoding.matrix(frame) @ fit.beta
    if level == "population":
        return mean
    Z = np.column_stack([block.encoding.matrix(frame) for block in fit.outline.blocks])
    groups = {block.grouping.name: block.bar.group for block in fit.outline.blocks}
    for factor, b in zip(fit.factors, fit.effects, strict=True):
        known = np.vstack([b, np.zeros(b.shape[1])])
        rows = _places(groups[factor.group.name], factor.group.levels, frame)
        mean = mean + np.einsum("nq,nq->n", Z[:, factor.columns], known[rows])
    return mean


def _places(names: tuple[str, ...], levels: tuple[str, ...], frame: pd.DataFrame) -> np.ndarray:
    """Each row's group as its place in the fit, (k,); −1 for one not seen and where the label is missing."""
    labelled = frame[list(names)].notna().all(axis=1).to_numpy()
    places = np.full(len(frame), -1)
    if labelled.any():
        grouping = group_rows(names, frame[labelled])
        place = {level: i for i, level in enumerate(levels)}
        places[labelled] = np.array([place.get(level, -1) for level in grouping.levels])[
            grouping.codes
        ]
    return places
