"""Which model the data prefer: information criteria and likelihood-ratio tests, on ML fits of equal rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.model.serial.fit import SerialFit


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationCriteria:
    """−2 log-likelihood, AIC and BIC (n = rows) of one maximum-likelihood fit."""

    model: str
    parameters: int
    log_likelihood: float
    deviance: float
    aic: float
    bic: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodRatio:
    """A test of added random effects: the usual χ² p and the one that knows a variance cannot be negative."""

    smaller: str
    larger: str
    statistic: float
    dof: int
    p_naive: float
    p_mixture: float
    mixture: str


def information_criteria(name: str, fit: Fit | OrdinaryFit | SerialFit) -> InformationCriteria:
    """The criteria of one fit. Raises ``ModelError`` for a REML fit: its criterion depends on X."""
    if not isinstance(fit, OrdinaryFit) and fit.reml:
        raise ModelError(
            f"information criteria compare maximum-likelihood fits; {name!r} was fitted by REML",
            remedy="Refit it by maximum likelihood (reml=False).",
        )
    deviance = -2.0 * fit.log_likelihood
    k = fit.parameters
    return InformationCriteria(
        model=name,
        parameters=k,
        log_likelihood=float(fit.log_likelihood),
        deviance=float(deviance),
        aic=float(deviance + 2.0 * k),
        bic=float(deviance + np.log(fit.n) * k),
    )


def random_effect_test(smaller: tuple[str, Fit], larger: tuple[str, Fit]) -> LikelihoodRatio:
    """Test one added random column (its variance and its covariances with the q already there).

    The reference is ½χ²(q) + ½χ²(q+1) where it correlates, ½χ²(0) + ½χ²(1) where it does not (Self and
    Liang 1987; Stram and Lee 1994, Biometrics 50:1171). Both fits ML or both REML with equal X.
    """
    (small_name, small), (large_name, large) = smaller, larger
    _check_comparable(small, large)
    test = boundary_test(
        (small_name, small.criterion),
        (large_name, large.criterion),
        dof=len(large.theta) - len(small.theta),
    )
    return LikelihoodRatio(
        smaller=small_name,
        larger=large_name,
        statistic=test.statistic,
        dof=test.dof,
        p_naive=test.p_naive,
        p_mixture=test.p_mixture,
        mixture=test.mixture,
    )


def check_same_rows(one: Fit, other: Fit) -> None:
    """Raise ``ModelError`` unless both are fits of the same outcomes in the same rows, equally weighted."""
    same_rows = np.array_equal(one.design.rows, other.design.rows)
    if not same_rows or not np.array_equal(one.design.y, other.design.y):
        raise ModelError(
            "the two models were fitted to different rows, so their likelihoods do not compare",
            remedy="Fit both to the rows that have every variable of the larger model.",
        )
    if not np.array_equal(_weights(one), _weights(other)):
        raise ModelError(
            "the two models were fitted with different weights, so their likelihoods do not compare",
            remedy="Fit both with the same weights.",
        )


def _weights(fit: Fit) -> np.ndarray:
    return np.ones(fit.n) if fit.design.weights is None else fit.design.weights


def _factors(fit: Fit) -> set[str]:
    return {factor.grouping.name for factor in fit.factors}


def _check_comparable(small: Fit, large: Fit) -> None:
    check_same_rows(small, large)
    if small.reml != large.reml:
        raise ModelError(
            "one model was fitted by REML, the other by maximum likelihood",
            remedy="Fit both by the same criterion.",
        )
    if small.reml and small.design.names != large.design.names:
        raise ModelError(
            "REML fits with different fixed effects do not compare",
            remedy="Refit both by maximum likelihood (reml=False).",
        )
    if _factors(small) != _factors(large):
        raise ModelError(
            "this test is for one added random effect of a grouping factor that both models have",
            remedy="Compare models with other grouping factors by AIC and BIC of their ML fits.",
        )
    if small.design.names != large.design.names or (
        len(large.random_names) != len(small.random_names) + 1
    ):
        raise ModelError(
            "this test is for one added random effect",
            remedy="Add one at a time, or compare AIC and BIC of the ML fits.",
        )
