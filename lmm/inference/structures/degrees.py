"""Effective degrees of freedom: how many free lines the data in effect spend."""

from __future__ import annotations

import numpy as np

from lmm.model.fit import Fit
from lmm.model.several.crossed import CrossedEvaluation


def hat_trace(fit: Fit) -> float:
    """tr(H) with ŷ = Hy, fixed and random effects together (Vaida and Blanchard 2005, Biometrika 92:351).

    tr(H) = N − σ² tr(P); per group only K_i = I + R_i D R_i' and its reduced columns are needed.
    """
    if isinstance(fit.optimum.at, CrossedEvaluation):
        return _hat_trace_of_several(fit, fit.optimum.at)
    at, statistics = fit.at, fit.statistics
    T, p = fit.optimum.T, statistics.p
    RT = np.einsum("abm,bc->acm", statistics.R, T)
    K = np.einsum("acm,bcm->mab", RT, RT) + np.eye(statistics.q)
    solved = np.linalg.solve(K, statistics.H[:, :p].transpose(2, 0, 1))
    inner = statistics.S[:p, :p] + np.einsum("map,mar->pr", solved, solved)
    return statistics.q * statistics.m - at.trace_K_inverse + float(np.trace(at.Phi @ inner))


def _hat_trace_of_several(fit: Fit, at: CrossedEvaluation) -> float:
    """tr(H) = p + Σ_f tr(D_f(B_f − C_f Φ C_f')), with N − tr(V⁻¹) = Σ_f tr(D_f B_f)."""
    trace = float(fit.p)
    for factor, B, C in zip(fit.factors, at.B, at.C, strict=True):
        T = factor.own(fit.optimum.T)
        on_X = np.einsum("apm,pr,brm->ab", C, at.Phi, C, optimize=True)
        trace += float(np.sum((T @ T.T) * (B - on_X)))
    return trace


def intercept_degrees(fit: Fit) -> float:
    """Σ r_i / (r_i + σ²/τ²) for a random intercept: group levels in effect estimated (Ruppert, Wand, Carroll 2003)."""
    ratio = float(fit.own_Psi[0, 0]) / fit.sigma**2
    sizes = fit.grouping.sizes
    return float(np.sum(sizes * ratio / (1.0 + sizes * ratio)))
