"""The engine asked for one evaluation, as no user can ask it."""

from __future__ import annotations

import numpy as np

from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import evaluate
from lmm.model.statistics import group_statistics
from lmm.model.units import internal_units


def criterion_of_engine(design, theta, *, reml):
    """What the engine makes of a user's theta, through its own units, with no search."""
    XY, Z, units = internal_units(design)
    grouping = design.blocks[0].grouping
    statistics = group_statistics(XY, Z, grouping.codes, len(grouping.levels))
    template = CovarianceTemplate(sizes=tuple(block.Z.shape[1] for block in design.blocks))
    T = np.linalg.solve(units.W_z, template.factor(theta))
    dof = statistics.n - statistics.p if reml else statistics.n
    return units.criterion_out(evaluate(statistics, T, reml=reml).value, dof=dof, reml=reml)
