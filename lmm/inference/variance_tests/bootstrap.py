"""Parametric bootstrap: intervals of every parameter, and a test of nested models, by new responses of a fit.

Davison and Hinkley 1997, Bootstrap Methods and their Application, sections 5.2 and 4.2. Responses have
new random effects and residuals, the design stays; each refit is a whole fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.inference.variance_tests.bootstrap_rows import ParameterDraws, parameter_draws
from lmm.inference.variance_tests.comparison import random_effect_test
from lmm.model.batch import refit_responses
from lmm.model.fit import Fit
from lmm.model.simulate import simulate_responses
from lmm.numerics import Array

_NUMBERS_AT_ONCE = 10_000_000
_FEWEST = 20  # draws


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapInterval:
    """One parameter's interval: percentile ends, and basic ends (twice the estimate less the percentile's).

    ``kind``: fixed_effect, sd, correlation, residual_sd, icc, marginal_r2, conditional_r2. ``bias`` is
    the mean of the draws less the estimate, ``se`` their SD. ``draws`` are those in which the parameter
    was defined; basic ends are cut off at the parameter's range. ``None`` where it has no estimate.
    """

    kind: str
    group: str
    term: str
    other: str | None
    estimate: float | None
    bias: float | None
    se: float | None
    low: float | None
    high: float | None
    basic_low: float | None
    basic_high: float | None
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """``intervals`` from ``draws`` refits: ``failed`` proved no optimum and are left out, ``boundary`` ended there."""

    draws: int
    seed: int
    failed: int
    boundary: int
    confidence: float
    intervals: tuple[BootstrapInterval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapTest:
    """``p`` = (1 + hits)/(1 + draws) of the likelihood ratios of responses drawn from the smaller model."""

    smaller: str
    larger: str
    statistic: float
    draws: int
    failed: int
    hits: int
    p: float
    mc_error: float
    seed: int


def bootstrap_intervals(
    fit: Fit, *, draws: int = 1000, seed: int = 1, confidence: float = 0.95
) -> Bootstrap:
    """Intervals of every parameter of a fit, by its own criterion (REML or ML).

    Raises ``ModelError`` for several grouping factors, or where fewer than 20 refits converged.
    """
    _check(draws)
    parts, failed, boundary = [], 0, 0
    for Y in _responses(fit, draws, seed):
        refits = refit_responses(fit, Y)
        failed += int(np.count_nonzero(~refits.converged))
        boundary += int(np.count_nonzero(refits.singular & refits.converged))
        parts.append(
            parameter_draws(fit, refits.beta, refits.sigma, refits.Psi, kept=refits.converged)
        )
    if draws - failed < _FEWEST:
        raise ModelError(
            f"{failed} of {draws} refits proved no optimum: no interval from so few",
            remedy="Fit a model with fewer random effects.",
        )
    estimates = parameter_draws(
        fit, fit.beta[None], np.array([fit.sigma]), fit.Psi[None], kept=np.ones(1, bool)
    )
    columns = [np.concatenate(values) for values in zip(*(p.values for p in parts), strict=True)]
    return Bootstrap(
        draws=draws,
        seed=seed,
        failed=failed,
        boundary=boundary,
        confidence=confidence,
        intervals=tuple(
            _interval(estimates, k, column, confidence) for k, column in enumerate(columns)
        ),
    )


def bootstrap_test(
    smaller: tuple[str, Fit], larger: tuple[str, Fit], *, draws: int = 999, seed: int = 1
) -> BootstrapTest:
    """Test one added random column by likelihood ratios of responses drawn from the smaller model.

    Refits that proved no optimum are left out and counted. Raises ``ModelError`` as
    ``random_effect_test`` does, or where nearly all failed.
    """
    _check(draws)
    statistic = random_effect_test(smaller, larger).statistic
    hits, used = 0, 0
    for Y in _responses(smaller[1], draws, seed):
        small, large = (refit_responses(fit, Y) for fit in (smaller[1], larger[1]))
        sound = small.converged & large.converged
        ratios = (small.criterion - large.criterion)[sound]
        hits += int(np.count_nonzero(np.maximum(ratios, 0.0) >= statistic))
        used += len(ratios)
    if used < _FEWEST:
        raise ModelError(
            f"{draws - used} of {draws} refits proved no optimum: no test from so few",
            remedy="Compare models with fewer random effects.",
        )
    p = (1 + hits) / (1 + used)
    return BootstrapTest(
        smaller=smaller[0],
        larger=larger[0],
        statistic=statistic,
        draws=used,
        failed=draws - used,
        hits=hits,
        p=p,
        mc_error=float(np.sqrt(p * (1.0 - p) / used)),
        seed=seed,
    )


def _check(draws: int) -> None:
    if draws < _FEWEST:
        raise ModelError(
            f"a bootstrap of {draws} draws says nothing; it takes at least {_FEWEST}",
            remedy="Take a thousand or more for an interval or a p-value.",
        )


def _responses(fit: Fit, draws: int, seed: int) -> Iterator[Array]:
    """Responses (n, some) until there are ``draws``, as many at once as memory is meant to hold."""
    step = max(1, _NUMBERS_AT_ONCE // fit.n)
    starts = range(0, draws, step)
    seeds = np.random.SeedSequence(seed).generate_state(len(starts))
    for start, own in zip(starts, seeds, strict=True):
        yield simulate_responses(fit, min(step, draws - start), seed=int(own))


def _interval(
    estimates: ParameterDraws, k: int, drawn: Array, confidence: float
) -> BootstrapInterval:
    name, lowest, highest = estimates.names[k], estimates.lowest[k], estimates.highest[k]
    estimate = float(estimates.values[k][0])
    drawn = drawn[np.isfinite(drawn)]
    known = bool(np.isfinite(estimate)) and len(drawn) >= _FEWEST
    tail = 0.5 * (1.0 - confidence)
    # the (B + 1)p-th of the ordered draws (Davison and Hinkley 1997, eq. 5.6)
    low, high = np.quantile(drawn, [tail, 1.0 - tail], method="weibull") if known else (0.0, 0.0)
    return BootstrapInterval(
        kind=name.kind,
        group=name.group,
        term=name.term,
        other=name.other,
        estimate=estimate if np.isfinite(estimate) else None,
        bias=float(drawn.mean() - estimate) if known else None,
        se=float(drawn.std(ddof=1)) if known else None,
        low=float(low) if known else None,
        high=float(high) if known else None,
        basic_low=float(np.clip(2.0 * estimate - high, lowest, highest)) if known else None,
        basic_high=float(np.clip(2.0 * estimate - low, lowest, highest)) if known else None,
        draws=len(drawn),
    )
