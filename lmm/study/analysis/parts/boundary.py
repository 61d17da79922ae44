"""Whether groups differ at all, in level and in slope: each random effect tested in every way there is."""

from __future__ import annotations

from typing import Any

from lmm.errors import ModelError
from lmm.inference.variance_tests.boundary_panel import boundary_panel
from lmm.inference.variance_tests.exact_rlrt import DRAWS
from lmm.inference.variance_tests.several_tests import several_panel
from lmm.rows import to_records
from lmm.study.analysis.parts.analysed import Analysed

_BOOTSTRAP = 999
# Beyond so many rows the simulated refits cost more than they tell: the mixtures are good by then.
_ROWS = 20_000


def boundary(analysed: Analysed) -> dict[str, dict[str, Any]]:
    """The panel of the level (random-intercept model) and, with a time, of the slope (random-slope model), by REML.

    Of several grouping factors the levels of each further one too. Where a panel has no ``tests``, its ``reason``
    says why.
    """
    main = analysed.study.group.column
    tested = {"level": ("random_intercept", "Intercept", main)}
    for each in analysed.study.also_grouped_by:
        tested[f"level of {each.column}"] = ("random_intercept", "Intercept", each.column)
    if analysed.slope is not None:
        tested["slope"] = ("random_slope", analysed.slope, main)
    return {key: _panel(analysed, *which) for key, which in tested.items()}


def _panel(analysed: Analysed, model: str, term: str, group: str) -> dict[str, Any]:
    seed = analysed.study.seed
    found: dict[str, Any] = {"model": model, "group": group, "seed": seed}
    found |= {"tests": [], "reason": ""}
    if model not in analysed.fits.fits:
        return {**found, "reason": analysed.fits.absent[model]}
    fit = analysed.fits.mixed(model)
    refits = _BOOTSTRAP if fit.n <= _ROWS else 0
    try:
        if len(fit.factors) > 1:
            rows = several_panel(fit, term, group)
        else:
            rows = boundary_panel(fit, term, draws=DRAWS, bootstrap_draws=refits, seed=seed)
    except ModelError as error:
        return {**found, "reason": error.reason}
    return {**found, "tests": to_records(rows)}
