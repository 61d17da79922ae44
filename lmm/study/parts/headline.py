"""The few numbers that stand for a study."""

from __future__ import annotations

import math
from typing import Any

from lmm.inference.icc import intraclass_correlation
from lmm.study.parts.analysed import Analysed


def headline(analysed: Analysed) -> dict[str, Any]:
    """The few numbers that are followed from one data version to the next."""
    fits = analysed.fits
    fit = fits.mixed(fits.used)
    numbers: dict[str, Any] = {
        "model": fits.used,
        "measurements": fit.n,
        "groups": len(fit.grouping.levels),
        "level": float(fit.beta[fit.design.names.index("Intercept")]),
        "level_sd": math.sqrt(fit.Psi[0, 0]),
        "sigma": fit.sigma,
        "icc": intraclass_correlation(fits.mixed("random_intercept")).value,
    }
    if analysed.slope:
        numbers["slope"] = float(fit.beta[fit.design.names.index(analysed.slope)])
    return numbers
