"""Predicted random effects (BLUPs) with their conditional standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit
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
    """Var(b_i | y) = Ψ − ΨZ'V⁻¹ZΨ with the parameters as estimated, (m, q, q) (Bates et al. 2015, eq. 58)."""
    T, at = fit.optimum.T, fit.optimum.at
    D = T @ T.T
    W = fit.units.W_z
    reduction = np.einsum("ab,bcm,cd->mad", D, at.B, D, optimize=True)
    return fit.sigma**2 * np.einsum("ab,mbc,dc->mad", W, D[None] - reduction, W, optimize=True)


def blups(fit: Fit) -> tuple[Blup, ...]:
    """One row a group and random column, groups in their order."""
    variance = np.einsum("maa->ma", conditional_covariance(fit))
    se = np.sqrt(np.maximum(variance, 0.0))
    return tuple(
        Blup(
            group=fit.grouping.name,
            level=level,
            term=term,
            value=float(fit.b[i, k]),
            se=float(se[i, k]),
        )
        for i, level in enumerate(fit.grouping.levels)
        for k, term in enumerate(fit.random_names)
    )
