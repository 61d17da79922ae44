"""Sufficient statistics of many fits at once that share their design: other responses, or a group left out.

For new responses only Q'y and the last row and column of S change; a deleted group is a zero in its
place and an S summed without it. See ``statistics`` for R, H and S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from lmm.model.batch.rows import Rows
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array

_ONE = 1e-10  # how nearly the columns of X add up to one where the constant is among their combinations


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Statistics of B replicates over m groups, in internal units.

    ``columns`` (q+p, q, m): the columns of R, then of H_X, which all share; ``H_y`` (B, q, m) or, where
    all share it, (1, q, m); ``S`` (B, p+1, p+1); ``n`` (B,) rows; ``deleted`` (B,) the group that a
    replicate is without. The user's y is ``y_scale`` (B,) times ours plus X ``y_shift`` (B, p);
    ``log_weights`` (B,) the sum of the logarithms of the prior weights.
    """

    columns: Array
    H_y: Array
    S: Array
    n: np.ndarray
    y_scale: Array
    y_shift: Array
    log_weights: Array
    deleted: np.ndarray | None = None

    @property
    def q(self) -> int:
        """Columns of Z per group."""
        return self.columns.shape[1]

    @property
    def p(self) -> int:
        """Columns of X."""
        return self.S.shape[1] - 1

    @property
    def m(self) -> int:
        """Groups, the one deleted among them."""
        return self.columns.shape[2]

    @property
    def B(self) -> int:
        """Replicates."""
        return len(self.S)

    def dof(self, *, reml: bool) -> Array:
        """Degrees of freedom of sigma² in each replicate's criterion, (B,)."""
        return np.asarray(self.n - self.p if reml else self.n, float)

    def take(self, index: np.ndarray) -> Replicates:
        """Some of the replicates."""
        return Replicates(
            columns=self.columns,
            H_y=self.H_y if len(self.H_y) == 1 else self.H_y[index],
            S=self.S[index],
            n=self.n[index],
            y_scale=self.y_scale[index],
            y_shift=self.y_shift[index],
            log_weights=self.log_weights[index],
            deleted=None if self.deleted is None else self.deleted[index],
        )

    def one(self, b: int) -> GroupStatistics:
        """One replicate as the ordinary search takes it."""
        kept = np.ones(self.m, bool)
        if self.deleted is not None:
            kept[self.deleted[b]] = False
        H_y = self.H_y[b if len(self.H_y) > 1 else 0]
        q = self.q
        return GroupStatistics(
            R=np.ascontiguousarray(self.columns[:q].transpose(1, 0, 2)[..., kept]),
            H=np.concatenate([self.columns[q:].transpose(1, 0, 2), H_y[:, None]], axis=1)[
                ..., kept
            ],
            S=self.S[b],
            n=int(self.n[b]),
            sizes=np.zeros(int(kept.sum()), int),  # no criterion asks for them
        )


def of_responses(rows: Rows, Y: Array) -> Replicates:
    """Replicates with the columns of Y (n, B) for outcomes."""
    q, _, m = rows.R.shape
    n, p = rows.X.shape
    largest = _powers_of_two_near(np.abs(Y).max(axis=0))
    Y = Y / largest
    centre = Y.mean(axis=0)
    gram = rows.X.T @ rows.X
    one = np.linalg.solve(gram, rows.X.T @ rows.roots)
    one[np.abs(one) < 1e-12 * np.abs(one).max(initial=0.0)] = (
        0.0  # times a large mean it would show
    )
    spanned = np.abs(rows.X @ one - rows.roots).max() < _ONE
    if spanned:  # a column less a number loses no digit, less a product it does
        Y -= centre
    Y *= rows.roots[:, None]
    shift = np.linalg.solve(gram, rows.X.T @ Y)
    Y -= rows.X @ shift
    if spanned:
        shift += np.outer(one, centre)
    left = _powers_of_two_near(np.sqrt(np.einsum("nb,nb->b", Y, Y) / n))
    scale = largest * left
    Y /= left
    H_y = rows.Q @ Y
    Y -= rows.Q.T @ H_y
    X = rows.left(rows.X)
    S = np.empty((Y.shape[1], p + 1, p + 1))
    S[:, :p, :p] = X.T @ X
    S[:, :p, p] = S[:, p, :p] = Y.T @ X
    S[:, p, p] = np.einsum("nb,nb->b", Y, Y)
    return Replicates(
        columns=rows.columns,
        H_y=np.ascontiguousarray(H_y.reshape(q, m, -1).transpose(2, 0, 1)),
        S=S,
        n=np.full(Y.shape[1], n),
        y_scale=scale * rows.size,
        y_shift=(rows.size * rows.W_x @ (shift * largest)).T,
        log_weights=np.full(Y.shape[1], rows.log_weights.sum()),
    )


def of_deletions(rows: Rows, groups: np.ndarray) -> Replicates:
    """Replicates each without one of the ``groups`` (places of levels)."""
    q, _, m = rows.R.shape
    p = rows.X.shape[1]
    XY = rows.left(np.column_stack([rows.X, rows.y]))
    sizes = np.asarray(rows.sums.sum(axis=1)).ravel().astype(int)
    B = len(groups)
    return Replicates(
        columns=rows.columns,
        H_y=(rows.Q @ rows.y).reshape(1, q, m),
        S=sum_without(squares_of_groups(rows.sums, XY))[groups],
        n=sizes.sum() - sizes[groups],
        y_scale=np.full(B, rows.y_scale),
        y_shift=np.broadcast_to(rows.y_shift, (B, p)),
        log_weights=rows.log_weights.sum() - rows.log_weights[groups],
        deleted=groups,
    )


def squares_of_groups(sums: csr_array, columns: Array) -> Array:
    """Each group's own cross-product of the columns (n, k), (m, k, k)."""
    k = columns.shape[1]
    squares = np.empty((sums.shape[0], k, k))
    for j in range(k):
        squares[:, j] = sums @ (columns * columns[:, j, None])
    return squares


def sum_without(parts: Array) -> Array:
    """The sum over all groups but each one, (m, …), of (m, …): added from both ends, nothing subtracted."""
    before, after = np.zeros_like(parts), np.zeros_like(parts)
    np.cumsum(parts[:-1], axis=0, out=before[1:])
    after[:-1] = np.cumsum(parts[:0:-1], axis=0)[::-1]
    return before + after


def _powers_of_two_near(sizes: Array) -> Array:
    return np.exp2(np.round(np.log2(np.maximum(sizes, 1e-300))))
