"""In which directions the variances of a fit are free: all of a block inside, fewer on the boundary."""

from __future__ import annotations

import numpy as np

from lmm.model.fit import Fit
from lmm.numerics import Array


def variance_ways(fit: Fit) -> tuple[list[Array], int]:
    """The symmetric (q, q) changes of D that stay possible to both sides, and how many do not.

    Inside, these are all of a block. On the boundary a variance of zero cannot fall: along the directions
    that have none, only changes that join them to the others are left.
    """
    ways, held = [], 0
    for block in fit.template.slices:
        root = fit.optimum.T[block, block]
        size = len(root)
        still = size - int(root.any(axis=0).sum())
        _, directions = np.linalg.eigh(root @ root.T)
        for i in range(size):
            for j in range(i + 1):
                # eigenvalues ascend: the first ones are those without variance
                if i < still:
                    held += 1
                    continue
                way = np.zeros_like(fit.optimum.T)
                outer = np.outer(directions[:, i], directions[:, j])
                way[block, block] = 0.5 * (outer + outer.T)
                ways.append(way)
    return ways, held
