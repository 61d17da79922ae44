"""The search for one grouping factor, at no more cost than its groups call for."""

from __future__ import annotations

from dataclasses import replace

from lmm.model.covariance import CovarianceTemplate
from lmm.model.criterion import Evaluation, evaluate
from lmm.model.search.collapse import collapse
from lmm.model.search.group_moments import covariance_by_moments
from lmm.model.search.objective import OneFactor
from lmm.model.search.optimizer import Optimum, minimise
from lmm.model.statistics import GroupStatistics
from lmm.numerics import Array


def search_one_factor(
    statistics: GroupStatistics,
    template: CovarianceTemplate,
    *,
    reml: bool,
    start: Array | None = None,
) -> Optimum[Evaluation]:
    """The optimum for these statistics, after groups alike are merged."""
    few = collapse(statistics)
    guess = covariance_by_moments(statistics) if start is None else None
    optimum = minimise(OneFactor(statistics=few, reml=reml), template, start=start, guess=guess)
    if few is statistics:
        return optimum
    return replace(optimum, at=evaluate(statistics, optimum.T, reml=reml))
