"""Whose differences the variance is: the share of every grouping factor, and of what is left.

For random intercepts the interval is the profile's: with r_f = τ_f²/σ² the share of factor f is r_f/(1 + Σr), and
at each share the criterion is minimised over the other ratios (Venzon and Moolgavkar 1988, Applied Statistics 37:87).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import chdtri

from lmm.inference.variances.icc import residual_ratio
from lmm.model.fit import Fit
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import evaluate_crossed
from lmm.numerics import Array

# No share is asked for nearer to 1 than this.
_NEAR_ONE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceShare:
    """``variance`` in squares of the outcome's unit and its ``share`` of all that the fixed part leaves.

    ``group`` is '' for the residual. The interval is ``None`` where none is defined (with random slopes).
    """

    group: str
    variance: float
    share: float
    low: float | None
    high: float | None


def variance_shares(fit: Fit, *, confidence: float = 0.95) -> tuple[VarianceShare, ...]:
    """A row for each of several grouping factors in the fit's order, then the residual's.

    With random slopes the mean of z'Ψz over the rows stands for a factor's variance (Johnson 2014, Methods Ecol.
    Evol. 5:944); with prior weights the mean of σ²/w for the residual's.
    """
    sizes = _sizes(fit)
    residual = residual_ratio(fit) * fit.sigma**2
    whole = sum(sizes) + residual
    plain = all(name == "Intercept" for name in fit.random_names)
    rows = []
    for k, (factor, variance) in enumerate(zip(fit.factors, sizes, strict=True)):
        low, high = _interval(fit, k, confidence) if plain else (None, None)
        rows.append(
            VarianceShare(
                group=factor.grouping.name,
                variance=variance,
                share=variance / whole,
                low=low,
                high=high,
            )
        )
    rows.append(
        VarianceShare(group="", variance=residual, share=residual / whole, low=None, high=None)
    )
    return tuple(rows)


def point_shares(fit: Fit) -> tuple[float, ...]:
    """The shares of the grouping factors alone, in the fit's order."""
    sizes = _sizes(fit)
    whole = sum(sizes) + residual_ratio(fit) * fit.sigma**2
    return tuple(size / whole for size in sizes)


def _sizes(fit: Fit) -> list[float]:
    """The variance of each factor's part of a row, averaged over the rows."""
    Z = fit.Z
    parts = [(Z[:, factor.columns], factor.own(fit.Psi)) for factor in fit.factors]
    return [float(np.sum(own.T @ own * Psi)) / len(own) for own, Psi in parts]


def _interval(fit: Fit, k: int, confidence: float) -> tuple[float, float]:
    """Where the criterion, minimised at each share, has risen by the χ²(1) quantile."""
    scale = np.diag(fit.units.W_z) ** 2 / residual_ratio(fit)
    at = np.diag(fit.optimum.T) ** 2 * scale
    share = float(at[k] / (1.0 + at.sum()))
    rise = fit.optimum.at.value + float(chdtri(1, 1.0 - confidence))

    def excess(candidate: float) -> float:
        return lowest_at_share(fit, k, candidate, scale=scale, start=np.delete(at, k)) - rise

    low = 0.0 if share <= 0.0 or excess(0.0) <= 0.0 else float(brentq(excess, 0.0, share))
    high = _NEAR_ONE if excess(_NEAR_ONE) <= 0.0 else float(brentq(excess, share, _NEAR_ONE))
    return low, high


def lowest_at_share(fit: Fit, k: int, share: float, *, scale: Array, start: Array) -> float:
    """The least criterion where factor k has this share; ``scale`` makes entries of D ratios, ``start`` the others'.

    All are internal units of a fit with random intercepts of several factors.
    """
    statistics = fit.sufficient
    assert isinstance(statistics, CrossedStatistics)
    odds = share / (1.0 - share)
    others = np.delete(np.arange(len(scale)), k)
    unit = np.maximum(start, 0.1)

    def criterion(x: Array) -> tuple[float, Array]:
        ratios = np.empty(len(scale))
        ratios[others] = x * unit
        ratios[k] = odds * (1.0 + ratios[others].sum())
        at = evaluate_crossed(statistics, np.diag(np.sqrt(ratios / scale)), reml=fit.reml)
        slope = np.diag(at.gradient) / scale
        return at.value, unit * (slope[others] + odds * slope[k])

    found = minimize(
        criterion,
        start / unit,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(others),
        options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
    )
    return float(found.fun)
