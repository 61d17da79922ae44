"""Made-up groups of the population: their own lines, and single measurements of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.inference.predictions.knowledge import of_new_group
from lmm.inference.predictions.shared import shared_by_groups
from lmm.model.fit import Fit
from lmm.numerics import Array, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Of each drawn group, at k rows: its own mean, ``lines`` (draws, k), and a measurement of it."""

    lines: Array
    measurements: Array


def simulate_population(fit: Fit, X: Array, Z: Array, *, draws: int, seed: int) -> Population:
    """New groups at rows X (k, p), Z (k, q), the variances as estimated; measurements of prior weight one.

    Each draw takes its normals in the order beta, b, e, so that more draws leave the first as they were.
    Quantiles at each row are the bands of ``forecast``, and pointwise: a whole line lies inside less often.
    """
    line = of_new_group(shared_by_groups(fit)).line(X, Z)
    k, r = line.root.shape
    normals = np.random.default_rng(seed).standard_normal((draws, r + k))
    lines = line.value + normals[:, :r] @ line.root.T
    return Population(
        lines=read_only(lines), measurements=read_only(lines + fit.sigma * normals[:, r:])
    )
