"""Gathered rows to the statistics of a fit: columns that others make up go, the rest are put in good units.

Rows are gathered in units that a sample of them suggests. Afterwards the triangular factor of all rows
says what those units should have been; a change of columns is then a product with the factors, and loses
no more than it would have done row by row.

Equation: docs/mathematics.md (17).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lmm.model.centring import nearly_all, straightening
from lmm.model.columns import not_made_up
from lmm.model.statistics import GroupStatistics
from lmm.model.streams.gathering import Gathering, whole_factor
from lmm.model.units import Units
from lmm.numerics import Array, power_of_two_near, read_only, root_mean_square, triangular_factor

# What rounding leaves of a column that is constant, relative to its size.
_CONSTANT = 1e-13


def settled(gathered: Gathering, units: Units) -> tuple[GroupStatistics, Units, tuple[int, ...]]:
    """The statistics in units of their own, the way back from these, and which columns of X are kept.

    ``units`` are those gathered in; their first column of X is the intercept. The gathering is consumed.
    """
    n = gathered.n
    whole = whole_factor(gathered.H, gathered.root)
    kept = independent(whole[:, :-1], units.W_x, n)
    columns = [*kept, len(whole) - 1]
    W_x = units.W_x[np.ix_(kept, kept)]
    units = replace(units, W_x=W_x, y_shift=units.y_shift[kept])
    change, units = _change(triangular_factor(whole[:, columns]), units, n)
    present = np.flatnonzero(gathered.sizes)
    R, H = gathered.R, gathered.H
    if len(present) < R.shape[2]:
        R, H = R[:, :, present], H[:, :, present]
    H = np.stack([change.T @ own[columns] for own in H])
    root = triangular_factor(gathered.root[:, columns] @ change)
    z_scales = np.array([_near_size(R[:, k], n) for k in range(len(R))])
    R = R / z_scales[:, None]
    statistics = GroupStatistics(
        R=read_only(R),
        H=read_only(H),
        S=read_only(root.T @ root),
        n=n,
        sizes=read_only(gathered.sizes[present]),
    )
    return statistics, replace(units, W_z=units.W_z / z_scales), tuple(kept)


def independent(factor: Array, W_x: Array, n: int) -> list[int]:
    """As ``independent_columns``, from the triangular factor (k, p) of n rows X W_x, the intercept first."""
    scaled = factor.copy()
    scaled[0, 1:] = 0.0  # centred: what is left of the others is orthogonal to the intercept
    for j in range(1, scaled.shape[1]):
        length = float(np.linalg.norm(scaled[:, j]))
        origin = abs(factor[0, j]) + abs(W_x[0, j]) * np.sqrt(n)
        scaled[:, j] /= length if length > _CONSTANT * origin and length > 0.0 else np.inf
    scaled[:, 0] /= np.linalg.norm(scaled[:, 0])
    return not_made_up(scaled)


def _change(factor: Array, units: Units, n: int) -> tuple[Array, Units]:
    """What the gathered [X y] (n, p+1) are to be multiplied by, (p+1, p+1), and the units that follow."""
    p = len(factor) - 1
    X, y = factor[:, :p], factor[:, p]
    inner = np.diag([1.0 / _near_size(column, n) for column in X.T])
    straight = straightening((X @ inner)[:p] * np.sqrt(p / n))
    if straight is not None:
        inner = inner @ straight
    taken = nearly_all(y, X @ inner)
    shift = np.zeros(p) if taken is None else inner @ taken
    y_size = _near_size(y - X @ shift, n)
    change = np.zeros((p + 1, p + 1))
    change[:p, :p] = inner
    change[:p, p] = -shift / y_size
    change[p, p] = 1.0 / y_size
    settled_units = replace(
        units,
        W_x=units.W_x @ inner,
        y_scale=units.y_scale * y_size,
        y_shift=units.y_shift + units.y_scale * (units.W_x @ shift),
    )
    return change, settled_units


def _near_size(column: Array, n: int) -> float:
    """A power of two near the root mean square of n rows, of which a factor's ``column`` has the length."""
    return power_of_two_near(root_mean_square(column.ravel()) * np.sqrt(column.size / n))
