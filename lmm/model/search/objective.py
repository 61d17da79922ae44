"""What the search minimises: the criterion as a function of T, whether of one grouping factor or of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

import numpy as np

from lmm.model.criterion import (
    Evaluation,
    evaluate,
    gradient_in_D,
    hessian_in_D,
    information_in_D,
)
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import CrossedEvaluation, evaluate_crossed
from lmm.model.several.moments import variances_by_moments
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array

# Up to so many groups, or levels of a factor, the criterion can have several minima.
FEW_GROUPS = 12
# Beyond so many random effects an evaluation takes long, and other minima are hardly to be feared.
_MANY_EFFECTS = 2000


class Evaluated(Protocol):
    """What every evaluation says: the criterion, beta (p,), r2 and Phi = (X'V⁻¹X)⁻¹."""

    @property
    def value(self) -> float:
        """The criterion."""
        ...

    @property
    def beta(self) -> Array:
        """Fixed effects, (p,)."""
        ...

    @property
    def r2(self) -> float:
        """The weighted residual sum of squares."""
        ...

    @property
    def Phi(self) -> Array:
        """(X'V⁻¹X)⁻¹, (p, p)."""
        ...


E_co = TypeVar("E_co", bound=Evaluated, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivatives(Generic[E_co]):
    """The criterion ``at`` one D with its gradient (q, q) in D; ``second`` and ``expectation`` make the rest."""

    at: E_co
    gradient: Array
    second: Callable[[], Array]
    expectation: Callable[[], Array] | None = None

    @property
    def curvature(self) -> Array:
        """A curvature in D, (q, q, q, q)."""
        return self.second()

    @property
    def expected(self) -> Array | None:
        """Its expectation (q, q, q, q), where it is cheap."""
        return self.expectation() if self.expectation else None


class Objective(Protocol[E_co]):
    """A criterion to be minimised, and what the search should know of it."""

    @property
    def exact(self) -> bool:
        """Whether the curvature is the Hessian."""
        ...

    @property
    def sharpen(self) -> bool:
        """Whether a Hessian that is not exact should be made so at the optimum."""
        ...

    @property
    def few(self) -> bool:
        """Whether the criterion may well have several minima."""
        ...

    def derivatives(self, T: Array) -> Derivatives[E_co]:
        """The criterion at D = TT'."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFactor:
    """The criterion of one grouping factor, with its exact Hessian."""

    statistics: GroupStatistics
    reml: bool
    exact: bool = True
    sharpen: bool = False

    @property
    def few(self) -> bool:
        """Few groups."""
        return len(self.statistics.sizes) <= FEW_GROUPS

    def derivatives(self, T: Array) -> Derivatives[Evaluation]:
        """The criterion at D = TT'."""
        statistics, reml = self.statistics, self.reml
        dof = statistics.n - statistics.p if reml else statistics.n
        at = evaluate(statistics, T, reml=reml)
        return Derivatives(
            at=at,
            gradient=gradient_in_D(at, dof=dof, reml=reml),
            second=partial(hessian_in_D, at, dof=dof, reml=reml),
            expectation=partial(information_in_D, at, dof=dof),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralFactors:
    """The criterion of several grouping factors, with the average information for a curvature."""

    statistics: CrossedStatistics
    reml: bool
    exact: bool = False

    @property
    def sharpen(self) -> bool:
        """Where an evaluation costs little; in a large model the average information is near the Hessian."""
        return sum(factor.size for factor in self.statistics.factors) <= _MANY_EFFECTS

    @property
    def few(self) -> bool:
        """A factor with few levels, in a small model."""
        return self.sharpen and min(factor.m for factor in self.statistics.factors) <= FEW_GROUPS

    @property
    def start(self) -> Array | None:
        """A T to set out from, (q, q), where one minimum is to be expected."""
        if self.few:
            return None
        return np.diag(np.sqrt(variances_by_moments(self.statistics)))

    def derivatives(self, T: Array) -> Derivatives[CrossedEvaluation]:
        """The criterion at D = TT'."""
        at = evaluate_crossed(self.statistics, T, reml=self.reml)
        return Derivatives(at=at, gradient=at.gradient, second=lambda: at.curvature)
