"""Whether groups differ at all, in level and in slope: each random effect tested in every way there is."""

from __future__ import annotations

from typing import Any

from lmm.errors import ModelError
from lmm.inference.boundary_panel import boundary_panel
from lmm.inference.exact_rlrt import DRAWS
from lmm.rows import to_records
from lmm.study.parts.analysed import Analysed

_BOOTSTRAP = 999
# Beyond so many rows the simulated refits cost more than they tell: the mixtures are good by then.
_ROWS = 20_000


def boundary(analysed: Analysed) -> dict[str, dict[str, Any]]:
    """The panel of the level (random-intercept model) and, with a time, of the slope (random-slope model), by REML.

    Where a panel has no ``tests``, its ``reason`` says why.
    """
    tested = {"level": ("random_intercept", "Intercept")}
    if analysed.slope is not None:
        tested["slope"] = ("random_slope", analysed.slope)
    return {key: _panel(analysed, model, term) for key, (model, term) in tested.items()}


def _panel(analysed: Analysed, model: str, term: str) -> dict[str, Any]:
    seed = analysed.study.seed
    found: dict[str, Any] = {"model": model, "seed": seed, "tests": [], "reason": ""}
    if model not in analysed.fits.fits:
        return {**found, "reason": analysed.fits.absent[model]}
    fit = analysed.fits.mixed(model)
    refits = _BOOTSTRAP if fit.n <= _ROWS else 0
    try:
        rows = boundary_panel(fit, term, draws=DRAWS, bootstrap_draws=refits, seed=seed)
    except ModelError as error:
        return {**found, "reason": str(error)}
    return {**found, "tests": to_records(rows)}
