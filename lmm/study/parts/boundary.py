"""Whether groups differ at all, in level and in slope: each random effect tested in every way there is."""

from __future__ import annotations

from typing import Any

import numpy as np

from lmm.errors import ModelError
from lmm.inference.boundary_panel import PanelTest, boundary_panel
from lmm.inference.centring import centring_rows
from lmm.inference.exact_rlrt import DRAWS
from lmm.rows import to_records
from lmm.study.account import original_time, span
from lmm.study.parts.analysed import Analysed
from lmm.study.parts.forecast import round_values

_BOOTSTRAP = 999
# Beyond so many rows the simulated refits cost more than they tell: the mixtures are good by then.
_ROWS = 20_000


def boundary(analysed: Analysed) -> dict[str, list[dict[str, Any]]]:
    """The panel of the level (random-intercept model) and of the slope (random-slope model), by REML."""
    tested = {"level": ("random_intercept", "Intercept"), "slope": ("random_slope", analysed.slope)}
    return {
        key: to_records(_panel(analysed, model, term))
        for key, (model, term) in tested.items()
        if term is not None and model in analysed.fits.fits
    }


def centring(analysed: Analysed) -> list[dict[str, Any]]:
    """The test of an independent slope at round times and at the origin, as the reader counts time."""
    study = analysed.study
    if study.time is None or "random_slope" not in analysed.fits.fits:
        return []
    seen = span(original_time(study, analysed.table.frame))
    period = study.time.per.count if study.time.per else 1.0
    places = np.union1d(round_values(seen["min"], seen["max"], period), [study.time.origin])
    fit = analysed.fits.mixed("random_slope")
    try:
        rows = centring_rows(fit, study.time.column, places - study.time.origin)
    except ModelError:
        return []
    return [
        {**row, "centre": float(place)} for row, place in zip(to_records(rows), places, strict=True)
    ]


def _panel(analysed: Analysed, model: str, term: str) -> tuple[PanelTest, ...]:
    fit = analysed.fits.mixed(model)
    try:
        return boundary_panel(
            fit,
            term,
            draws=DRAWS,
            bootstrap_draws=_BOOTSTRAP if fit.n <= _ROWS else 0,
            seed=analysed.study.seed,
        )
    except ModelError:
        return ()
