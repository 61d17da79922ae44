"""What every part of the results is computed from: a study, its clean table, its fits, and what was looked at."""

from __future__ import annotations

from dataclasses import dataclass

from lmm.ingest.cleaning import CleanTable
from lmm.study.analysis.examined import Examined
from lmm.study.analysis.fitting import StudyFits
from lmm.study.configuration.settings import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """A study after its fits, the model used examined."""

    study: Study
    table: CleanTable
    fits: StudyFits
    examined: Examined

    @property
    def slope(self) -> str | None:
        """The time column, whose coefficient is the trend; ``None`` without a time."""
        return self.study.time.column if self.study.time else None

    @property
    def basic(self) -> tuple[str, ...]:
        """The basic mixed models that were fitted."""
        return tuple(
            name for name in ("random_intercept", "random_slope") if name in self.fits.fits
        )
