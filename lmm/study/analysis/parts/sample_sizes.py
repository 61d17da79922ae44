"""The criteria again, with the number of observations that they count."""

from __future__ import annotations

from typing import Any

from lmm.inference.structures.sample_sizes import sample_size_criteria
from lmm.model.fit import refit
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed


def sample_sizes(analysed: Analysed) -> list[dict[str, Any]]:
    """AICc, and BIC by rows and by groups, of the basic mixed models by maximum likelihood."""
    return to_records(
        sample_size_criteria(name, refit(analysed.fits.mixed(name), reml=False))
        for name in analysed.basic
    )
