"""The search for one grouping factor, at no more cost than its groups call for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lmm.model.collapse import collapse
from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import Evaluation, evaluate
from lmm.model.objective import OneFactor
from lmm.model.optimizer import Optimum, minimise
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array

_MANY_GROUPS = 8000
_SAMPLE = 3000


def search_one_factor(
    statistics: GroupStatistics,
    template: CovarianceTemplate,
    *,
    reml: bool,
    start: Array | None = None,
) -> Optimum[Evaluation]:
    """The optimum for these statistics: groups alike are merged, and of very many a sample says where to start."""
    few = collapse(statistics)
    if start is None and few.m > _MANY_GROUPS:
        sample = minimise(OneFactor(statistics=_sampled(statistics), reml=reml), template)
        start = template.theta(sample.T)
    optimum = minimise(OneFactor(statistics=few, reml=reml), template, start=start)
    if few is statistics:
        return optimum
    return replace(optimum, at=evaluate(statistics, optimum.T, reml=reml))


def _sampled(statistics: GroupStatistics) -> GroupStatistics:
    """Every so many groups one, with its share of the rest."""
    step = statistics.m // _SAMPLE
    few = slice(None, None, step)
    R, H = statistics.R[:, :, few], statistics.H[:, :, few]
    share = R.shape[2] / statistics.m
    return GroupStatistics(
        R=np.ascontiguousarray(R),
        H=np.ascontiguousarray(H),
        S=statistics.S * share,
        n=max(round(statistics.n * share), statistics.p + 1),
        sizes=statistics.sizes[few],
    )
