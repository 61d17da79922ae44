"""Many tests at once: p adjusted so that of what is called a finding an expected share at most is none."""

from __future__ import annotations

import numpy as np

from lmm.numerics import Array


def benjamini_hochberg(p: Array) -> Array:
    """p (k,) adjusted by Benjamini and Hochberg (1995, J. R. Stat. Soc. B 57:289): min over larger p_(j) of k p_(j)/j.

    Calling findings those of at most q keeps the expected share of false ones at q, for independent or positively
    dependent tests. Where p is not a number there was no test: it stays one, and k does not count it.
    """
    p = np.asarray(p, float)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")[::-1]]
    ranks = np.arange(len(order), 0, -1)
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum.accumulate(np.minimum(1.0, p[order] * len(order) / ranks))
    return adjusted
