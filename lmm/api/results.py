"""What every fit answers, under the names of statsmodels; each name calls one function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.inference.fixed_effects.coefficients import (
    FixedEffect,
    covariance,
    fixed_effects,
    t_quantile,
)
from lmm.model.ordinary import OrdinaryFit
from lmm.report.summary import summary_text

Table = pd.DataFrame | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
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
class OrdinaryResults(Results):
    """A pooled or stratified fit."""

    fit: OrdinaryFit
