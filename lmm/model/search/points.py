"""A point of the search: the derivatives in D carried over to theta, each when it is asked for.

Equation: docs/mathematics.md (15).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.objective import Derivatives, Evaluated
from lmm.numerics import Array

E = TypeVar("E", bound=Evaluated)


@dataclass(kw_only=True)
class Point(Generic[E]):
    """What was ``found`` at theta (k,), whose matrix is T (q, q)."""

    theta: Array
    T: Array
    found: Derivatives[E]
    template: CovarianceTemplate

    @property
    def at(self) -> E:
        """The criterion."""
        return self.found.at

    @property
    def G(self) -> Array:
        """Its gradient in D, (q, q)."""
        return self.found.gradient

    @cached_property
    def _J(self) -> Array:
        """How D = TT' moves with theta, (k, q²): dD = dT T' + T dT'."""
        rows, columns = self.template.places
        each = np.arange(len(rows))
        J = np.zeros((len(rows), *self.T.shape))
        J[each, rows] = self.T[:, columns].T
        J[each, :, rows] += self.T[:, columns].T
        return J.reshape(len(rows), -1)

    @cached_property
    def gradient(self) -> Array:
        """In theta, (k,)."""
        return self._J @ self.G.ravel()

    @cached_property
    def hessian(self) -> Array:
        """In theta, (k, k), by the chain rule: d²D = dT dT' + dT dT'."""
        rows = self.template.places[0]
        hessian = self._J @ self.found.curvature.reshape(self.G.size, self.G.size) @ self._J.T
        hessian += 2.0 * self.template.same_column * self.G[rows[:, None], rows]
        return 0.5 * (hessian + hessian.T)
