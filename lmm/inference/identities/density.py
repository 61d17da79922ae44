"""The Gaussian density with V written out, entry by entry: a second route to what a fit says, plain and slow.

Of the fit it takes the design and the parameters in the user's units, and nothing that the engine made on
its way: V/sigma² = Z D Z' + W⁻¹ of the rows of each group (of all rows, for several grouping factors), its
Cholesky root, and least squares of the whitened y on the whitened X by an orthogonal factorisation.

Equations: docs/mathematics.md (1), (2), (8)–(10).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Groups of one size: their ``rows`` (g, r), and L⁻¹ of each (g, r, r), LL' = V/sigma²."""

    rows: np.ndarray
    inverse_root: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """V/sigma² at a theta, and what least squares in its metric gives.

    ``X`` (n, p) and ``y`` (n,) are whitened; ``root`` (p, p) is upper triangular with X'X = root'root;
    ``beta`` (p,), and ``r2``, the residual squares at it; ``log_det`` of V/sigma².
    """

    parts: tuple[_Part, ...]
    X: Array
    y: Array
    root: Array
    beta: Array
    r2: float
    log_det: float

    def criterion(self, *, reml: bool) -> float:
        """−2 log density of y at the best beta and sigma² (of its error contrasts, for REML)."""
        n, p = self.X.shape
        dof = n - p if reml else n
        value = self.log_det + dof * (1.0 + np.log(2.0 * np.pi * self.r2 / dof))
        return float(value + self.log_det_fixed) if reml else float(value)

    @property
    def log_det_fixed(self) -> float:
        """log|X'V⁻¹X|, V relative to sigma²."""
        return 2.0 * float(np.sum(np.log(np.abs(np.diag(self.root)))))

    def whitened(self, columns: Array) -> Array:
        """L⁻¹A for A (n, k), group by group."""
        return _times(self.parts, columns)

    def unwhitened(self, columns: Array) -> Array:
        """L'⁻¹A for A (n, k): of whitened residuals, V⁻¹(y − X beta)."""
        return _times(self.parts, columns, transposed=True)

    def inverse_diagonal(self) -> Array:
        """The diagonal of V⁻¹, relative to sigma², (n,)."""
        made = np.empty(len(self.y))
        for part in self.parts:
            made[part.rows] = np.sum(part.inverse_root**2, axis=1)
        return made


def own_variances(fit: Fit) -> Array:
    """The diagonal of W⁻¹, (n,): each row's own variance, relative to sigma²."""
    weights = fit.design.weights
    return np.ones(fit.n) if weights is None else 1.0 / weights


def density_cost(fit: Fit) -> float:
    """Multiplications of one density: the cubes of the sizes of what is written out at once."""
    if len(fit.factors) > 1:
        return float(fit.n) ** 3
    return float(np.sum(fit.grouping.sizes.astype(float) ** 3))


def density(fit: Fit, T: Array | None = None) -> Density:
    """At the fit's theta, or at another T (q, q) in the user's units."""
    T = fit.T if T is None else T
    parts, log_det = [], 0.0
    for rows in _rows_of_groups(fit):
        roots = np.linalg.cholesky(_relative_covariance(fit, T @ T.T, rows))
        log_det += 2.0 * float(np.sum(np.log(np.einsum("grr->gr", roots))))
        inverse_root: Array = np.linalg.inv(roots).astype(float)
        parts.append(_Part(rows=rows, inverse_root=inverse_root))
    X = _times(tuple(parts), fit.design.X)
    y = _times(tuple(parts), fit.design.y[:, None])[:, 0]
    # columns of equal length, so that their units cost no digits
    lengths = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / lengths)
    along = Q.T @ y
    left = y - Q @ along
    return Density(
        parts=tuple(parts),
        X=X,
        y=y,
        root=R * lengths,
        beta=np.linalg.solve(R, along) / lengths,
        r2=float(left @ left),
        log_det=log_det,
    )


def _rows_of_groups(fit: Fit) -> list[np.ndarray]:
    """The rows (g, r) of the groups of each size; all rows as one group where there are several factors."""
    if len(fit.factors) > 1:
        return [np.arange(fit.n)[None]]
    codes, sizes = fit.grouping.codes, fit.grouping.sizes
    order, ends = np.argsort(codes, kind="stable"), np.cumsum(sizes)
    return [
        np.array([order[end - size : end] for end in ends[sizes == size]])
        for size in np.unique(sizes)
    ]


def _relative_covariance(fit: Fit, D: Array, rows: np.ndarray) -> Array:
    """V/sigma² (g, r, r) of some rows (g, r)."""
    V = np.zeros((*rows.shape, rows.shape[1]))
    own = np.arange(rows.shape[1])
    V[:, own, own] = own_variances(fit)[rows]
    Z = fit.Z
    for factor in fit.factors:
        columns, codes = Z[:, factor.columns][rows], factor.grouping.codes[rows]
        together = codes[:, :, None] == codes[:, None, :]
        V += together * (columns @ factor.own(D) @ columns.transpose(0, 2, 1))
    return V


def _times(parts: tuple[_Part, ...], columns: Array, *, transposed: bool = False) -> Array:
    made = np.empty_like(columns)
    for part in parts:
        root = part.inverse_root.transpose(0, 2, 1) if transposed else part.inverse_root
        made[part.rows] = root @ columns[part.rows]
    return made
