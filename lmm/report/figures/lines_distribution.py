"""How the lines of all groups are distributed, for the pictures that show more than the groups seen."""

from __future__ import annotations

import numpy as np

from lmm.report.reading import Reading


def lines_distribution(reading: Reading) -> tuple[np.ndarray, np.ndarray]:
    """Mean (2,) of groups' levels and slopes in the random-slope model, and a root (2, 2) of their covariance.

    ``root @ root.T`` is the covariance, so that ``mean + root @ z`` is a line for a standard normal z (2,).
    """
    slope = str(reading.slope)
    effect = [
        reading.at(reading.effect("random_slope", term))["estimate"]
        for term in ("Intercept", slope)
    ]

    def entry(term: str, other: str | None = None) -> float:
        return reading.at(reading.component("random_slope", term, other))["variance_or_covariance"]

    cross = entry("Intercept", slope)
    values, vectors = np.linalg.eigh([[entry("Intercept"), cross], [cross, entry(slope)]])
    return np.array(effect), vectors * np.sqrt(np.maximum(values, 0.0))
