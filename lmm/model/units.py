"""Internal units: columns centred and scaled before any arithmetic, so that no digit is lost.

A raw calendar year or a large mean costs every digit of a cross-product; the criterion does not depend
on origin and unit, so the fit is done near mean 0 and size 1 and carried back exactly (powers of two).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from lmm.model.design import Design, RandomBlock
from lmm.numerics import Array, power_of_two_near, root_mean_square

# A share of a column's size below which what the other columns leave of it would lose digits.
_NEARLY_DEPENDENT = 0.1
_NEARLY_ALL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The change of units: ``X_in = X W_x``, ``Z_in = Z W_z``, ``y = y_scale · y_in + X y_shift``.

    With prior weights every row of the left-hand sides is times the root of its own; ``log_weights`` is
    the sum of their logarithms.
    """

    W_x: Array
    W_z: Array
    y_scale: float
    y_shift: Array
    log_weights: float = 0.0

    def beta_out(self, beta: Array) -> Array:
        """Fixed effects in the user's units, (p,), from internal ones."""
        return self.y_scale * (self.W_x @ beta) + self.y_shift

    def unscaled_covariance_out(self, Phi: Array) -> Array:
        """(X'V⁻¹X)⁻¹ with V relative to sigma², in the user's units of X, (p, p)."""
        return self.W_x @ Phi @ self.W_x.T

    def criterion_out(self, criterion: float, *, dof: float, reml: bool) -> float:
        """The criterion on the user's scale: a density changes with the unit of y (and X under REML)."""
        shift = 2.0 * dof * np.log(self.y_scale) - self.log_weights
        if reml:
            shift -= 2.0 * float(np.linalg.slogdet(self.W_x)[1])
        return criterion + shift


def internal_units(design: Design) -> tuple[Array, Array, Units]:
    """Columns [X y] (n, p+1) and Z (n, q) in internal units, and the way back."""
    constant = _constant_column(design.X)
    W_x = _change(design.X, constant)
    shift = np.zeros(design.X.shape[1])
    centre = 0.0
    one = _constant_combination(design.X, constant)
    if one is not None:
        centre = float(np.mean(design.y))
        shift += centre * one
    y = design.y - centre
    XY = np.empty((len(y), design.X.shape[1] + 1))
    _apply(design.X, W_x, out=XY[:, :-1])
    roots, size = _weight_roots(design.weights)
    if roots is not None:
        XY[:, :-1] *= roots[:, None]
        y *= roots
    W_x = W_x @ _straighten(XY[:, :-1])
    shift += W_x @ _take_out(y, XY[:, :-1])
    scale = power_of_two_near(root_mean_square(y))
    XY[:, -1] = y / scale
    changes = [_change(block.Z, _own_constant(block)) for block in design.blocks]
    q = sum(change.shape[0] for change in changes)
    Z, W_z, at = np.empty((len(y), q)), np.zeros((q, q)), 0
    for block, change in zip(design.blocks, changes, strict=True):
        end = at + change.shape[0]
        _apply(block.Z, change, out=Z[:, at:end])
        W_z[at:end, at:end] = change
        at = end
    if roots is not None:
        Z *= roots[:, None]
    units = Units(
        W_x=W_x / size,
        W_z=W_z / size,
        y_scale=scale * size,
        y_shift=shift,
        log_weights=0.0 if design.weights is None else float(np.log(design.weights).sum()),
    )
    return XY, Z, units


def _weight_roots(weights: Array | None) -> tuple[Array | None, float]:
    """Roots of the weights relative to a power of two near their size, and it: sigma stays near one."""
    if weights is None:
        return None, 1.0
    roots = np.sqrt(weights)
    size = power_of_two_near(root_mean_square(roots))
    return roots / size, size


def _straighten(X: Array) -> Array:
    """Make nearly dependent columns orthogonal, in place; the triangular matrix that did it."""
    n, p = X.shape
    try:
        if (np.diag(np.linalg.cholesky(X.T @ X / n)) > _NEARLY_DEPENDENT).all():
            return np.eye(p)
    except np.linalg.LinAlgError:
        pass
    root = np.linalg.qr(X, mode="r") / np.sqrt(n)
    root *= np.where(np.diag(root) < 0, -1.0, 1.0)[:, None]
    X[:] = solve_triangular(root, X.T, trans="T").T
    return solve_triangular(root, np.eye(p))


def _take_out(y: Array, X: Array) -> Array:
    """Subtract from y, in place, its regression on X where that is nearly all of it; the coefficients."""
    size = root_mean_square(y)
    if X.shape[1] == 0 or size == 0.0:
        return np.zeros(X.shape[1])
    coefficients = np.linalg.solve(X.T @ X, X.T @ (y / size)) * size
    left = y - X @ coefficients
    if root_mean_square(left) > _NEARLY_ALL * size:
        return np.zeros(X.shape[1])
    y[:] = left
    return np.asarray(coefficients, float)


def _constant_column(X: Array) -> int | None:
    for j in range(X.shape[1]):
        if X[0, j] != 0 and (X[:, j] == X[0, j]).all():
            return j
    return None


def _constant_combination(X: Array, constant: int | None) -> Array | None:
    """The coefficients of X that make 1 in every row, if any do: all levels of a factor, say."""
    if constant is not None:
        return np.eye(X.shape[1])[constant] / X[0, constant]
    size = np.sqrt(np.maximum(np.einsum("ij,ij->j", X, X), 1e-300))
    coefficients = np.linalg.lstsq((X / size).T @ (X / size), (X / size).sum(axis=0))[0] / size
    coefficients = np.round(coefficients, 6)
    return coefficients if (X @ coefficients == 1.0).all() else None


def _own_constant(block: RandomBlock) -> int | None:
    """A block's slopes may be centred only where they are free to correlate with its own intercept."""
    return 0 if block.encoding.intercept else None


def _change(columns: Array, constant: int | None) -> Array:
    """The matrix W that centres (where a constant column allows it) and scales: columns @ W."""
    k = columns.shape[1]
    W = np.eye(k)
    for j in range(k):
        if j == constant:
            W[j, j] = 1.0 / power_of_two_near(abs(float(columns[0, j])))
            continue
        centre = float(np.mean(columns[:, j])) if constant is not None else 0.0
        spread = columns[:, j] - centre
        scale = power_of_two_near(root_mean_square(spread))
        W[j, j] = 1.0 / scale
        if constant is not None:
            W[constant, j] = -centre / columns[0, constant] / scale
    return W


def _apply(columns: Array, W: Array, *, out: Array) -> None:
    """columns @ W without a sum of large numbers: subtract the centre first, then scale."""
    for j in range(columns.shape[1]):
        shift = next((k for k in range(columns.shape[1]) if k != j and W[k, j] != 0), None)
        scale = W[j, j]
        if shift is None:
            np.multiply(columns[:, j], scale, out=out[:, j])
        else:
            centre = -W[shift, j] / scale * columns[0, shift]
            np.subtract(columns[:, j], centre, out=out[:, j])
            out[:, j] *= scale
