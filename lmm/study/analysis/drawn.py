"""The points that the figures of the checks draw: kept beside the measurements, out of the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from lmm.diagnostics.averages import averages
from lmm.diagnostics.group_scatter import spreads_in_order
from lmm.diagnostics.normal_plot import NormalPlot
from lmm.diagnostics.serial import Resemblance, autocorrelation, semivariogram
from lmm.inference.profiles.zeta import profile_curves
from lmm.numerics import Array
from lmm.rows import to_records
from lmm.study.analysis.account import original_time
from lmm.study.analysis.parts.analysed import Analysed

# A cloud of so many points shows its shape; the outermost are all in it, few enough to leave no gap behind them.
_POINTS = 240
_OUTERMOST = 15
# So many points at either end of a normal plot are all drawn.
_ENDS = 15


def drawn_points(analysed: Analysed) -> dict[str, Any]:
    """Residuals thinned, with averages of them all; normal plots; neighbours' likeness; the answer without each group.

    Groups are positions among the levels of the measurements file.
    """
    found = analysed.examined.found
    fit, residual = found.fit, found.projection.residual * found.projection.scale
    across: dict[str, Array] = {"fitted": fit.fitted_values}
    if analysed.study.time is not None:
        across["time"] = original_time(analysed.study, analysed.table.frame)[fit.design.rows]
    kept = thinned_residuals(residual)
    levels = {level: i for i, level in enumerate(fit.grouping.levels)}
    term = found.influence.terms.index(analysed.slope or "Intercept")
    return {
        "group": fit.grouping.codes[kept].tolist(),
        "residual": residual[kept].tolist(),
        **{name: x[kept].tolist() for name, x in across.items()},
        "averages": to_records([{name: averages(x, residual) for name, x in across.items()}])[0],
        "size_averages": to_records([averages(fit.fitted_values, np.abs(residual))])[0],
        "normal_plots": [
            {"name": shape.name, **_normal_plot(shape.plot)}
            for shape in (found.residuals, *found.effects)
        ],
        "autocorrelation": _likeness(analysed, autocorrelation),
        "semivariogram": _likeness(analysed, semivariogram),
        "tenths": to_records([found.calibration.tenths])[0],
        "scatter_of_groups": to_records([spreads_in_order(found.projection)])[0],
        "by_covariate": [
            {
                "name": name,
                "x": x[kept].tolist(),
                "averages": to_records([averages(x, residual)])[0],
            }
            for name, x in found.numbers.items()
            if name != analysed.slope
        ],
        # of one grouping factor only: with several each point is a search
        "profiles": to_records(profile_curves(fit)) if len(fit.factors) == 1 else [],
        "left_out": {
            "group": [levels[group.level] for group in found.influence.groups],
            "estimate": [float(group.beta[term]) for group in found.influence.groups],
        },
    }


def thinned_residuals(residual: Array) -> np.ndarray:
    """Which of the residuals (n,) are drawn, in their order: all of up to 240; else the largest and an even choice.

    The choice is even among the sizes, so that large and small ones keep their proportion.
    """
    n = len(residual)
    if n <= _POINTS:
        return np.arange(n)
    order = np.argsort(-np.abs(residual), kind="stable")
    even = np.linspace(_OUTERMOST, n - 1, _POINTS - _OUTERMOST).round().astype(int)
    return np.sort(np.concatenate([order[:_OUTERMOST], order[even]]))


def _normal_plot(plot: NormalPlot) -> dict[str, Any]:
    """The points with their band; between the ends, of those inside it, every third."""
    k = len(plot.value)
    ends = np.minimum(np.arange(k), np.arange(k)[::-1]) < _ENDS
    kept = ends | (np.arange(k) % 3 == 0) | (plot.value < plot.low) | (plot.value > plot.high)
    columns = {f.name: getattr(plot, f.name)[kept] for f in fields(plot)}
    return to_records([columns])[0]


def _likeness(
    analysed: Analysed, of: Callable[..., tuple[Resemblance, ...]]
) -> list[dict[str, Any]]:
    found = analysed.examined.found
    if found.serial is None or analysed.slope is None:
        return []
    return to_records(of(found.projection, time=found.numbers[analysed.slope]))
