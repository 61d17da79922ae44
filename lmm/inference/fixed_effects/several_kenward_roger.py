"""What Kenward and Roger's correction needs of a fit with several grouping factors, by its effects and not by groups.

With V⁻¹ = I − RN⁻¹R' (``effects``), K = Z'V⁻¹Z over all levels of all factors and G_a a change of D at each of them,
P_a = −X'V⁻¹Z G_a Z'V⁻¹X, Q_ab = X'V⁻¹Z G_a K G_b Z'V⁻¹X and tr(V⁻¹V_aV⁻¹V_b) = tr(G_a K G_b K) (Kenward and Roger
1997, Biometrics 53:983); for sigma² one more V⁻¹ stands between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve
from scipy.sparse import block_diag, csr_array

from lmm.errors import ModelError
from lmm.inference.fixed_effects.variance_ways import variance_ways
from lmm.model.factors import Factor
from lmm.model.fit import Fit
from lmm.model.several.effects import all_columns
from lmm.model.units import internal_units
from lmm.numerics import Array

# Random effects of all factors together, and rows times these: both are held as dense matrices.
MOST_EFFECTS = 1500
MOST_NUMBERS = 15_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """In internal units, V relative to sigma², sigma² last: ``P`` (k, p, p), ``Q`` (k, k, p, p), ``trace`` (k, k).

    ``held`` counts the variance parameters on the boundary, which are none of the k.
    """

    P: Array
    Q: Array
    trace: Array
    held: int


def is_small(fit: Fit) -> bool:
    """Whether the effects are few enough for dense matrices."""
    effects = sum(factor.size for factor in fit.factors)
    return effects <= MOST_EFFECTS and effects * fit.n <= MOST_NUMBERS


def several_moments(fit: Fit) -> Moments:
    """P, Q and the traces. Raises ``ModelError`` where the effects are too many for dense matrices."""
    if not is_small(fit):
        raise ModelError(
            "Kenward–Roger's correction is offered for several grouping factors of up to "
            f"{MOST_EFFECTS} random effects in all",
            remedy="Ask for Satterthwaite's degrees of freedom.",
        )
    XY, Z, _ = internal_units(fit.design)
    X, wide = np.ascontiguousarray(XY[:, :-1]), all_columns(Z, fit.factors)
    R = all_columns(Z, fit.factors, fit.optimum.T)
    L = np.linalg.cholesky(np.eye(R.shape[1]) + (R.T @ R).toarray())

    def solve(A: Array) -> Array:
        return A - R @ cho_solve((L, True), R.T @ A)

    V_inverse_X, Y = solve(X), solve(wide.toarray())
    C, K, K_2 = wide.T @ V_inverse_X, wide.T @ Y, Y.T @ Y
    inner = cho_solve((L, True), (R.T @ R).toarray())
    ways, held = variance_ways(fit)
    changes = [_everywhere(way, fit.factors) for way in ways]
    GC = [G @ C for G in changes]
    GK = [np.asarray(G @ K) for G in changes]
    twice = solve(V_inverse_X)
    k, p = len(ways) + 1, fit.p
    P, Q, trace = np.empty((k, p, p)), np.empty((k, k, p, p)), np.empty((k, k))
    for a in range(k - 1):
        P[a] = -C.T @ GC[a]
        for b in range(k - 1):
            Q[a, b] = GC[a].T @ (K @ GC[b])
            trace[a, b] = np.sum(GK[a] * GK[b].T)
        Q[a, -1] = GC[a].T @ (wide.T @ twice)
        Q[-1, a] = Q[a, -1].T
        trace[a, -1] = trace[-1, a] = np.sum((changes[a] @ K_2).diagonal())
    P[-1] = -V_inverse_X.T @ V_inverse_X
    Q[-1, -1] = V_inverse_X.T @ twice
    trace[-1, -1] = fit.n - 2.0 * np.trace(inner) + np.sum(inner * inner.T)
    return Moments(P=P, Q=Q, trace=trace, held=held)


def _everywhere(way: Array, factors: tuple[Factor, ...]) -> csr_array:
    """A change of D (q, q) at every level of its factor, (Q, Q)."""
    blocks = [block for factor in factors for block in [factor.own(way)] * factor.m]
    return csr_array(block_diag(blocks, format="csr"))
