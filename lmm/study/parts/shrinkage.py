"""What sharing information does to each group: raw and shrunk estimates, paired by label."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from lmm.inference.blups import conditional_covariances
from lmm.inference.degrees import hat_trace, intercept_degrees
from lmm.inference.pooling import pooled_levels, pooled_lines
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed


def shrinkage(analysed: Analysed) -> dict[str, Any]:
    """Raw and shrunk estimates of every group, paired by label, and the pull by group size."""
    fits = analysed.fits
    random_intercept = fits.mixed("random_intercept")
    stratified = fits.fits["stratified"]
    assert isinstance(stratified, OrdinaryFit)
    tau2 = float(random_intercept.own_Psi[0, 0])
    sizes = Counter(int(size) for size in random_intercept.grouping.sizes)
    ratio = random_intercept.sigma**2 / tau2 if tau2 > 0 else None
    levels = pooled_levels(stratified, random_intercept, slope=analysed.slope)
    return {
        "ratio": ratio,
        "average_level": float(np.mean([row.expected for row in levels])),
        "level_degrees": intercept_degrees(random_intercept),
        "effective_degrees": {
            name: hat_trace(fit) for name, fit in fits.fits.items() if isinstance(fit, Fit)
        },
        "by_size": [
            {
                "measurements": size,
                "groups": sizes[size],
                "kept": 0.0 if ratio is None else size / (size + ratio),
                "pulled": 1.0 if ratio is None else ratio / (size + ratio),
            }
            for size in sorted(sizes)
        ],
        "levels": to_records(levels),
        "lines": _lines(analysed),
    }


def _lines(analysed: Analysed) -> list[dict[str, Any]]:
    if analysed.slope is None or "random_slope" not in analysed.fits.fits:
        return []
    fit = analysed.fits.mixed("random_slope")
    k = fit.own_names.index(analysed.slope)
    se = np.sqrt(np.maximum(conditional_covariances(fit)[fit.place][:, k, k], 0.0))
    return to_records(pooled_lines(fit, slope=analysed.slope, se=se))
