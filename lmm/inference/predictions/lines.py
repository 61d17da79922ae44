"""A predicted line: its value at some rows, its error there, and how sure the error itself is.

Equation: docs/mathematics.md (28).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A group's own mean outcome at n rows: ``value`` (n,); root root' (n, r) the covariance of its error, the
    variances as estimated.

    ``doubt`` (n, d) is a root of what estimating them adds to it; ``slopes`` (n, f) and ``log_slopes`` (f,) are
    the slopes of the error's variance over ``sigma``² and of log sigma² along f standard errors of the others.
    """

    value: Array
    root: Array
    doubt: Array
    slopes: Array
    log_slopes: Array
    sigma: float
    dof_of_sigma: int
    least_dof: int

    @property
    def sd_model(self) -> Array:
        """Standard deviation of the error at each row if the variances were known, (n,): what R's tools give."""
        return np.sqrt(_squares(self.root))

    @property
    def sd(self) -> Array:
        """The same with what estimating them adds, (n,).

        The value's own change, given the outcomes (Booth and Hobert 1998, J. Am. Stat. Assoc. 93:262), and once
        more as it was to be expected, because at estimates the first part comes out too small by that
        (Prasad and Rao 1990, 85:163).
        """
        return np.sqrt(_squares(self.error_root))

    @property
    def error_root(self) -> Array:
        """A root (n, r + d) of the covariance that ``sd`` is of."""
        return np.hstack([self.root, self.doubt])

    @property
    def observation_sd(self) -> Array:
        """Standard deviation of the error of a single measurement of prior weight one, (n,)."""
        return np.hypot(self.sd, self.sigma)

    @property
    def dof(self) -> Array:
        """Satterthwaite's degrees of freedom of the error's variance at each row, but at least ``least_dof``, (n,).

        With 10 groups intervals by these hold 90 to 94% for 95 (benchmarks/PREDICTIONS.md): still a little short.
        Near a bound his formula falls to one or two, where a spread between m groups always has about m − 1.
        """
        return np.maximum(self.satterthwaite(), self.least_dof)

    @property
    def observation_dof(self) -> Array:
        """Those of a single measurement, (n,)."""
        return np.maximum(self.satterthwaite(1.0), self.least_dof)

    def reach(self, confidence: float) -> Array:
        """How far the interval of the line goes to each side, (n,)."""
        return t_quantile(confidence, self.dof) * self.sd

    def observation_reach(self, confidence: float) -> Array:
        """How far the range of a single measurement goes, (n,): never less far than that of its line."""
        own = t_quantile(confidence, self.observation_dof) * self.observation_sd
        return np.maximum(own, self.reach(confidence))

    def satterthwaite(self, residual: float = 0.0) -> Array:
        """2 / var(log v) of the error's variance v plus so much of sigma², (n,), as in ``satterthwaite_dof``."""
        relative = _squares(self.root) / self.sigma**2 + residual
        log_slopes = self.slopes / relative[:, None] + self.log_slopes
        return 2.0 / (_squares(log_slopes) + 2.0 / self.dof_of_sigma)


def _squares(rows: Array) -> Array:
    return np.einsum("nr,nr->n", rows, rows)
