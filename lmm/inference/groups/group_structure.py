"""What the course asks before it calls groups fixed or random: how many there are, how often each was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit
from lmm.model.statistics import group_statistics
from lmm.model.units import internal_units


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStructure:
    """One grouping factor: ``groups`` over ``rows``, with the least, median and most ``measurements`` of a group.

    ``singletons`` are groups measured once; ``determined`` are those whose own rows would give every
    random column's value without the others; ``balance`` is the harmonic over the arithmetic mean of the
    sizes, 1 where all are equal (Ahrens and Pincus 1981, Biom. J. 23:227).
    """

    group: str
    groups: int
    rows: int
    smallest: int
    median: float
    largest: int
    singletons: int
    determined: int
    balanced: bool
    balance: float


def group_structure(fit: Fit) -> GroupStructure:
    """The counts of the grouping factor that a fit speaks of. Raises ``ModelError`` for several, none of them named."""
    sizes, own = fit.grouping.sizes, _determined(fit)
    return GroupStructure(
        group=fit.grouping.name,
        groups=len(sizes),
        rows=fit.n,
        smallest=int(sizes.min()),
        median=float(np.median(sizes)),
        largest=int(sizes.max()),
        singletons=int((sizes == 1).sum()),
        determined=int(own.sum()),
        balanced=bool(sizes.min() == sizes.max()),
        balance=float(len(sizes) / np.sum(1.0 / sizes) / np.mean(sizes)),
    )


def _determined(fit: Fit) -> np.ndarray:
    """Whether each group's rows determine every random column of the factor, (m,)."""
    factor = fit.factor
    if len(fit.factors) == 1:
        R = fit.statistics.R
    else:
        _, Z, _ = internal_units(fit.design)
        XY = np.zeros((fit.n, 1))
        R = group_statistics(XY, Z[:, factor.columns], factor.grouping.codes, factor.m).R
    return (np.einsum("qqm->qm", R) > 0.0).all(axis=0)
