"""Labels that come again in every outer group, told apart: class 1 of school A is ``A:1``."""

from __future__ import annotations

import numpy as np
import pandas as pd


def told_apart(outer: pd.Categorical, inner: pd.Categorical) -> pd.Categorical:
    """Labels ``outer:inner`` (n,), in the order of the outer labels, then the inner; missing where either is."""
    sizes = len(inner.categories)
    pairs = outer.codes.astype(np.int64) * sizes + inner.codes
    known = (outer.codes >= 0) & (inner.codes >= 0)
    seen, codes = np.unique(pairs[known], return_inverse=True)
    placed = np.full(len(pairs), -1)
    placed[known] = codes
    labels = [f"{outer.categories[k // sizes]}:{inner.categories[k % sizes]}" for k in seen]
    return pd.Categorical.from_codes(placed, categories=labels)
