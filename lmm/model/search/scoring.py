"""Fisher scoring in D: from an arbitrary start it comes near the optimum in a step or two.

The information is the Hessian's expectation; from a fixed D the first step gives the minimum variance
quadratic estimate (C. R. Rao 1971, J. Multivariate Anal. 1:445).

Equation: docs/mathematics.md (14).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from lmm.errors import ModelError
from lmm.model.covariance import CovarianceTemplate
from lmm.model.search.objective import Evaluated
from lmm.model.search.points import Point
from lmm.numerics import Array

_STEPS = 2
_NEAR = 1.0  # the squared distance to the optimum, in standard errors, from where Newton's method is faster

E = TypeVar("E", bound=Evaluated)


def score(here: Point[E], at: Callable[[Array], Point[E]]) -> Point[E]:
    """A few steps of Fisher scoring in D, from afar and while they go down; ``at`` makes the point at a T."""
    template = here.template
    for _ in range(_STEPS):
        expected = here.found.expected
        if expected is None:
            break
        q, changes = template.q, template.changes.reshape(-1, template.q**2)
        values, vectors = np.linalg.eigh(changes @ expected.reshape(q * q, q * q) @ changes.T)
        values = np.maximum(values, 1e-8 * max(float(values[-1]), 1e-300))
        along = vectors.T @ (changes @ here.G.ravel())
        if along @ (along / values) < _NEAR:
            break
        step = vectors @ (along / values)
        D = here.T @ here.T.T - (step @ changes).reshape(q, q)
        try:
            there = at(inner_root(D, template))
        except (ModelError, np.linalg.LinAlgError):
            break  # so far away that rounding takes what is left there
        if not there.at.value < here.at.value:
            break
        here = there
    return here


def inner_root(D: Array, template: CovarianceTemplate) -> Array:
    """A root of D where it is positive definite, else of what lies near it, inside the bound."""
    T = np.zeros_like(D)
    for block in template.slices:
        values, vectors = np.linalg.eigh(D[block, block])
        values = np.maximum(values, max(1e-4, 1e-3 * float(values[-1])))
        T[block, block] = np.linalg.cholesky(vectors * values @ vectors.T)
    return T
