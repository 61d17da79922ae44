"""How much groups differ, which predicted effects alone understate: each one is pulled to the average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.groups.blups import conditional_covariance
from lmm.model.fit import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A random column's spread by the model, ``sd`` = √Ψ_jj, and that of its BLUPs, ``predicted_sd``.

    ``pooling`` is the share of the spread that the BLUPs do not show: 0 where nothing is pooled, 1 where all is.
    """

    group: str
    term: str
    sd: float
    predicted_sd: float
    pooling: float


def spreads(fit: Fit) -> tuple[Spread, ...]:
    """A row for each random column, in their order.

    Pooling is 1 − V(E b)/E V(b) over the groups, given the parameters (Gelman and Pardoe 2006, Technometrics
    48:241); E V(b) = V(b̂) + the mean of the conditional variances, V with divisor m − 1. A balanced random
    intercept's is (σ²/τ²)/(r + σ²/τ²), the pull of every group. Raises ``ModelError`` for several factors,
    whose levels are not independent given the data.
    """
    left = np.maximum(np.einsum("maa->ma", conditional_covariance(fit)), 0.0).mean(axis=0)
    predicted = np.var(fit.b, axis=0, ddof=1)
    whole = predicted + left
    return tuple(
        Spread(
            group=fit.grouping.name,
            term=term,
            sd=float(np.sqrt(fit.Psi[k, k])),
            predicted_sd=float(np.sqrt(predicted[k])),
            pooling=float(left[k] / whole[k]) if whole[k] > 0.0 else 1.0,
        )
        for k, term in enumerate(fit.random_names)
    )
