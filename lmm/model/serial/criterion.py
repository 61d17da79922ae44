"""The criterion with serially correlated residuals: V_i = Z_iΨZ_i' + σ²R_i(phi), as a profile in phi.

At a fixed phi the whitened rows obey an ordinary mixed model, whose criterion plus log|R| is the one
sought; theta, beta and sigma² are profiled out by the engine. The derivative in phi is exact: at the
optimum of all else it is the partial one (Pinheiro and Bates 2000, section 5.3, for the model).

Equation: docs/mathematics.md (23).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import Evaluation
from lmm.model.search.objective import FEW_GROUPS, OneFactor
from lmm.model.search.optimizer import Optimum, minimise
from lmm.model.serial.series import Series, Whitened, whiten
from lmm.model.statistics import GroupStatistics, group_statistics
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialObjective:
    """What the search in phi needs: ``rows`` (n, p+1+q), [X y Z] in internal units and the series' order,
    their group ``codes``, m groups, p fixed columns.
    """

    series: Series
    rows: Array
    codes: np.ndarray
    m: int
    p: int
    template: CovarianceTemplate
    reml: bool

    @property
    def dof(self) -> int:
        """Degrees of freedom of sigma²."""
        return len(self.codes) - self.p if self.reml else len(self.codes)

    @property
    def several_minima(self) -> bool:
        """Whether the criterion in theta, phi held, may well have several minima."""
        return self.m <= FEW_GROUPS and self.template.q > 1

    def statistics(self, white: Array) -> GroupStatistics:
        """Sufficient statistics of whitened rows."""
        XY, Z = np.array(white[:, : self.p + 1]), np.array(white[:, self.p + 1 :])
        return group_statistics(XY, Z, self.codes, self.m)

    def one_factor(self, statistics: GroupStatistics) -> OneFactor:
        """The criterion of whitened rows as a function of T."""
        return OneFactor(statistics=statistics, reml=self.reml)


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPlace:
    """The profile at one rate (infinite: phi = 0): ``value``, its ``slope`` in log rate, all else at its best."""

    rate: float
    value: float
    slope: float
    log_det: float
    statistics: GroupStatistics
    optimum: Optimum[Evaluation]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """How criterion, X'V⁻¹X (p, p) and r2 change with log rate at fixed T."""

    criterion: float
    XVX: Array
    r2: float


def profile_at(objective: SerialObjective, rate: float, *, start: Array | None) -> SerialPlace:
    """Minimise over theta at one rate, from ``start`` (a theta) or from the engine's own starts."""
    white = whiten(objective.series, objective.rows, rate)
    statistics = objective.statistics(white.rows)
    optimum = minimise(objective.one_factor(statistics), objective.template, start=start)
    return SerialPlace(
        rate=rate,
        value=optimum.at.value + white.log_det,
        slope=change_in_rate(objective, white, optimum.at, optimum.T).criterion,
        log_det=white.log_det,
        statistics=statistics,
        optimum=optimum,
    )


def change_in_rate(
    objective: SerialObjective, white: Whitened, at: Evaluation, T: Array
) -> RateChange:
    """The derivatives at ``at``, the evaluation of the whitened rows at D = TT'.

    By the rule for log|V|, log|X'V⁻¹X| and r2 (Harville 1977, JASA 72:320), with the rows of V⁻¹X and
    V⁻¹e as residuals of X and y about their own predictions from Z.
    """
    p, D = objective.p, T @ T.T
    change = white.change
    X, y, Z = white.rows[:, :p], white.rows[:, p], white.rows[:, p + 1 :]
    dX, dy, dZ = change[:, :p], change[:, p], change[:, p + 1 :]
    rest, rest_change = y - X @ at.beta, dy - dX @ at.beta
    X_left, X_change = X.copy(), dX.copy()
    b, on_X = D @ at.u, np.tensordot(D, at.C, 1)
    spread = D[:, :, None] - np.einsum("ab,bcm,cd->adm", D, at.B, D, optimize=True)
    log_det = 0.0
    for k in range(Z.shape[1]):
        own = b[k][objective.codes]
        rest -= Z[:, k] * own
        rest_change -= dZ[:, k] * own
        of_X = on_X[k].T[objective.codes]
        X_left -= Z[:, k, None] * of_X
        X_change -= dZ[:, k, None] * of_X
        for j in range(Z.shape[1]):
            log_det += 2.0 * float(np.sum(dZ[:, k] * Z[:, j] * spread[j, k][objective.codes]))
    XVX = X_left.T @ X_change
    XVX += XVX.T.copy()
    r2 = 2.0 * float(rest @ rest_change)
    criterion = log_det + white.log_det_change + objective.dof / at.r2 * r2
    if objective.reml:
        criterion += float(np.sum(at.Phi * XVX))
    return RateChange(criterion=criterion, XVX=XVX, r2=r2)
