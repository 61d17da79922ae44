"""What a mixed model answers besides: its variances, its groups, predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lmm.api.results import Results, Table
from lmm.errors import ModelError
from lmm.inference.fixed_effects.coefficients import FixedEffect
from lmm.inference.groups.blups import blups
from lmm.inference.structures.serial import (
    SerialCorrelation,
    serial_correlation,
    serial_fixed_effects,
)
from lmm.inference.variances.components import variance_components
from lmm.model.fit import Fit
from lmm.model.serial.fit import SerialFit


@dataclass(frozen=True, slots=True)
class MixedResults(Results):
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
            for i, level in enumerate(self.fit.factor.group.levels)
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
        from lmm.inference.predictions.bands import predict_rows

        return predict_rows(self.fit, new, level=level)

    def predictions(
        self, new: Table, level: str = "group", confidence: float = 0.95
    ) -> pd.DataFrame:
        """The same with intervals, one row a row of ``new``: of known groups by their own line, of new ones by the
        outcomes that ``new`` holds of them, or by the population's (``kind`` says which).
        """
        from lmm.inference.predictions.row_predictions import predict_table
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
