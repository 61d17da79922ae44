"""Levels ranked, where all groups share one slope."""

from __future__ import annotations

import numpy as np

from lmm.inference.groups.closed_forms import normal_reach
from lmm.plots.ranked import ranked
from lmm.plots.style import Intervals, Labels
from lmm.report.figures.canvas import Canvas, column, labelled, panel
from lmm.report.interpretation.heterogeneity import distinct_levels
from lmm.report.page import Panel


def ranked_levels(canvas: Canvas) -> Panel:
    """Each group's shared level, less what is expected of it, with its range."""
    reading = canvas.reading
    away = column(canvas.levels, "shared") - column(canvas.levels, "expected")
    by_size = {row["measurements"]: row["shared_se"] for row in reading.at("/shrinkage/by_size")}
    se = np.array([by_size[row["measurements"]] for row in canvas.levels])
    reach = normal_reach(reading.study["confidence"]) * se
    top, low = int(np.argmax(away)), int(np.argmin(away))
    marked = (canvas.highlight(top, "high"), canvas.highlight(low, "low"))
    picture = ranked(
        Intervals(estimate=away, low=away - reach, high=away + reach),
        0.0,
        labels=Labels(
            x=f"{reading.many}, ranked by level", y=labelled("Level less the average", reading.unit)
        ),
        highlights=marked if top != low else marked[:1],
    )
    return panel(
        "rank",
        heading=f"Every {reading.one}’s level, ranked",
        picture=picture,
        alt=f"Predicted levels of {reading.groups(len(away))} with ranges, ranked. {distinct_levels(reading).text}",
    )
