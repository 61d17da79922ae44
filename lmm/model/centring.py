"""How columns are best centred, scaled and made independent, so that their products keep every digit."""

from __future__ import annotations

import numpy as np

from lmm.numerics import Array, power_of_two_near, root_mean_square

# A share of a column's size below which what the other columns leave of it would lose digits.
_NEARLY_DEPENDENT = 0.1
_NEARLY_ALL = 0.1


def straightening(X: Array) -> Array | None:
    """The triangular matrix that makes nearly dependent columns orthogonal; none for others."""
    n, p = X.shape
    if far_from_dependent(X):
        return None
    root = np.linalg.qr(X, mode="r") / np.sqrt(n)
    root *= np.where(np.diag(root) < 0, -1.0, 1.0)[:, None]
    return np.asarray(np.linalg.solve(root, np.eye(p)), float)


def far_from_dependent(X: Array) -> bool:
    """Whether every column keeps a good part of its size beside the columns before it."""
    try:
        pivots = np.linalg.cholesky(X.T @ X / X.shape[0]).diagonal()
    except np.linalg.LinAlgError:
        return False
    return bool((pivots > _NEARLY_DEPENDENT).all())


def nearly_all(y: Array, X: Array) -> Array | None:
    """The coefficients of y's regression on X where that is nearly all of it, to be taken out first."""
    size = root_mean_square(y)
    if X.shape[1] == 0 or size == 0.0:
        return None
    coefficients = np.linalg.solve(X.T @ X, X.T @ (y / size)) * size
    if root_mean_square(y - X @ coefficients) > _NEARLY_ALL * size:
        return None
    return np.asarray(coefficients, float)


def constant_column(X: Array) -> int | None:
    """The first column, if any, that is the same number, not zero, in every row."""
    for j in range(X.shape[1]):
        if X[0, j] != 0 and (X[:, j] == X[0, j]).all():
            return j
    return None


def constant_combination(X: Array, constant: int | None) -> Array | None:
    """The coefficients of X that make 1 in every row, if any do: all levels of a factor, say."""
    if constant is not None:
        return np.eye(X.shape[1])[constant] / X[0, constant]
    size = np.sqrt(np.maximum(np.einsum("ij,ij->j", X, X), 1e-300))
    coefficients = np.linalg.lstsq((X / size).T @ (X / size), (X / size).sum(axis=0))[0] / size
    coefficients = np.round(coefficients, 6)
    return coefficients if (X @ coefficients == 1.0).all() else None


def centring(columns: Array, constant: int | None) -> Array:
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


def apply_centring(columns: Array, W: Array, *, out: Array) -> None:
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
