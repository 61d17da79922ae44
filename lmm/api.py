"""What ``import lmm`` offers: fits, whose results answer to the names statsmodels users type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import ModelError
from lmm.inference.blups import blups
from lmm.inference.coefficients import FixedEffect, covariance, fixed_effects, t_quantile
from lmm.inference.components import variance_components
from lmm.inference.outcomes import fit_outcomes
from lmm.inference.serial import SerialCorrelation, serial_correlation, serial_fixed_effects
from lmm.model.fit import Fit, fit_mixed
from lmm.model.formula import parse_right_side
from lmm.model.ordinary import OrdinaryFit, fit_pooled, fit_stratified
from lmm.model.serial_fit import SerialFit, fit_serial
from lmm.model.weights import Weights
from lmm.report.outcomes import outcome_rows
from lmm.report.summary import summary_text

Table = pd.DataFrame | Mapping[str, Any]


def fit(
    formula: str,
    data: Table,
    *,
    reml: bool = True,
    serial: str | None = None,
    weights: Weights | None = None,
) -> MixedResults:
    """Fit a linear mixed model such as ``"arm ~ age + (age | id)"`` to a table in memory.

    Rows with a missing value in a variable used are left out (``nobs`` says how many remain). With
    ``serial``, a column of times, residuals of one group are correlated phi^|difference of times|, and
    ``SerialResults`` come back. ``weights`` are lme4's: a column's name, or one number a row in the table's
    order; a row's residual variance is sigma² over its weight. Raises ``lmm.errors.LmmError`` where the
    request cannot be met.
    """
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


@dataclass(frozen=True, slots=True)
class _Results:
    """The names shared by mixed and ordinary results; each calls one function."""

    fit: Any

    @property
    def _whole(self) -> Any:
        """What likelihoods and parameters are taken from."""
        return self.fit

    @property
    def coefficients(self) -> tuple[FixedEffect, ...]:
        """Fixed effects with standard errors, degrees of freedom, p and intervals."""
        return fixed_effects(self.fit)

    def _series(self, field: str) -> pd.Series:
        rows = self.coefficients
        return pd.Series([getattr(row, field) for row in rows], index=[row.term for row in rows])

    @property
    def params(self) -> pd.Series:
        """Fixed effects."""
        return self._series("estimate")

    @property
    def bse(self) -> pd.Series:
        """Their standard errors, by Kenward–Roger where that is the default (see ``fixed_effects``)."""
        return self._series("se")

    @property
    def tvalues(self) -> pd.Series:
        """Estimate over standard error."""
        return self._series("t")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p of zero, t with the row's own degrees of freedom."""
        return self._series("p")

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Intervals of coverage 1 − alpha: columns 0 and 1."""
        rows = self.coefficients
        reach = [float(t_quantile(1.0 - alpha, row.dof)) * row.se for row in rows]
        ends = [(row.estimate - r, row.estimate + r) for row, r in zip(rows, reach, strict=True)]
        return pd.DataFrame(ends, index=[row.term for row in rows])

    def cov_params(self) -> pd.DataFrame:
        """Covariance of the fixed effects, the one that ``bse`` comes from; ``fit.vcov`` is the model's own."""
        names = [row.term for row in self.coefficients]
        return pd.DataFrame(covariance(self.fit), index=names, columns=names)

    @property
    def llf(self) -> float:
        """The (restricted) log-likelihood."""
        return float(self._whole.log_likelihood)

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.fit.n

    @property
    def scale(self) -> float:
        """The residual variance sigma²."""
        return self.fit.sigma**2

    @property
    def sigma(self) -> float:
        """The residual standard deviation."""
        return self.fit.sigma

    @property
    def resid(self) -> pd.Series:
        """Residuals about each row's own line, indexed by position in the table."""
        return pd.Series(self.fit.residuals, index=self.fit.design.rows)

    @property
    def fittedvalues(self) -> pd.Series:
        """Outcome less residual."""
        return pd.Series(self.fit.design.y - self.fit.residuals, index=self.fit.design.rows)

    @property
    def aic(self) -> float:
        """Akaike's criterion; under REML it compares only models with the same fixed effects."""
        return -2.0 * self.llf + 2.0 * self._whole.parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion with n = rows; under REML see ``aic``."""
        return -2.0 * self.llf + np.log(self.fit.n) * self._whole.parameters

    def summary(self) -> str:
        """The fit as text."""
        return summary_text(self._whole)

    def __str__(self) -> str:
        return self.summary()


@dataclass(frozen=True, slots=True)
class OrdinaryResults(_Results):
    """A pooled or stratified fit."""

    fit: OrdinaryFit


@dataclass(frozen=True, slots=True)
class MixedResults(_Results):
    """A linear mixed model; ``fit`` is the underlying value."""

    fit: Fit

    @property
    def criterion(self) -> float:
        """Minus twice the restricted or ordinary log-likelihood."""
        return self._whole.criterion

    @property
    def theta(self) -> np.ndarray:
        """Free entries of the relative Cholesky factor."""
        return self.fit.theta

    @property
    def converged(self) -> bool:
        """Whether gradient and bounds prove an optimum."""
        return self._whole.converged

    @property
    def singular(self) -> bool:
        """Whether a variance, or a combination of random effects, is estimated as zero."""
        return self.fit.singular

    @property
    def random_effects(self) -> dict[str, pd.Series]:
        """Each level's BLUPs, as statsmodels names them; with several grouping factors see ``blups``.

        Raises ``ModelError`` for several factors, whose levels may share a name.
        """
        names = list(self.fit.random_names)
        return {
            level: pd.Series(self.fit.b[i], index=names)
            for i, level in enumerate(self.fit.grouping.levels)
        }

    @property
    def blups(self) -> pd.DataFrame:
        """BLUPs with conditional standard deviations, one row a level and term."""
        return pd.DataFrame([{f: getattr(b, f) for f in b.__slots__} for b in blups(self.fit)])

    @property
    def variance_components(self) -> pd.DataFrame:
        """Variances, covariances, standard deviations and correlations."""
        rows = variance_components(self.fit)
        return pd.DataFrame([{f: getattr(row, f) for f in row.__slots__} for row in rows])

    def predict(self, new: Table | None = None, level: str = "population") -> np.ndarray:
        """The mean for new rows (``population``), or with their groups' BLUPs (``group``; unknown groups get 0)."""
        from lmm.inference.prediction import predict_rows

        return predict_rows(self.fit, new, level=level)

    def predictions(
        self, new: Table, level: str = "group", confidence: float = 0.95
    ) -> pd.DataFrame:
        """The same with intervals, one row a row of ``new``: of known groups by their own line, of new ones by the
        outcomes that ``new`` holds of them, or by the population's (``kind`` says which).
        """
        from lmm.inference.row_predictions import predict_table
        from lmm.rows import to_frame

        return to_frame(predict_table(self.fit, new, level=level, confidence=confidence))


@dataclass(frozen=True, slots=True)
class SerialResults(MixedResults):
    """A linear mixed model with serially correlated residuals; ``serial`` is the underlying value."""

    serial: SerialFit

    @property
    def _whole(self) -> SerialFit:
        return self.serial

    @property
    def coefficients(self) -> tuple[FixedEffect, ...]:
        """Fixed effects; their degrees of freedom allow for phi."""
        return serial_fixed_effects(self.serial)

    def predictions(
        self, new: Table, level: str = "group", confidence: float = 0.95
    ) -> pd.DataFrame:
        """Raises ``ModelError``: what the last residual of a group says of its next one is not in these."""
        raise ModelError(
            "predictions with intervals are not offered for a model with serial correlation",
            remedy="Fit it without `serial` for them.",
        )

    @property
    def serial_correlation(self) -> SerialCorrelation:
        """phi with its profile interval."""
        return serial_correlation(self.serial)
