"""Labels that come again in every outer group, told apart: class 1 of school A is ``A:1``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lmm.numerics import Array


def told_apart(inner: pd.Categorical, outer: pd.Categorical) -> pd.Categorical:
    """Labels ``outer:inner`` (n,), in the order of the outer labels, then the inner; missing where either is."""
    sizes = len(inner.categories)
    pairs = outer.codes.astype(np.int64) * sizes + inner.codes
    known = (outer.codes >= 0) & (inner.codes >= 0)
    seen, codes = np.unique(pairs[known], return_inverse=True)
    placed = np.full(len(pairs), -1)
    placed[known] = codes
    labels = [f"{outer.categories[k // sizes]}:{inner.categories[k % sizes]}" for k in seen]
    return pd.Categorical.from_codes(placed, categories=labels)


def groups_told_apart(
    columns: Mapping[str, Array | pd.Categorical], outer: Mapping[str, str]
) -> dict[str, Array | pd.Categorical]:
    """The columns, those of ``outer`` (inner column: outer column) with labels of their own."""
    told = dict(columns)
    for name, within in outer.items():
        inner, around = columns[name], columns[within]
        assert isinstance(inner, pd.Categorical) and isinstance(around, pd.Categorical)
        told[name] = told_apart(inner, around)
    return told
