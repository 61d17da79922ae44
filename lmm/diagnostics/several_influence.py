"""Influence of groups where there are further grouping factors: rows of one group share levels with others' rows.

Leaving rows I out with the variances held is adding a constant of its own for each of them: with P as in
``projection``, γ = P_II⁻¹(Py)_I and the coefficients change by −ΦX'V⁻¹E_I γ (Cook and Weisberg 1982, section 2.2.2,
for a general V). Where groups are few, every one is deleted exactly too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lmm.diagnostics.check import ALPHA
from lmm.diagnostics.deletion import refit_rows
from lmm.diagnostics.influence import Deleted, Influence, Without, deleted, gathered
from lmm.diagnostics.several_projection import SeveralProjection
from lmm.model.fit import Fit
from lmm.numerics import Array

# So many groups are all refitted without; of more, so many by the one-step distance.
_ALL = 100
_FIRST = 20

_DRAWS = 400
_SEED = 20_001


def several_influence(
    fit: Fit, P: SeveralProjection, *, dof: Sequence[float] | None = None
) -> Influence:
    """Delete the groups of the factor spoken of, one by one, each by a fit of its own; see ``Influence``."""
    m = fit.factor.m
    lifts = [_lift(P, np.flatnonzero(P.codes == i)) for i in range(m)]
    one_step = _distances(P, _changes(P, lifts, P.residual[:, None]))[:, 0]
    expected = _expected(P, lifts, fit.units.W_x)
    order = np.argsort(-one_step, kind="stable")[: m if m <= _ALL else _FIRST]
    groups: list[Deleted] = []
    if m > 2:  # without one of two groups there is no spread between groups left
        found = [(int(i), refit_rows(fit, P.codes != i)) for i in order]
        groups = [
            deleted(fit, i, _parameters(after), one_step=float(one_step[i]), dof=dof)
            for i, after in found
            if after is not None and after.design.names == fit.design.names
        ]
    return gathered(fit, groups, one_step=one_step, expected=expected)


def _parameters(fit: Fit) -> Without:
    return Without(beta=fit.beta, vcov=fit.vcov, Psi=fit.Psi, sigma=fit.sigma)


def _lift(P: SeveralProjection, rows: np.ndarray) -> tuple[np.ndarray, Array]:
    """A group's rows, and what makes of their residuals the coefficients' change, (p, rows)."""
    return rows, -P.Phi @ P.W[rows].T @ np.linalg.pinv(P.block(rows), hermitian=True)


def _changes(P: SeveralProjection, lifts: list[tuple[np.ndarray, Array]], e: Array) -> Array:
    """Change of the coefficients without each group, over sigma, (m, p, k), for residuals e (n, k)."""
    return np.stack([lift @ e[rows] for rows, lift in lifts])


def _expected(
    P: SeveralProjection, lifts: list[tuple[np.ndarray, Array]], W_x: Array
) -> tuple[float, Array]:
    """The 99% points of the largest distance, and of each coefficient's largest change in standard errors (p,)."""
    out = W_x / np.sqrt(np.diag(W_x @ P.Phi @ W_x.T))[:, None]
    largest, furthest = [], []
    for e in P.draws(_DRAWS, seed=_SEED):
        change = _changes(P, lifts, e)
        largest.append(_distances(P, change).max(axis=0))
        furthest.append(np.abs(out @ change).max(axis=0))
    level = 1.0 - ALPHA
    return float(np.quantile(np.concatenate(largest), level)), np.quantile(
        np.concatenate(furthest, axis=1), level, axis=1
    )


def _distances(P: SeveralProjection, change: Array) -> Array:
    """Δ'Φ⁻¹Δ/p, (m, k)."""
    inverse = np.linalg.inv(P.Phi)
    return np.einsum("mpk,pr,mrk->mk", change, inverse, change, optimize=True) / len(inverse)
