"""``Design`` to ``Fit``: the optimum of a linear mixed model, in the user's units, with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmm.errors import ModelError
from lmm.model.covariance import CovarianceTemplate
from lmm.model.design import Design, build_design
from lmm.model.formula import Formula, parse_formula
from lmm.model.groups import Grouping
from lmm.model.optimizer import FEW_GROUPS, Optimum, minimise
from lmm.model.statistics import GroupStatistics, group_statistics
from lmm.model.units import Units, internal_units
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted linear mixed model with one grouping factor.

    ``theta`` the free entries of T, the Cholesky factor of the random effects' covariance relative to
    sigma²; ``beta`` (p,); ``vcov`` (p, p); ``b`` (m, q) the predicted random effects (BLUPs);
    ``criterion`` minus twice the restricted (``reml``) or ordinary log-likelihood. ``optimum`` and
    ``statistics`` are in internal ``units``.
    """

    design: Design
    reml: bool
    template: CovarianceTemplate
    statistics: GroupStatistics
    units: Units
    optimum: Optimum
    theta: Array
    T: Array
    beta: Array
    vcov: Array
    sigma: float
    b: Array
    criterion: float

    @property
    def grouping(self) -> Grouping:
        """The grouping factor."""
        return self.design.blocks[0].grouping

    @property
    def Z(self) -> Array:
        """The columns of all blocks side by side, (n, q)."""
        return np.column_stack([block.Z for block in self.design.blocks])

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random columns."""
        return tuple(name for block in self.design.blocks for name in block.names)

    @property
    def Psi(self) -> Array:
        """Covariance of a group's random effects, (q, q), in the user's units."""
        return self.sigma**2 * self.T @ self.T.T

    @property
    def n(self) -> int:
        """Rows used."""
        return self.statistics.n

    @property
    def p(self) -> int:
        """Fixed effects."""
        return self.statistics.p

    @property
    def dof(self) -> int:
        """Degrees of freedom of sigma² in the criterion: n − p under REML, n under ML."""
        return self.n - self.p if self.reml else self.n

    @property
    def log_likelihood(self) -> float:
        """The restricted or ordinary log-likelihood at the optimum."""
        return -0.5 * self.criterion

    @property
    def parameters(self) -> int:
        """Free parameters: fixed effects, entries of theta, sigma."""
        return self.p + len(self.theta) + 1

    @property
    def converged(self) -> bool:
        """Whether gradient and bounds prove an optimum."""
        return self.optimum.converged

    @property
    def singular(self) -> bool:
        """Whether the fit lies on the boundary: some combination of random effects has no variance."""
        return bool(self.optimum.singular_columns)

    @property
    def fitted_values(self) -> Array:
        """X beta + Z b, (n,): each row's own group's line."""
        return self.design.X @ self.beta + np.einsum(
            "nq,nq->n", self.Z, self.b[self.grouping.codes]
        )

    @property
    def residuals(self) -> Array:
        """Conditional residuals y − X beta − Z b, (n,)."""
        return self.design.y - self.fitted_values


def fit_mixed(
    formula: str | Formula,
    table: pd.DataFrame | Mapping[str, Any],
    *,
    reml: bool = True,
    start: Array | None = None,
) -> Fit:
    """Fit a linear mixed model to a table by REML or ML.

    Raises ``FormulaError``, ``DataError`` or ``ModelError`` where the request cannot be met.
    """
    if isinstance(formula, str):
        formula = parse_formula(formula)
    return fit_design(build_design(formula, table), reml=reml, start=start)


def fit_design(design: Design, *, reml: bool = True, start: Array | None = None) -> Fit:
    """Fit the model of a design; ``start`` is a theta in internal units."""
    grouping = only_grouping(design)
    XY, Z, units = internal_units(design)
    _check_outcome_left(design, XY[:, -1] * units.y_scale)
    statistics = group_statistics(XY, Z, grouping.codes, len(grouping.levels))
    _check_residual(statistics)
    template = CovarianceTemplate(sizes=tuple(block.Z.shape[1] for block in design.blocks))
    optimum = minimise(statistics, template, reml=reml, start=start)
    dof = statistics.n - statistics.p if reml else statistics.n
    sigma = units.y_scale * float(np.sqrt(optimum.at.r2 / dof))
    T = template.standard(units.W_z @ optimum.T)
    b = units.y_scale * (units.W_z @ optimum.T @ optimum.T.T @ optimum.at.u).T
    return Fit(
        design=design,
        reml=reml,
        template=template,
        statistics=statistics,
        units=units,
        optimum=optimum,
        theta=read_only(template.theta(T)),
        T=read_only(T),
        beta=read_only(units.beta_out(optimum.at.beta)),
        vcov=read_only(sigma**2 * units.unscaled_covariance_out(optimum.at.Phi)),
        sigma=sigma,
        b=read_only(b),
        criterion=units.criterion_out(optimum.at.value, dof=dof, reml=reml),
    )


def refit(fit: Fit, *, reml: bool) -> Fit:
    """The same design fitted by the other criterion, warm-started where one minimum is to be expected."""
    several = fit.template.q > 1 and fit.statistics.m <= FEW_GROUPS
    start = None if several else fit.template.theta(fit.optimum.T)
    return fit_design(fit.design, reml=reml, start=start)


def _check_outcome_left(design: Design, y: Array) -> None:
    if np.abs(y).max() <= 1e-14 * np.abs(design.y).max():
        raise ModelError(
            f"the fixed effects reproduce the outcome {design.formula.response!r} exactly",
            where="formula",
            remedy="Is the outcome, or a copy of it, among the terms?",
        )


def _check_residual(statistics: GroupStatistics) -> None:
    """Where groups and fixed effects explain all and rows are left over, sigma² would be zero."""
    p = statistics.p
    if statistics.n <= statistics.m * statistics.q + p:
        return
    S, total = statistics.S, statistics.S[p, p] + np.sum(statistics.H[:, p] ** 2)
    explained = S[:p, p] @ np.linalg.lstsq(S[:p, :p], S[:p, p], rcond=1e-12)[0]
    if S[p, p] - explained <= 1e-14 * total:
        raise ModelError(
            "the groups and the fixed effects reproduce the outcome exactly: no residual is left",
            where="formula",
            remedy="Use fewer random terms, or an outcome that varies within the groups.",
        )


def only_grouping(design: Design) -> Grouping:
    """The grouping factor of a design; raises ``ModelError`` where it has none, or several."""
    names = {block.grouping.name for block in design.blocks}
    if not names:
        raise ModelError(
            f"the formula {design.formula} has no random term",
            remedy="Add one such as (1 | group), or fit it as an ordinary model.",
        )
    if len(names) > 1:
        raise ModelError(
            f"several grouping factors ({', '.join(sorted(names))}) are not fitted yet",
            remedy="Use one grouping factor; its intercepts and slopes may correlate or not.",
        )
    return design.blocks[0].grouping
