"""Identities between the fits of one table: least squares, nested likelihoods, slopes of balanced data, Wald's F."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lmm.errors import ModelError
from lmm.inference.identities.of_fits import ALLOWED, Identity
from lmm.inference.variance_tests.comparison import InformationCriteria
from lmm.inference.variances.wald import wald_test
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit

# Each model, and those whose likelihood it cannot be below.
NESTED: Mapping[str, tuple[str, ...]] = {
    "random_intercept": ("pooled",),
    "random_slope_independent": ("random_intercept",),
    "random_slope": ("random_intercept", "random_slope_independent"),
}
# Units of the criterion: what two searches may be apart.
_CRITERION = 1e-6
# Group means of a column that agree to so many digits are the same.
_SAME = 1e-12


def least_squares(fits: Sequence[OrdinaryFit]) -> Identity:
    """Residuals of ordinary fits are uncorrelated with every column, and sum to zero in each stratum."""
    return Identity(
        id="least_squares", difference=max(_correlation(fit) for fit in fits), allowed=ALLOWED
    )


def nested_order(criteria: Sequence[InformationCriteria], converged: Sequence[str]) -> Identity:
    """No model has a higher −2 log likelihood than one that it contains; searches that ``converged`` only."""
    deviances = {row.model: row.deviance for row in criteria if row.model in converged}
    falls = [
        deviances[larger] - deviances[smaller]
        for larger, contained in NESTED.items()
        for smaller in contained
        if larger in deviances and smaller in deviances
    ]
    return Identity(
        id="nested_order",
        difference=max(0.0, *falls) if falls else None,
        allowed=_CRITERION,
        reason="" if falls else "absent",
    )


def balanced_slopes(
    pooled: OrdinaryFit, stratified: OrdinaryFit, mixed: Fit, slope: str | None
) -> Identity:
    """Where all groups have the same mean of time, the only covariate, pooled, stratified and shared slopes are one.

    Their difference is in standard errors of the stratified one.
    """
    absent = Identity(id="balanced_slopes", difference=None, allowed=ALLOWED, reason="absent")
    names = pooled.names
    if slope is None or set(names) != {"Intercept", slope} or stratified.names != (slope,):
        return absent
    if len(mixed.factors) > 1 or mixed.random_names != ("Intercept",):
        return absent
    x, codes = pooled.design.X[:, names.index(slope)], mixed.grouping.codes
    means = np.bincount(codes, weights=x) / mixed.grouping.sizes
    if mixed.design.weights is not None or np.ptp(means) > _SAME * np.abs(x).max():
        return absent
    slopes = [
        pooled.beta[names.index(slope)],
        stratified.beta[0],
        mixed.beta[mixed.design.names.index(slope)],
    ]
    return Identity(
        id="balanced_slopes",
        difference=float(np.ptp(slopes) / np.sqrt(stratified.vcov[0, 0])),
        allowed=ALLOWED,
    )


def anova_f(pooled: OrdinaryFit, stratified: OrdinaryFit, mixed: Fit) -> Identity:
    """Wald's exact F of the groups is the F of the analysis of variance: pooled regression against stratified."""
    absent = Identity(id="anova_f", difference=None, allowed=ALLOWED, reason="absent")
    if len(mixed.factors) > 1 or mixed.random_names != ("Intercept",):
        return absent
    try:
        exact = wald_test(mixed, "Intercept").f
    except ModelError:
        return absent
    within = stratified.residual_squares / stratified.dof_residual
    freed = pooled.dof_residual - stratified.dof_residual
    usual = (pooled.residual_squares - stratified.residual_squares) / freed / within
    return Identity(id="anova_f", difference=abs(exact - usual) / max(1.0, usual), allowed=ALLOWED)


def _correlation(fit: OrdinaryFit) -> float:
    """The largest correlation of the residuals with a column, or with the indicator of a stratum."""
    weights = np.ones(fit.n) if fit.design.weights is None else fit.design.weights
    left = fit.residuals * np.sqrt(weights)
    names = list(fit.design.names)
    X = fit.design.X[:, [names.index(name) for name in fit.names]] * np.sqrt(weights)[:, None]
    lengths = np.linalg.norm(X, axis=0) * np.linalg.norm(left)
    found = np.abs(X.T @ left) / lengths
    if fit.grouping is not None:
        sums = np.bincount(fit.grouping.codes, weights=left * np.sqrt(weights))
        sizes = np.bincount(fit.grouping.codes, weights=weights)
        found = np.append(found, np.abs(sums) / np.sqrt(sizes) / np.linalg.norm(left))
    return float(found.max()) if found.size else 0.0
