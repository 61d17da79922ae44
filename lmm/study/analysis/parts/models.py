"""The fits themselves, and what chose among them."""

from __future__ import annotations

from typing import Any

from lmm.report.fit_record import fit_record
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def models(analysed: Analysed) -> dict[str, Any]:
    """Each fit as the object of ``lmm fit --json``, by name."""
    confidence = analysed.study.confidence
    return {
        name: fit_record(fit, confidence=confidence) for name, fit in analysed.fits.fits.items()
    }


def absent_models(analysed: Analysed) -> dict[str, str]:
    """Why a model is not there."""
    return dict(analysed.fits.absent)


def used(analysed: Analysed) -> str:
    """The model that answers."""
    return analysed.fits.used


def verdict(analysed: Analysed) -> dict[str, Any] | None:
    """What the rule that chose it compared; ``None`` without a choice."""
    found = analysed.fits.verdict
    return to_records([found])[0] if found else None


def criteria(analysed: Analysed) -> list[dict[str, Any]]:
    """Information criteria."""
    return to_records(analysed.fits.criteria)


def comparisons(analysed: Analysed) -> list[dict[str, Any]]:
    """Likelihood-ratio tests."""
    return to_records(analysed.fits.tests)
