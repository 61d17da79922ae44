"""Predicted random effects (BLUPs) with their conditional standard deviations.

Equation: docs/mathematics.md (24).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit
from lmm.model.several.blocks import CrossedStatistics
from lmm.model.several.crossed import conditional_blocks
from lmm.numerics import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Blup:
    """A group's predicted deviation in one random column; ``se`` is its spread given the data and parameters."""

    group: str
    level: str
    term: str
    value: float
    se: float


def conditional_covariance(fit: Fit) -> Array:
    """Var(b_i | y) = Ψ − ΨZ'V⁻¹ZΨ with the parameters as estimated, (m, q, q) (Bates et al. 2015, eq. 58).

    For one grouping factor: raises ``ModelError`` for several.
    """
    T, at = fit.optimum.T, fit.at
    D = T @ T.T
    W = fit.units.W_z
    reduction = np.einsum("ab,bcm,cd->mad", D, at.B, D, optimize=True)
    return fit.sigma**2 * np.einsum("ab,mbc,dc->mad", W, D[None] - reduction, W, optimize=True)


def conditional_covariances(fit: Fit) -> tuple[Array, ...]:
    """The same for each factor, (m, q, q); between levels and factors there are covariances too, not given."""
    if not isinstance(fit.sufficient, CrossedStatistics):
        return (conditional_covariance(fit),)
    blocks = conditional_blocks(fit.sufficient, fit.optimum.T)
    changes = [factor.own(fit.units.W_z) for factor in fit.factors]
    return tuple(
        fit.sigma**2 * np.einsum("ab,bcm,dc->mad", W, block, W, optimize=True)
        for W, block in zip(changes, blocks, strict=True)
    )


def blups(fit: Fit) -> tuple[Blup, ...]:
    """One row a group and random column, factor by factor, groups in their order."""
    rows: list[Blup] = []
    for factor, b, covariance in zip(
        fit.factors, fit.effects, conditional_covariances(fit), strict=True
    ):
        se = np.sqrt(np.maximum(np.einsum("maa->ma", covariance), 0.0))
        rows += [
            Blup(
                group=factor.group.name,
                level=level,
                term=fit.random_names[column],
                value=float(b[i, k]),
                se=float(se[i, k]),
            )
            for i, level in enumerate(factor.group.levels)
            for k, column in enumerate(factor.columns)
        ]
    return tuple(rows)
