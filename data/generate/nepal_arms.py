"""The arms: moved from a draw, by the least that its own covariance calls least, onto the slides' figures.

No model is fitted. Where a mixed model's optimum is given, its fixed effects are linear in the outcome and
the equations that make it the optimum are quadratic (Harville 1977, section 4), so that Newton's method
meets all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from data.generate.calibrate import newton
from data.generate.nepal_ages import CHILDREN, Visits
from data.generate.targets import MIXED, ORDINARY, Mixed
from lmm.numerics import Array

# Conditions are in standard errors or relative, so that this is far below any rounding of the data.
_NEAR = 1e-10

# What the outcome is off, and the derivatives of that by the outcome.
Condition = tuple[Callable[[Array], Array], Callable[[Array], Array]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The measured visits as rows: their columns (n,), each one's child from 0, and which a model uses."""

    columns: dict[str, Array]
    child: np.ndarray
    visits: Visits

    def matrix(self, names: tuple[str, ...]) -> Array:
        """The named columns, (n, k)."""
        return np.column_stack([self.columns[name] for name in names])

    def used(self, model: Mixed) -> np.ndarray:
        """Which rows the model uses, (n,)."""
        return self.visits.used(model.without)[self.visits.seen]


def rows_of(visits: Visits) -> Rows:
    """The measured visits, child by child."""
    child = np.arange(CHILDREN)[:, None].repeat(visits.age.shape[1], axis=1)
    columns = {name: values[visits.seen] for name, values in visits.columns.items()}
    return Rows(columns=columns, child=child[visits.seen], visits=visits)


def calibrated_arms(start: Array, rows: Rows) -> Array:
    """Arms (n,) near ``start`` for which every figure of ``ORDINARY`` and ``MIXED`` comes out."""
    conditions = [
        _ordinary(rows),
        *((_mixed if model.reml else _likelihood)(model, rows) for model in MIXED),
    ]
    spread = _covariance(next(model for model in MIXED if len(model.random) == 2), rows)[0]
    return newton(
        start,
        lambda values: -np.concatenate([missed(values) for missed, _ in conditions]),
        lambda values: np.vstack([slopes(values) for _, slopes in conditions]),
        near=_NEAR,
        scale=np.asarray(np.linalg.cholesky(spread), float),
    )


def _covariance(model: Mixed, rows: Rows) -> tuple[Array, Array, np.ndarray]:
    """V, the model's random columns Z and which pairs of rows are of one child; rows not used are 0."""
    used = rows.used(model)
    Z = rows.matrix(model.random) * used[:, None]
    same = rows.child[:, None] == rows.child
    V = Z @ np.array(model.Psi) @ Z.T * same + model.sigma2 * np.eye(len(used))
    return V, Z, same


class _Projection:
    """P = V⁻¹ − V⁻¹XB, applied by V's blocks; B = (X'V⁻¹X)⁻¹X'V⁻¹ maps the outcome to the coefficients."""

    def __init__(self, model: Mixed, rows: Rows):
        used = rows.used(model)
        X = rows.matrix(model.fixed) * used[:, None]
        W = np.linalg.inv(_covariance(model, rows)[0]) * np.outer(used, used)
        self.B = np.linalg.solve(X.T @ W @ X, X.T @ W)
        self.dense = W - W @ X @ self.B
        self.sparse, self.WX = csr_array(W), W @ X

    def __matmul__(self, values: Array) -> Array:
        return self.sparse @ values - self.WX @ (self.B @ values)


def _likelihood(model: Mixed, rows: Rows) -> Condition:
    """Minus twice the log-likelihood at these variances."""
    P, used = _Projection(model, rows), rows.used(model)
    V = _covariance(model, rows)[0][np.ix_(used, used)]
    assert model.criterion is not None
    squares = model.criterion - np.linalg.slogdet(2.0 * np.pi * V)[1]

    def missed(values: Array) -> Array:
        return np.array([values @ (P @ values) / squares - 1.0])

    return missed, lambda values: 2.0 * (P @ values)[None, :] / squares


def _mixed(model: Mixed, rows: Rows) -> Condition:
    """The coefficients, and the equations that make the model's variances the optimum."""
    _, Z, same = _covariance(model, rows)
    P = _Projection(model, rows)
    se = np.array(model.se)
    pairs = [(a, b) for a in range(Z.shape[1]) for b in range(a + 1)]
    # What y'P(dV)Py must be at the optimum, for the error and for each entry of Psi.
    total, wanted = float(np.trace(P.dense)), Z.T @ (P.dense * same) @ Z
    sizes = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))

    asked = slice(-1 if model.sigma2_follows else None)

    def sums(u: Array) -> Array:
        """Z'u of each child, (q, children)."""
        return np.array([np.bincount(rows.child, z * u, CHILDREN) for z in Z.T], float)

    def missed(values: Array) -> Array:
        u = P @ values
        off = (sums(u) @ sums(u).T - wanted) / sizes
        beta = (P.B @ values - np.array(model.beta)) / se
        return np.array([*beta, *(off[pair] for pair in pairs), u @ u / total - 1.0])[asked]

    def slopes(values: Array) -> Array:
        u = P @ values
        own = sums(u)[:, rows.child].T
        scores = [(Z[:, a] * own[:, b] + Z[:, b] * own[:, a]) / sizes[a, b] for a, b in pairs]
        through_u = np.array([*scores, 2.0 * u / total])
        return np.vstack([P.B / se[:, None], (P @ through_u.T).T])[asked]

    return missed, slopes


def _ordinary(rows: Rows) -> Condition:
    """The same for the line that all share, and for the slope within children with their own intercepts."""
    X = rows.matrix(("one", "age"))
    B = np.linalg.pinv(X)
    ids = np.unique(rows.child)
    D = (rows.child[:, None] == ids).astype(float)
    mean = (D / D.sum(0)).T
    D_sparse, mean_sparse = csr_array(D), csr_array(mean)
    within = X[:, 1] - D @ (mean @ X[:, 1])
    own_slope = within / (within @ within)
    place = np.searchsorted(ids, np.array(list(ORDINARY.children)) - 1)
    intercepts = mean[place] - np.outer(mean[place] @ X[:, 1], own_slope)
    linear = np.vstack([B, own_slope, intercepts])
    wanted = np.array([*ORDINARY.beta, ORDINARY.own_slope, *ORDINARY.children.values()])
    se = np.array([*ORDINARY.se, ORDINARY.own_slope_se, *[ORDINARY.first_se] * len(place)])
    free = np.array([len(X) - 2, len(X) - len(ids) - 1])
    squares = free * np.array([ORDINARY.sigma, ORDINARY.own_sigma]) ** 2

    def residuals(values: Array) -> Array:
        own = values - D_sparse @ (mean_sparse @ values) - within * (own_slope @ values)
        return np.array([values - X @ (B @ values), own])

    def missed(values: Array) -> Array:
        spread = (residuals(values) ** 2).sum(1) / squares - 1.0
        return np.array([*((linear @ values - wanted) / se), *spread])

    def slopes(values: Array) -> Array:
        return np.vstack([linear / se[:, None], 2.0 * residuals(values) / squares[:, None]])

    return missed, slopes
