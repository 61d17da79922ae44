"""What is true, slowly: the REML criterion at a theta with 64-bit mantissas, one-way variances with fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

Extended = np.longdouble


def reml_criterion(y: np.ndarray, X: np.ndarray, Z: np.ndarray, groups: np.ndarray, theta: Sequence[float]) -> float:
    """The profiled REML criterion of one grouping factor from V, group by group, in extended precision.

    y (n,), X (n, p), Z (n, q), groups (n,); theta the lower triangle of T by columns, D = TT'.
    """
    q = Z.shape[1]
    T = np.zeros((q, q), Extended)
    T.T[np.triu_indices(q)] = np.asarray(theta, Extended)
    XY = np.column_stack([X, y]).astype(Extended)
    cross = np.zeros((XY.shape[1], XY.shape[1]), Extended)
    log_det = Extended(0)
    for group in np.unique(groups):
        rows = groups == group
        ZT = Z[rows].astype(Extended) @ T
        L = _cholesky(np.eye(int(rows.sum()), dtype=Extended) + ZT @ ZT.T)
        W = _forward(L, XY[rows])
        cross += W.T @ W
        log_det += 2 * np.log(np.diag(L)).sum()
    R = _cholesky(cross)
    dof = len(y) - X.shape[1]
    r2 = R[-1, -1] ** 2
    log_det += 2 * np.log(np.diag(R)[:-1]).sum()
    return float(log_det + dof * (1 + np.log(2 * Extended(np.pi) * r2 / dof)))


def one_way(y: np.ndarray, groups: np.ndarray) -> tuple[Fraction, Fraction]:
    """Within and between variance of a balanced one-way layout by REML, which is the analysis of variance's here."""
    cells = [[Fraction(float(value)) for value in y[groups == g]] for g in np.unique(groups)]
    n, k = len(cells[0]), len(cells)
    means = [sum(cell) / n for cell in cells]
    within = sum((v - mean) ** 2 for cell, mean in zip(cells, means, strict=True) for v in cell)
    within /= k * (n - 1)
    middle = sum(means) / k
    between = sum((mean - middle) ** 2 for mean in means) / (k - 1) - within / n
    return within, between


def _cholesky(A: np.ndarray) -> np.ndarray:
    L = np.zeros_like(A)
    for j in range(len(A)):
        L[j, j] = np.sqrt(A[j, j] - L[j, :j] @ L[j, :j])
        L[j + 1 :, j] = (A[j + 1 :, j] - L[j + 1 :, :j] @ L[j, :j]) / L[j, j]
    return L


def _forward(L: np.ndarray, B: np.ndarray) -> np.ndarray:
    W = np.zeros_like(B)
    for i in range(len(L)):
        W[i] = (B[i] - L[i, :i] @ W[:i]) / L[i, i]
    return W
