"""Variances, standard deviations and correlations of the random effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A variance (``other`` is ``None``) or a covariance between two random columns of one group."""

    group: str
    term: str
    other: str | None
    variance_or_covariance: float
    sd_or_correlation: float | None


def variance_components(fit: Fit) -> tuple[Component, ...]:
    """One row a variance and a row a covariance within each block; a correlation with a zero variance is ``None``."""
    rows: list[Component] = []
    sd = np.sqrt(np.diag(fit.Psi))
    for block, place in zip(fit.outline.blocks, fit.template.slices, strict=True):
        indices = range(place.start, place.stop)
        for i, j in [(i, i) for i in indices] + [(i, j) for j in indices for i in indices if i > j]:
            product = sd[i] * sd[j]
            rows.append(
                Component(
                    group=block.grouping.name,
                    term=fit.random_names[j],
                    other=None if i == j else fit.random_names[i],
                    variance_or_covariance=float(fit.Psi[i, j]),
                    sd_or_correlation=float(sd[i] if i == j else fit.Psi[i, j] / product)
                    if i == j or product > 0
                    else None,
                )
            )
    return tuple(rows)
