"""How often a variance that is zero is estimated as zero: a number of the design alone, without simulation.

Equation: docs/mathematics.md (38).
"""

from __future__ import annotations

import numpy as np

from lmm.inference.variance_tests.spectrum import Spectrum

_STEP = 0.02
_LOWEST, _HIGHEST = -25.0, 80.0  # log u
_SILENT = 1e-18


def point_mass_at_zero(eigenvalues: Spectrum, *, reml: bool) -> float:
    """Probability that the likelihood falls from λ = 0 on (Crainiceanu and Ruppert 2004, eqs. 10 and 11).

    That is Pr(Σ (μ_k − c) w_k² <= 0) with c the mean of the μ over the residual space (ML: Σξ/n). The
    integral of Imhof 1961 (Biometrika 48:419) on the log scale, where the trapezoid rule converges
    geometrically; error below 1e-9.
    """
    counts = np.append(eigenvalues.counts, eigenvalues.null)
    if reml:
        centre = float(eigenvalues.counts @ eigenvalues.values) / (eigenvalues.n - eigenvalues.p)
    else:
        centre = float(eigenvalues.square_counts @ eigenvalues.squares) / eigenvalues.n
    weights = np.append(eigenvalues.values, 0.0) - centre
    weights /= np.sqrt(counts @ weights**2)
    log_u = np.arange(_LOWEST, _HIGHEST, _STEP)
    logs = 0.25 * counts @ np.log1p(np.outer(weights, np.exp(log_u)) ** 2)
    log_u = log_u[logs < -np.log(_SILENT)]
    turned = np.outer(weights, np.exp(log_u))
    angle = 0.5 * counts @ np.arctan(turned)
    size = np.exp(-0.25 * counts @ np.log1p(turned**2))
    above = 0.5 + _STEP * float(np.sum(np.sin(angle) * size)) / np.pi
    return float(np.clip(1.0 - above, 0.0, 1.0))
