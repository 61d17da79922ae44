"""Which of two nested models the answers use: one rule, stated, with what nearly tied.

The rule: the larger model where Akaike's criterion of the maximum-likelihood fits is lower by more than
2 and its fit is not on the boundary; otherwise the smaller (Burnham and Anderson 2002, section 2.6, for
the 2). BIC is reported beside it: AIC aims at prediction, BIC at the smallest true model. What serial
correlation makes of the choice stands in ``standing.py``; it never changes the model used.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmm.inference.structures.rungs import Rung
from lmm.inference.variance_tests.comparison import InformationCriteria

# A difference in AIC up to this is not held to favour the larger model.
AIC_MARGIN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``used`` and ``other`` name the models; the differences are smaller minus larger (positive favours
    the larger). ``margin`` is what the AIC difference had to exceed.
    """

    used: str
    other: str
    aic_difference: float
    bic_difference: float
    larger_on_boundary: bool
    aic_prefers: str
    bic_prefers: str
    margin: float


def verdict(
    smaller: InformationCriteria | Rung,
    larger: InformationCriteria | Rung,
    *,
    larger_on_boundary: bool,
) -> Verdict:
    """Choose between two models fitted to the same rows by maximum likelihood."""
    aic = smaller.aic - larger.aic
    bic = smaller.bic - larger.bic
    takes_larger = aic > AIC_MARGIN and not larger_on_boundary
    used, other = (larger, smaller) if takes_larger else (smaller, larger)
    return Verdict(
        used=used.model,
        other=other.model,
        aic_difference=aic,
        bic_difference=bic,
        larger_on_boundary=larger_on_boundary,
        aic_prefers=larger.model if aic > 0 else smaller.model,
        bic_prefers=larger.model if bic > 0 else smaller.model,
        margin=AIC_MARGIN,
    )
