"""The rows of a design as its full fit saw them, and what each group's random columns take of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from lmm.model.design import Design
from lmm.model.statistics import group_sums, orthonormal_basis
from lmm.model.units import internal_units
from lmm.numerics import Array, power_of_two_near, root_mean_square


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A design's rows in internal units: X (n, p), y (n,), Q' as a sparse (q·m, n), ``sums`` (m, n).

    ``roots`` (n,) of the prior weights relative to ``size``² are already in them; ``log_weights`` (m,)
    sums the weights' logarithms by group.
    """

    X: Array
    y: Array
    R: Array
    Q: csr_array
    sums: csr_array
    W_x: Array
    y_scale: float
    y_shift: Array
    roots: Array
    size: float
    log_weights: Array

    @property
    def columns(self) -> Array:
        """R and H_X, (q+p, q, m)."""
        q, _, m = self.R.shape
        H_X = (self.Q @ self.X).reshape(q, m, -1).transpose(2, 0, 1)
        return np.ascontiguousarray(np.concatenate([self.R.transpose(1, 0, 2), H_X]))

    def left(self, columns: Array) -> Array:
        """What every group's Q leaves of the columns (n, k)."""
        return columns - self.Q.T @ (self.Q @ columns)


def rows_of(design: Design) -> Rows:
    """Centred and scaled rows of a design with one grouping factor, as the full fit saw them."""
    XY, Z, units = internal_units(design)
    grouping = design.blocks[0].grouping
    codes, m = grouping.codes, len(grouping.levels)
    sums = group_sums(codes, m)
    R, basis = orthonormal_basis(Z, codes, sums)
    n, q = Z.shape
    weights = np.ones(n) if design.weights is None else design.weights
    size = power_of_two_near(root_mean_square(np.sqrt(weights)))
    places = np.arange(q) * m + codes[:, None]
    Q = csr_array(
        (np.column_stack(basis).ravel(), places.ravel(), q * np.arange(n + 1)), shape=(n, q * m)
    ).T.tocsr()
    return Rows(
        X=np.ascontiguousarray(XY[:, :-1]),
        y=XY[:, -1].copy(),
        R=R,
        Q=Q,
        sums=sums,
        W_x=units.W_x,
        y_scale=units.y_scale,
        y_shift=units.y_shift,
        roots=np.sqrt(weights) / size,
        size=size,
        log_weights=sums @ np.log(weights),
    )
