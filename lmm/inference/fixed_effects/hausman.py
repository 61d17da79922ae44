"""Hausman's test: whether a random intercept's slopes are those found within groups.

Hausman 1978, Econometrica 46:1251. The random intercept's variances are Swamy and Arora's as Baltagi and
Chang 1994, J. Econometrics 62:67, have them for unequal groups. It asks what the contextual coefficients
ask, in the words that economists expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from lmm.inference.fixed_effects.group_regressions import group_means, within_regression
from lmm.model.criterion import evaluate
from lmm.model.fit import Fit
from lmm.model.statistics import group_statistics
from lmm.model.units import internal_units
from lmm.numerics import Array

# A variance of the difference below this share of the within estimate's is none.
_NO_VARIANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Hausman:
    """χ² on ``dof``; ``statistic`` and ``p`` are ``None`` where the two estimates are the same by design.

    ``terms`` are the columns compared, ``within`` and ``random`` their two estimates. Each comes with its
    own residual variance, as in Hausman's paper, unless that leaves the difference without a positive
    covariance, which is usual where it is large: then ``common_variance`` is true and that of the within
    regression serves both (Wooldridge 2010, section 10.7.3).
    """

    terms: tuple[str, ...]
    within: tuple[float, ...]
    random: tuple[float, ...]
    statistic: float | None
    dof: int
    p: float | None
    common_variance: bool


def hausman(fit: Fit) -> Hausman | None:
    """The test for the fit's X, y and groups, whatever its random terms; ``None`` with nothing to compare.

    Raises ``ModelError`` for several grouping factors.
    """
    found = within_regression(fit)
    ratio = swamy_arora_ratio(fit)
    if found is None or ratio is None:
        return None
    beta, Phi, sigma2 = _random_intercept(fit, ratio)
    at = list(found.columns)
    difference = found.beta - beta[at]
    Phi = Phi[np.ix_(at, at)]
    statistic = _quadratic(difference, found.vcov - sigma2 * Phi, found.vcov)
    common = statistic is None
    if common:
        own = found.squares / found.dof
        statistic = _quadratic(difference, found.vcov - own * Phi, found.vcov)
    return Hausman(
        terms=tuple(fit.design.names[j] for j in at),
        within=tuple(map(float, found.beta)),
        random=tuple(map(float, beta[at])),
        statistic=statistic,
        dof=len(at),
        p=None if statistic is None else float(chdtrc(len(at), statistic)),
        common_variance=common and statistic is not None,
    )


def _quadratic(difference: Array, covariance: Array, scale: Array) -> float | None:
    """d'C⁻¹d, or nothing where C, relative to ``scale``, is not positive definite."""
    size = np.sqrt(np.diag(scale))
    if np.linalg.eigvalsh(covariance / np.outer(size, size)).min() <= _NO_VARIANCE:
        return None
    return float(difference @ np.linalg.solve(covariance, difference))


def swamy_arora_ratio(fit: Fit) -> float | None:
    """tau² over sigma² from the residual squares within groups and between their means, never negative.

    ``None`` where one of the two regressions has nothing left over.
    """
    within = within_regression(fit)
    XY, *_ = internal_units(fit.design)
    sizes = fit.statistics.sizes
    means = group_means(fit, XY)
    weighted = means * np.sqrt(sizes)[:, None]
    X, y = weighted[:, :-1], weighted[:, -1]
    beta, _, rank, _ = np.linalg.lstsq(X, y, rcond=1e-10)
    left = fit.statistics.m - rank
    if within is None or left <= 0:
        return None
    sigma2 = within.squares / within.dof / fit.units.y_scale**2
    squares = float(np.sum((y - X @ beta) ** 2))
    sums = means[:, :-1] * sizes[:, None]
    drawn = float(np.trace(np.linalg.pinv(X.T @ X, rcond=1e-12, hermitian=True) @ (sums.T @ sums)))
    return max((squares - left * sigma2) / (fit.n - drawn) / sigma2, 0.0)


def _random_intercept(fit: Fit, ratio: float) -> tuple[Array, Array, float]:
    """Least squares with a random intercept alone: beta (p,), (X'V⁻¹X)⁻¹ (p, p) relative to sigma², sigma²."""
    XY, _, units = internal_units(fit.design)
    one = np.ones((fit.n, 1))
    statistics = group_statistics(XY, one, fit.grouping.codes, fit.statistics.m)
    at = evaluate(statistics, np.array([[np.sqrt(ratio)]]), reml=True)
    sigma2 = units.y_scale**2 * at.r2 / (fit.n - fit.p)
    return units.beta_out(at.beta), units.unscaled_covariance_out(at.Phi), sigma2
