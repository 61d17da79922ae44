"""The ladder of structures: one slope under ever richer accounts of what the rows of a group share.

From one line for all rows, over group intercepts (fixed, then random) and group slopes, to residuals
that are correlated over time, which are a rival explanation of what slopes explain (Pinheiro and Bates
2000, chapter 5; Verbeke and Molenberghs 2000, chapter 9). Likelihoods are maximum likelihoods; the
restricted ones stand beside them, and the coefficient shown is that of the REML fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from lmm.errors import LmmError, ModelError
from lmm.inference.structures.rungs import AnyFit, Rung, by_ml, on_boundary, reml_criterion, rung
from lmm.inference.variance_tests.boundary_mixture import boundary_test
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.model.serial.fit import SerialFit
from lmm.model.serial.fitting import fit_serial_design, time_of

RUNGS = (
    "pooled",
    "stratified",
    "random_intercept",
    "random_slope_independent",
    "random_slope",
    "random_intercept_serial",
    "random_slope_serial",
)
SERIAL = {
    "random_intercept_serial": "random_intercept",
    "random_slope_serial": "random_slope",
}
# (smaller, larger): one parameter more is at its bound under the smaller.
_STEPS = (
    ("pooled", "random_intercept"),
    ("random_intercept", "random_slope_independent"),
    ("random_intercept", "random_slope"),
    ("random_intercept", "random_intercept_serial"),
    ("random_slope", "random_slope_serial"),
    ("random_intercept_serial", "random_slope_serial"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A model against the one it contains, by ML and by REML.

    ``nuisance_on_boundary``: a variance of the smaller model is zero too, and the mixture is a guess.
    """

    smaller: str
    larger: str
    dof: int
    mixture: str
    statistic: float
    p_naive: float
    p_mixture: float
    reml_statistic: float
    reml_p_naive: float
    reml_p_mixture: float
    nuisance_on_boundary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTest:
    """The exact F test that all groups have one level: pooled against stratified."""

    f: float
    dof_groups: int
    dof_residual: int
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A rung that is not there, and why."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rungs in order, the steps between them, and what is missing."""

    rungs: tuple[Rung, ...]
    steps: tuple[Step, ...]
    group_test: GroupTest | None
    absent: tuple[Absent, ...]


def serial_rivals(
    fits: Mapping[str, AnyFit], table: pd.DataFrame | Mapping[str, Any], *, time: str | None
) -> tuple[dict[str, SerialFit], tuple[Absent, ...]]:
    """Random intercept and random slope fitted again with serial correlation, or why they cannot be."""
    found: dict[str, SerialFit] = {}
    absent = []
    for name, base in SERIAL.items():
        fit = fits.get(base)
        if time is None:
            absent.append(Absent(model=name, reason="there is no column of time"))
        elif not isinstance(fit, Fit):
            reason = f"the model without the correlation, {base}, is absent"
            absent.append(Absent(model=name, reason=reason))
        else:
            try:
                times = time_of(fit.design, table, time)
                found[name] = fit_serial_design(fit.design, times, reml=fit.reml)
            except LmmError as error:
                absent.append(Absent(model=name, reason=error.reason))
    return found, tuple(absent)


def structure_ladder(
    fits: Mapping[str, AnyFit],
    table: pd.DataFrame | Mapping[str, Any],
    *,
    term: str,
    time: str | None,
) -> Ladder:
    """Every rung that the REML ``fits`` (named as in ``RUNGS``) and the times allow; ``term`` is followed.

    Raises ``ModelError`` for fits to different rows or with different fixed effects.
    """
    named: dict[str, AnyFit] = {name: fits[name] for name in RUNGS if name in fits}
    _check_comparable(named)
    rivals, absent = serial_rivals(named, table, time=time)
    named.update(rivals)
    likelihood = {name: by_ml(fit) for name, fit in named.items()}
    steps = [
        _step(pair, named, likelihood)
        for pair in _STEPS
        if set(pair) <= set(named) and not _adds_factors(pair, named)
    ]
    return Ladder(
        rungs=tuple(rung(name, fit, likelihood[name], term) for name, fit in named.items()),
        steps=tuple(steps),
        group_test=_group_test(named),
        absent=absent,
    )


def _adds_factors(pair: tuple[str, str], fits: Mapping[str, AnyFit]) -> bool:
    """Whether a step brings in several grouping factors at once: for that no reference distribution is known."""
    large = fits[pair[1]]
    return pair[0] == "pooled" and isinstance(large, Fit) and len(large.factors) > 1


def _check_comparable(fits: Mapping[str, AnyFit]) -> None:
    first: AnyFit | None = None
    for name, fit in fits.items():
        first = first or fit
        rows, y = first.design.rows, first.design.y
        if not (np.array_equal(fit.design.rows, rows) and np.array_equal(fit.design.y, y)):
            raise ModelError(
                f"{name!r} was fitted to other rows than the rest, so the likelihoods do not compare",
                remedy="Fit all models to the rows that have every variable of the largest.",
            )
        if not isinstance(fit, OrdinaryFit):
            if not fit.reml:
                raise ModelError(
                    f"the ladder starts from REML fits; {name!r} was fitted by ML",
                    remedy="Fit it with reml=True.",
                )
            if "pooled" in fits and fit.design.names != fits["pooled"].design.names:
                raise ModelError(
                    f"{name!r} has other fixed effects than the pooled model",
                    remedy="Give all models of a ladder the same fixed part.",
                )


def _step(
    pair: tuple[str, str], fits: Mapping[str, AnyFit], likelihood: Mapping[str, AnyFit]
) -> Step:
    small, large = pair
    dof = likelihood[large].parameters - likelihood[small].parameters
    ml = boundary_test(*((name, -2.0 * likelihood[name].log_likelihood) for name in pair), dof=dof)
    restricted = {name: reml_criterion(fits[name]) for name in pair}
    reml = boundary_test(*((name, value or 0.0) for name, value in restricted.items()), dof=dof)
    return Step(
        smaller=small,
        larger=large,
        dof=dof,
        mixture=ml.mixture,
        statistic=ml.statistic,
        p_naive=ml.p_naive,
        p_mixture=ml.p_mixture,
        reml_statistic=reml.statistic,
        reml_p_naive=reml.p_naive,
        reml_p_mixture=reml.p_mixture,
        nuisance_on_boundary=on_boundary(fits[small]),
    )


def _group_test(fits: Mapping[str, AnyFit]) -> GroupTest | None:
    """Wald 1947, Ann. Math. Stat. 18:586: exact, for it is one regression against another."""
    pooled, stratified = fits.get("pooled"), fits.get("stratified")
    if not isinstance(pooled, OrdinaryFit) or not isinstance(stratified, OrdinaryFit):
        return None
    free = pooled.dof_residual - stratified.dof_residual
    if free <= 0:
        return None
    f = (pooled.residual_squares - stratified.residual_squares) / free / stratified.sigma**2
    return GroupTest(
        f=f,
        dof_groups=free,
        dof_residual=stratified.dof_residual,
        p=float(fdtrc(free, stratified.dof_residual, f)),
    )
