"""What is concluded of a coefficient: below zero, above it, or neither; and where two fits disagree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri, stdtrit

from lmm.numerics import Array


def conclusions(beta: Array, se: Array, *, dof: Sequence[float] | None = None) -> Array:
    """−1, 0 or 1 per coefficient (p,): the side of zero on which its 95% interval lies, 0 where that holds zero.

    ``dof`` (p,) makes t intervals, else they are normal. Not-a-number gives not-a-number.
    """
    reach = ndtri(0.975) if dof is None else stdtrit(np.asarray(dof, float), 0.975)
    return np.sign(beta) * np.where(np.isnan(se), np.nan, np.abs(beta) > reach * se)


def flips(
    terms: Sequence[str],
    before: tuple[Array, Array],
    after: tuple[Array, Array],
    *,
    dof: Sequence[float] | None = None,
) -> tuple[str, ...]:
    """The terms whose conclusion differs between two (estimates, standard errors); one that is gone differs."""
    old, new = (conclusions(beta, se, dof=dof) for beta, se in (before, after))
    return tuple(term for term, was, now in zip(terms, old, new, strict=True) if was != now)
