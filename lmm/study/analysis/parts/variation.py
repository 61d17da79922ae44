"""How the variation divides: intraclass correlation, the spread of groups, profile intervals."""

from __future__ import annotations

import math
from typing import Any

from lmm.inference.groups.closed_forms import normal_reach
from lmm.inference.profiles.intervals import variance_profile
from lmm.inference.variances.correlations import icc_along
from lmm.inference.variances.icc import IntraclassCorrelation, intraclass_correlation
from lmm.inference.variances.variance_shares import variance_shares
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.analysis.parts.forecast import round_times


def icc(analysed: Analysed) -> dict[str, Any]:
    """The intraclass correlation of each of the basic mixed models: the share of the main grouping factor."""
    return {name: to_records([_main_share(analysed, name)])[0] for name in analysed.basic}


def _main_share(analysed: Analysed, name: str) -> IntraclassCorrelation:
    fit, confidence = analysed.fits.mixed(name), analysed.study.confidence
    if len(fit.factors) == 1:
        return intraclass_correlation(fit, confidence=confidence)
    share = variance_shares(fit, confidence=confidence)[fit.place]
    method = "averaged over rows" if share.low is None else "profile of the REML criterion"
    return IntraclassCorrelation(value=share.share, low=share.low, high=share.high, method=method)


def icc_along_time(analysed: Analysed) -> list[dict[str, Any]] | None:
    """Intraclass correlation and spread between groups at round times (as the reader counts), by the random slope.

    ``None`` without one: then they are the same at every time; and for several grouping factors.
    """
    time = analysed.study.time
    if time is None or "random_slope" not in analysed.fits.fits or analysed.study.also_grouped_by:
        return None
    at = round_times(analysed)
    rows = to_records(icc_along(analysed.fits.mixed("random_slope"), time.column, at - time.origin))
    return [{**row, "value": float(place)} for row, place in zip(rows, at, strict=True)]


def spread(analysed: Analysed) -> dict[str, Any]:
    """How groups differ in the model used: the middle share of their levels, and of their slopes."""
    fit = analysed.fits.mixed(analysed.fits.used)
    reach = normal_reach(analysed.study.confidence)
    named = {"level": "Intercept"}
    if analysed.slope and analysed.slope in fit.own_names:
        named["slope"] = analysed.slope
    answer: dict[str, Any] = {"share": analysed.study.confidence}
    for key, term in named.items():
        k = fit.own_names.index(term)
        mean = float(fit.beta[fit.design.names.index(term)])
        sd = math.sqrt(fit.own_Psi[k, k])
        answer[key] = {"mean": mean, "sd": sd, "low": mean - reach * sd, "high": mean + reach * sd}
    return answer


def profiles(analysed: Analysed) -> dict[str, Any]:
    """Profile-likelihood intervals of the variance parameters of the basic mixed models."""
    confidence = analysed.study.confidence
    return {
        name: to_records(variance_profile(analysed.fits.mixed(name), confidence=confidence))
        for name in analysed.basic
    }
