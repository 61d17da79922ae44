"""The few numbers that stand for a study."""

from __future__ import annotations

import math
from typing import Any

from lmm.inference.variances.icc import intraclass_correlation
from lmm.inference.variances.variance_shares import point_shares
from lmm.model.fit import Fit
from lmm.study.analysis.parts.analysed import Analysed


def headline(analysed: Analysed) -> dict[str, Any]:
    """The few numbers that are followed from one data version to the next."""
    fits = analysed.fits
    fit = fits.mixed(fits.used)
    numbers: dict[str, Any] = {
        "model": fits.used,
        "measurements": fit.n,
        "groups": fit.grouping.m,
        "level": float(fit.beta[fit.design.names.index("Intercept")]),
        "level_sd": math.sqrt(fit.own_Psi[0, 0]),
        "sigma": fit.sigma,
        "icc": _share(fits.mixed("random_intercept")),
    }
    if analysed.slope:
        numbers["slope"] = float(fit.beta[fit.design.names.index(analysed.slope)])
    return numbers


def _share(fit: Fit) -> float:
    if len(fit.factors) == 1:
        return intraclass_correlation(fit).value
    return point_shares(fit)[fit.place]
