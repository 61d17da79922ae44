"""From a formula and a table in memory to results: mixed, one model for many outcomes, pooled, stratified."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from lmm.api.mixed import MixedResults, SerialResults
from lmm.api.results import OrdinaryResults, Table
from lmm.api.streams import stream
from lmm.errors import ModelError
from lmm.inference.outcomes import fit_outcomes
from lmm.model.fit import fit_mixed
from lmm.model.formula import parse_right_side
from lmm.model.ordinary import fit_pooled, fit_stratified
from lmm.model.serial.fitting import fit_serial
from lmm.model.weights import Weights
from lmm.report.outcomes import outcome_rows


def fit(
    formula: str,
    data: Table | str | Path,
    *,
    reml: bool = True,
    serial: str | None = None,
    weights: Weights | None = None,
) -> MixedResults:
    """Fit a linear mixed model such as ``"arm ~ age + (age | id)"`` to a table in memory, or a Parquet file.

    Rows with a missing value in a variable used are left out (``nobs`` says how many remain). With
    ``serial``, a column of times, residuals of one group are correlated phi^|difference of times|, and
    ``SerialResults`` come back. ``weights`` are lme4's: a column's name, or one number a row in the table's
    order; a row's residual variance is sigma² over its weight. The rows of a file are not held (``stream``).
    Raises ``lmm.errors.LmmError`` where the request cannot be met.
    """
    if isinstance(data, str | Path):
        if serial is not None or weights is not None:
            raise ModelError(
                "serial correlation and weights need the rows of a table in memory",
                remedy="Read the file first: lmm.fit(formula, pandas.read_parquet(path), ...).",
            )
        return stream(formula, data).fit(reml=reml)
    if serial is None:
        return MixedResults(fit_mixed(formula, data, reml=reml, weights=weights))
    if weights is not None:
        raise ModelError(
            "serial correlation is not offered together with prior weights",
            remedy="Leave out one of the two.",
        )
    found = fit_serial(formula, data, time=serial, reml=reml)
    return SerialResults(found.given_phi, found)


def fit_many(
    formula: str,
    data: Table,
    outcomes: Sequence[str],
    *,
    reml: bool = True,
    weights: Weights | None = None,
    dof: str = "auto",
) -> pd.DataFrame:
    """Fit one model to each of the ``outcomes``, columns of the table: one row each, in their order.

    The left side of the formula stands for each outcome in turn and may be left out: ``"~ age + (age | id)"``.
    Each is fitted as if alone, without the rows that lack it, but outcomes of the same rows share all that
    does not depend on them. ``age.estimate``, ``.se``, ``.dof``, ``.t``, ``.p``, ``.low``, ``.high``, and
    ``age.p_benjamini_hochberg``: p adjusted over the outcomes of the table, term by term. Variances follow, and
    ``id.icc``. An outcome that cannot be fitted has nothing but a ``message``. Raises ``lmm.errors.LmmError``
    where none can.
    """
    found = fit_outcomes(
        parse_right_side(formula), data, outcomes, reml=reml, weights=weights, dof=dof
    )
    return pd.DataFrame(outcome_rows(found))


def pooled(formula: str, data: Table, *, weights: Weights | None = None) -> OrdinaryResults:
    """One ordinary regression for all rows; random terms of the formula are left out; weights as in ``fit``."""
    return OrdinaryResults(fit_pooled(formula, data, weights=weights))


def stratified(
    formula: str, data: Table, *, group: str, weights: Weights | None = None
) -> OrdinaryResults:
    """An ordinary regression with a fixed intercept for each level of ``group``; weights as in ``fit``."""
    return OrdinaryResults(fit_stratified(formula, data, group=group, weights=weights))
