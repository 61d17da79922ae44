"""A new group as it becomes known: what is expected of it next, before and after each of its first measurements."""

from __future__ import annotations

from typing import Any

import numpy as np

from lmm.inference.fixed_effects.coefficients import t_quantile
from lmm.inference.fixed_effects.simultaneous import reach
from lmm.inference.predictions.knowledge import of_new_group
from lmm.inference.predictions.lines import Line
from lmm.inference.predictions.shared import shared_by_groups
from lmm.study.analysis.account import original_time, span
from lmm.study.analysis.parts.analysed import Analysed
from lmm.study.analysis.parts.forecast import rows_at

_MEASURED = 3
# With fewer groups whole new lines leave the band for them too often, by two points (benchmarks/PREDICTIONS.md).
_ENOUGH_GROUPS = 40
# Rows at which the reach for a whole line is asked for; between them it is a straight line all the same.
_ENDS = 2


def newcomer(analysed: Analysed) -> dict[str, Any] | None:
    """``at`` the next time; ``seen`` three measurements before it, each one SD of single measurements above the
    average; ``after`` 0 to 3 of them the line there with its interval, and the range of a measurement.

    ``whole_line`` is the reach within which a new group's line lies over all of the time, in standard errors, and
    over that for a single time; ``None`` where groups are too few for it. All is ``None`` without a time and for
    several grouping factors.
    """
    fit = analysed.fits.mixed(analysed.fits.used)
    if analysed.study.time is None or len(fit.factors) > 1:
        return None
    times = visits(analysed)
    fixed, random = rows_at(analysed, times)
    known = of_new_group(shared_by_groups(fit))
    new = known.line(fixed, random)
    seen = new.value + new.observation_sd
    confidence = analysed.study.confidence
    after = []
    for k in range(_MEASURED + 1):
        after.append(
            {"measurements": k, **_expected(known.line(fixed[-1:], random[-1:]), confidence)}
        )
        known = known.after(*(part[k : k + 1] for part in (fixed, random, seen)))
    return {
        "at": float(times[-1]),
        "seen": [
            {"at": float(at), "value": float(value)}
            for at, value in zip(times[:-1], seen[:-1], strict=True)
        ],
        "after": after,
        "whole_line": _whole_line(analysed, confidence),
    }


def visits(analysed: Analysed) -> np.ndarray:
    """Four times in the middle of those observed, as far apart as a group's measurements usually are, (4,)."""
    time = original_time(analysed.study, analysed.table.frame)
    seen = span(time)
    codes = analysed.table.frame[analysed.study.group.column].cat.codes.to_numpy()
    order = np.lexsort((time, codes))
    gaps = np.diff(time[order])[np.diff(codes[order]) == 0]
    gaps = gaps[gaps > 0]
    whole = seen["max"] - seen["min"]
    gap = min(float(np.median(gaps)) if gaps.size else whole, whole / _MEASURED)
    first = (seen["min"] + seen["max"] - _MEASURED * gap) / 2.0
    if gap >= 1.0:
        gap, first = float(np.floor(gap)), float(np.ceil(first))
    return first + gap * np.arange(_MEASURED + 1)


def _expected(line: Line, confidence: float) -> dict[str, float]:
    own = float(line.reach(confidence)[0])
    single = float(line.observation_reach(confidence)[0])
    value = float(line.value[0])
    return {
        "value": value,
        "low": value - own,
        "high": value + own,
        "width": 2.0 * own,
        "observation_low": value - single,
        "observation_high": value + single,
    }


def _whole_line(analysed: Analysed, confidence: float) -> dict[str, float] | None:
    fit = analysed.fits.mixed(analysed.fits.used)
    if fit.grouping.m < _ENOUGH_GROUPS:
        return None
    seen = span(original_time(analysed.study, analysed.table.frame))
    line = of_new_group(shared_by_groups(fit)).line(
        *rows_at(analysed, np.linspace(seen["min"], seen["max"], _ENDS))
    )
    dof = float(line.dof.min())
    found = reach(line.error_root, dof=dof, confidence=confidence).value
    return {"reach": found, "ratio": found / float(t_quantile(confidence, dof))}
