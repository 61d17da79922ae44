"""Fits on the boundary: which random effect has no variance left, or moves only with another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmm.model.fit import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryTerm:
    """A random block on the boundary, by ``zero variance``, ``perfect correlation`` or a ``fixed combination``."""

    group: str
    terms: tuple[str, ...]
    kind: str

    def __str__(self) -> str:
        if self.kind == "zero variance":
            return (
                f"boundary fit: the variance of {', '.join(self.terms)} over {self.group} is estimated as zero; "
                "the model without it fits the data as well"
            )
        if self.kind == "fixed combination":
            return (
                f"boundary fit: over {self.group}, some combination of the effects {', '.join(self.terms)} is "
                "estimated not to vary; the data do not support so many of them, and fewer fit as well"
            )
        return (
            f"boundary fit: over {self.group}, the effects {' and '.join(self.terms)} are estimated to move "
            "together exactly; the data do not support their separate variation"
        )


def boundary_terms(fit: Fit) -> tuple[BoundaryTerm, ...]:
    """The blocks whose covariance is singular, in order; empty for an interior optimum."""
    found = []
    for block, place in zip(fit.outline.blocks, fit.template.slices, strict=True):
        root = fit.optimum.T[place, place]
        if not (np.diag(root) == 0.0).any():
            continue
        still = tuple(name for name, row in zip(block.names, root, strict=True) if not row.any())
        together = int(root.any(axis=0).sum()) == 1
        kind = "perfect correlation" if together else "fixed combination"
        found.append(
            BoundaryTerm(
                group=block.grouping.name,
                terms=still or block.names,
                kind="zero variance" if still else kind,
            )
        )
    return tuple(found)
