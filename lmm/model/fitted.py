"""``Fit``: a fitted linear mixed model as a value, in the user's units, with the proof of its optimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.errors import ModelError
from lmm.model.covariance import CovarianceTemplate, covariance_template
from lmm.model.criterion import Evaluation
from lmm.model.design import Design
from lmm.model.factors import Factor, factors_of, rows_gone
from lmm.model.groups import Grouping
from lmm.model.outline import Outline
from lmm.model.search.optimizer import Optimum
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import CrossedEvaluation
from lmm.model.statistics import GroupStatistics
from lmm.model.units import Units
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted linear mixed model with one grouping factor or several, nested or crossed.

    ``outline`` is the ``design``, or what is left of it where its rows were read and let go; ``theta`` the
    free entries of T, the Cholesky factor of the random effects' covariance relative to sigma², in lme4's
    order of terms, as are the design's blocks; ``beta`` (p,); ``vcov`` (p, p); ``effects`` (m, q) the
    predicted random effects (BLUPs) of each of the ``factors``; ``criterion`` minus twice the restricted
    (``reml``) or ordinary log-likelihood. ``optimum`` and ``sufficient``, the sufficient statistics, are in
    internal ``units``. ``main`` names the factor of several that is spoken of where one is; what holds for
    a single factor only refuses all the same.
    """

    outline: Outline
    reml: bool
    template: CovarianceTemplate
    factors: tuple[Factor, ...]
    sufficient: GroupStatistics | CrossedStatistics
    units: Units
    optimum: Optimum[Evaluation] | Optimum[CrossedEvaluation]
    theta: Array
    T: Array
    beta: Array
    vcov: Array
    sigma: float
    effects: tuple[Array, ...]
    criterion: float
    main: str = ""

    @property
    def design(self) -> Design:
        """The design, rows and all. Raises ``ModelError`` where the rows have gone by."""
        if not isinstance(self.outline, Design):
            raise rows_gone()
        return self.outline

    @property
    def place(self) -> int:
        """Which of the factors ``factor``, ``grouping`` and ``b`` speak of: the only one, or ``main``.

        Raises ``ModelError`` for a model with several, none of them named.
        """
        names = [factor.group.name for factor in self.factors]
        if len(names) > 1 and self.main not in names:
            raise self._refusal()
        return names.index(self.main) if len(names) > 1 else 0

    @property
    def only(self) -> Factor:
        """The one grouping factor. Raises ``ModelError`` for a model with several, whichever is the main one."""
        if len(self.factors) != 1:
            raise self._refusal()
        return self.factors[0]

    @property
    def factor(self) -> Factor:
        """The grouping factor that is spoken of, as ``place`` says."""
        return self.factors[self.place]

    @property
    def grouping(self) -> Grouping:
        """Its grouping. Raises ``ModelError`` where the rows have gone by."""
        return self.factor.grouping

    @property
    def b(self) -> Array:
        """Its BLUPs, (m, q)."""
        return self.effects[self.place]

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names of its q random columns."""
        return tuple(self.random_names[j] for j in self.factor.columns)

    @property
    def own_Psi(self) -> Array:
        """The covariance of its random columns, (q, q), in the user's units."""
        return self.factor.own(self.Psi)

    @property
    def statistics(self) -> GroupStatistics:
        """Sufficient statistics of the one factor."""
        if not isinstance(self.sufficient, GroupStatistics):
            raise self._refusal()
        return self.sufficient

    @property
    def at(self) -> Evaluation:
        """The evaluation at the optimum of the one factor's criterion."""
        if not isinstance(self.optimum.at, Evaluation):
            raise self._refusal()
        return self.optimum.at

    def _refusal(self) -> ModelError:
        names = ", ".join(factor.group.name for factor in self.factors)
        return ModelError(
            f"this is offered for one grouping factor only; the model has several ({names})",
            remedy="Fit a model with one grouping factor for it.",
        )

    @property
    def Z(self) -> Array:
        """The columns of all blocks side by side, (n, q)."""
        return np.column_stack([block.Z for block in self.design.blocks])

    @property
    def random_names(self) -> tuple[str, ...]:
        """Names of the q random columns."""
        return tuple(name for block in self.outline.blocks for name in block.names)

    @property
    def Psi(self) -> Array:
        """Covariance of all random columns, (q, q), block diagonal, in the user's units."""
        return self.sigma**2 * self.T @ self.T.T

    @property
    def n(self) -> int:
        """Rows used."""
        return self.sufficient.n

    @property
    def p(self) -> int:
        """Fixed effects."""
        return self.sufficient.p

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
        """X beta + Z b, (n,): each row's own groups' line."""
        fitted, Z = self.design.X @ self.beta, self.Z
        for factor, b in zip(self.factors, self.effects, strict=True):
            own = Z[:, factor.columns] if len(self.factors) > 1 else Z
            fitted += np.einsum("nq,nq->n", own, b[factor.grouping.codes])
        return fitted

    @property
    def residuals(self) -> Array:
        """Conditional residuals y − X beta − Z b, (n,)."""
        return self.design.y - self.fitted_values

    @property
    def pearson_residuals(self) -> Array:
        """Conditional residuals over their own standard deviation sigma/√w, (n,)."""
        weights = self.design.weights
        scaled = self.residuals / self.sigma
        return scaled if weights is None else scaled * np.sqrt(weights)


def in_users_units(
    outline: Outline,
    *,
    sufficient: GroupStatistics | CrossedStatistics,
    units: Units,
    optimum: Optimum[Evaluation] | Optimum[CrossedEvaluation],
    reml: bool,
) -> Fit:
    """The fit whose search ended at this optimum."""
    template = covariance_template(tuple(len(block.names) for block in outline.blocks))
    at, factors = optimum.at, factors_of(outline)
    dof = sufficient.n - sufficient.p if reml else sufficient.n
    sigma = units.y_scale * float(np.sqrt(at.r2 / dof))
    T = template.standard(units.W_z @ optimum.T)
    b = units.W_z @ optimum.T @ optimum.T.T
    us = (at.u,) if isinstance(at, Evaluation) else at.u
    return Fit(
        outline=outline,
        reml=reml,
        template=template,
        factors=factors,
        sufficient=sufficient,
        units=units,
        optimum=optimum,
        theta=read_only(template.theta(T)),
        T=read_only(T),
        beta=read_only(units.beta_out(at.beta)),
        vcov=read_only(sigma**2 * units.unscaled_covariance_out(at.Phi)),
        sigma=sigma,
        effects=tuple(
            read_only(units.y_scale * (factor.own(b) @ u).T)
            for factor, u in zip(factors, us, strict=True)
        ),
        criterion=units.criterion_out(at.value, dof=dof, reml=reml),
    )
