"""Figure of the profiles: how far each parameter is from its estimate, in standard deviations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lmm.inference.groups.closed_forms import normal_reach
from lmm.plots.profiles import profile_curve
from lmm.plots.style import Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, labelled, panel
from lmm.report.page import Figure, Panel
from lmm.report.parameters import parameter

# More parameters than these are in the tables only.
_MOST = 9


def profiles(canvas: Canvas, followed: Sequence[Mapping[str, Any]], *, number: int) -> Figure:
    """A panel for each parameter of the model used that was ``followed``."""
    curves = followed[:_MOST]
    share = fmt.coverage(canvas.reading.study["confidence"])
    bent = sum(not curve["monotone"] for curve in curves)
    verdict = (
        "each rises throughout"
        if not bent
        else f"{bent} of them turn back: take its interval with care"
    )
    return Figure(
        id="figure-profiles",
        number=number,
        panels=tuple(_panel(canvas, i, curve) for i, curve in enumerate(curves)),
        columns=3,
        lead=f"Profiles of {len(curves)} parameters, by maximum likelihood: {verdict}.",
        caption=f"Where a curve lies in the band is the {share} interval. Dashed: the straight line of an interval "
        "that is the same to both sides.",
    )


def _panel(canvas: Canvas, place: int, curve: Mapping[str, Any]) -> Panel:
    reading = canvas.reading
    reach = normal_reach(reading.study["confidence"])
    values, zeta = np.asarray(curve["values"], float), np.asarray(curve["zeta"], float)
    name, unit = parameter(reading, curve)
    inside = values[np.abs(zeta) <= reach]
    decimals = fmt.significant(float(np.ptp(values)) or 1.0, 2)
    return panel(
        f"profile-{place}",
        heading=name,
        picture=profile_curve(
            values, zeta, reach=reach, labels=Labels(x=labelled("", unit).removeprefix(", "), y="ζ")
        ),
        alt=f"Profile of {name[:1].lower()}{name[1:]}: ζ runs from {fmt.number(float(zeta[0]), 1)} to "
        f"{fmt.number(float(zeta[-1]), 1)} while the value goes from "
        f"{fmt.interval(float(values[0]), float(values[-1]), decimals)} {unit}".rstrip()
        + f"; the points in the band lie between {fmt.number(float(inside.min()), decimals)} and "
        f"{fmt.number(float(inside.max()), decimals)}.",
    )
