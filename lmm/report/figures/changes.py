"""Figure of the followed number over the versions of the data."""

from __future__ import annotations

import numpy as np

from lmm.plots.style import Labels
from lmm.plots.versions import over_versions
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, column, labelled, panel
from lmm.report.interpretation import changes as changing
from lmm.report.page import Figure

# Fewer versions make no trail.
FEWEST = 3


def has_trail(canvas: Canvas) -> bool:
    """Whether there are versions enough to draw."""
    changes = canvas.reading.at("/changes")
    return changes is not None and len(changes["trail"]["versions"]) >= FEWEST


def trail(canvas: Canvas, *, number: int) -> Figure:
    """The average slope (without a time: the level) with its interval, version after version."""
    reading = canvas.reading
    followed = reading.at("/changes/trail")
    rows = followed["versions"]
    values, low, high = (column(rows, key) for key in ("value", "low", "high"))
    name = changing.label(reading, followed["id"])
    unit = changing.unit_of(reading, followed["id"])
    decimals = fmt.decimals_for(float(np.nanmean(high - low)) / 4.0)
    ends = " to ".join(fmt.number(float(values[k]), decimals) for k in (0, -1))
    told = f"{len(rows)} versions of the data, from {ends} {unit}".rstrip()
    share = fmt.coverage(reading.study["confidence"])
    return Figure(
        id="figure-trail",
        number=number,
        panels=(
            panel(
                "trail",
                heading=f"{fmt.capital(name)}, version by version",
                picture=over_versions(
                    values,
                    low,
                    high,
                    labels=Labels(x="version of the data", y=labelled(fmt.capital(name), unit)),
                ),
                alt=f"Line of the {name} with its {share} interval over {told}.",
            ),
        ),
        lead=f"The {name} over {told}.",
        caption=f"Shaded: the {share} interval of each version; the first is of {fmt.day(rows[0]['time'])}.",
    )
