"""The random columns of every level of every factor side by side, as one sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from lmm.model.factors import Factor
from lmm.numerics import Array


def all_columns(Z: Array, factors: Sequence[Factor], T: Array | None = None) -> csr_array:
    """Z (n, q) spread over the levels, (n, Q): level by level of factor by factor; times T (q, q) where given."""
    n, values, columns, at = len(Z), [], [], 0
    for factor in factors:
        own = Z[:, factor.columns]
        values.append(own if T is None else own @ factor.own(T))
        levels = factor.grouping.codes.astype(np.int64)[:, None] * factor.q
        columns.append(at + levels + np.arange(factor.q))
        at += factor.size
    data, places = np.column_stack(values), np.column_stack(columns)
    indptr = places.shape[1] * np.arange(n + 1)
    return csr_array((data.ravel(), places.ravel(), indptr), shape=(n, at))
