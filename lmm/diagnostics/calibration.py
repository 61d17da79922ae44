"""Do measurements fall where the model says they will? Each predicted from its group's earlier ones.

Probability integral transforms are exact for Gaussian models, so nothing is simulated but the band: Dawid 1984,
J. R. Stat. Soc. A 147:278; their histogram: Gneiting, Balabdaoui and Raftery 2007, J. R. Stat. Soc. B 69:243.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from lmm.diagnostics.projection import Projection
from lmm.diagnostics.reference import Beside, beside_clean
from lmm.diagnostics.residuals import innovations
from lmm.diagnostics.several_innovations import several_innovations
from lmm.diagnostics.several_projection import SeveralProjection
from lmm.numerics import Array

# The range whose share is told, and the parts of the histogram.
LEVEL = 0.95
_PARTS = 10

_SEED = 20_005


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``inside``: the share of the rows in the middle ``level`` of what was predicted for each.

    ``tenths``: the share in each tenth of the prediction, from the lowest, beside clean data, (10,).
    """

    rows: int
    level: float
    inside: float
    tenths: Beside


def calibration(P: Projection, *, time: Array | None = None) -> Calibration:
    """Of every row given the rows of its group before it by ``time`` (n,), else in their order; beta is known."""
    several = isinstance(P, SeveralProjection)
    steps = several_innovations(P, time) if several else _steps(P, time)

    def transforms(e: Array) -> Array:
        return ndtr(steps(e))

    def tenths(e: Array) -> Array:
        part = np.minimum((_PARTS * transforms(e)).astype(int), _PARTS - 1)
        return np.stack([np.mean(part == k, axis=0) for k in range(_PARTS)])

    seen = transforms(P.residual[:, None])[:, 0]
    return Calibration(
        rows=P.n,
        level=LEVEL,
        inside=float(np.mean(np.abs(seen - 0.5) <= LEVEL / 2.0)),
        tenths=beside_clean(P, tenths, seed=_SEED),
    )


def _steps(P: Projection, time: Array | None) -> Callable[[Array], Array]:
    """A function of conditional residuals over sigma (n, k): V e = r, they carry the marginal ones."""
    D = P.T @ P.T.T

    def steps(e: Array) -> Array:
        effects = np.stack([P.sums @ (P.Z[:, [a]] * e) for a in range(len(D))])
        shared = np.tensordot(D, effects, axes=1)[:, P.codes]
        return innovations(P, e + np.einsum("na,ank->nk", P.Z, shared), time)

    return steps
