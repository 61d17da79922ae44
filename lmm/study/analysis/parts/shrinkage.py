"""What sharing information does to each group: raw and shrunk estimates, paired by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from lmm.inference.groups.blups import conditional_covariances
from lmm.inference.groups.heterogeneity import spreads
from lmm.inference.groups.noise import vary_noise
from lmm.inference.groups.own_weights import largest_gap
from lmm.inference.groups.pooling import PooledLevel, pooled_levels, pooled_lines
from lmm.inference.structures.degrees import hat_trace, intercept_degrees
from lmm.model.fit import Fit
from lmm.model.ordinary import OrdinaryFit
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed

# More digits than these are not counted: rounding is not the same on all machines.
_DIGITS = 10


def shrinkage(analysed: Analysed) -> dict[str, Any]:
    """Raw and shrunk estimates of every group, paired by label; the pull by group size, and under other noise."""
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
        **_alone(analysed, levels, ratio),
        "by_size": [
            {
                "measurements": size,
                "groups": sizes[size],
                "kept": 0.0 if ratio is None else size / (size + ratio),
                "pulled": 1.0 if ratio is None else ratio / (size + ratio),
                "shared_se": _shared_se(random_intercept, size),
            }
            for size in sorted(sizes)
        ],
        "levels": to_records(levels),
        "lines": _lines(analysed),
    }


def _alone(
    analysed: Analysed, levels: Sequence[PooledLevel], ratio: float | None
) -> dict[str, Any]:
    """What holds for one grouping factor: spreads, the identity in this very run, the pull under other noise."""
    fits = [analysed.fits.mixed(name) for name in analysed.basic]
    if len(fits[0].factors) > 1:
        return {"spreads": {}, "digits": None, "noise": None}
    gap = max(largest_gap(fit) for fit in fits)
    return {
        "spreads": {
            name: to_records(spreads(fit)) for name, fit in zip(analysed.basic, fits, strict=True)
        },
        "digits": min(int(-np.log10(max(gap, 1e-15))), _DIGITS),
        "noise": to_records([vary_noise(levels, ratio)])[0] if ratio is not None else None,
    }


def _shared_se(fit: Fit, size: int) -> float | None:
    """The conditional SD of a level, τ/√(1 + rτ²/σ²); with several factors it is not the size alone that counts."""
    tau2 = float(fit.own_Psi[0, 0])
    return None if len(fit.factors) > 1 else (tau2 / (1.0 + size * tau2 / fit.sigma**2)) ** 0.5


def _lines(analysed: Analysed) -> list[dict[str, Any]]:
    if analysed.slope is None or "random_slope" not in analysed.fits.fits:
        return []
    fit = analysed.fits.mixed("random_slope")
    k = fit.own_names.index(analysed.slope)
    se = np.sqrt(np.maximum(conditional_covariances(fit)[fit.place][:, k, k], 0.0))
    return to_records(pooled_lines(fit, slope=analysed.slope, se=se))
