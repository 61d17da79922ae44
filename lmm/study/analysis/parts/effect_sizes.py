"""Sizes of the effects of the model used: standardised, and the smallest that the study could have shown."""

from __future__ import annotations

from typing import Any

from lmm.inference.fixed_effects.coefficients import fixed_effects
from lmm.inference.fixed_effects.effect_sizes import POWER, effect_sizes
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def sizes_of_effects(analysed: Analysed) -> dict[str, Any]:
    """The power that ``detectable`` is meant for, and a row for each effect but the intercept."""
    fit, confidence = analysed.fits.mixed(analysed.fits.used), analysed.study.confidence
    rows = fixed_effects(fit, confidence=confidence)
    return {"power": POWER, "effects": to_records(effect_sizes(fit, rows, confidence=confidence))}
