"""Figure of influence: on whom the answers rest, and the answer without each group."""

from __future__ import annotations

import numpy as np

from lmm.plots.influence import LeftOut, distances, without_each
from lmm.plots.style import Highlight, Labels
from lmm.report import formatting as fmt
from lmm.report.figures.canvas import Canvas, labelled, panel
from lmm.report.interpretation import checks as checking
from lmm.report.interpretation.checks.words import term, with_unit
from lmm.report.page import Figure, Panel

_LISTED = 10


def influence(canvas: Canvas, *, number: int) -> Figure:
    """The largest Cook's distances, and the followed coefficient without each group."""
    reading = canvas.reading
    count, every = reading.at("/diagnostics/left_out/groups"), reading.at("/data/groups_used")
    chosen = (
        ""
        if count == every
        else f" Of {fmt.count(every)} {reading.many}, the {count} that could move the answers most were left out."
    )
    return Figure(
        id="figure-influence",
        number=number,
        panels=(_distances(canvas), _without_each(canvas)),
        lead=checking.sentence(reading, "conclusions"),
        caption=f"Left: how far the answers move without one {reading.one} (Cook’s distance). Right: the answer "
        f"without each, in its {fmt.coverage(reading.study['confidence'])} interval (shaded).{chosen}",
    )


def _distances(canvas: Canvas) -> Panel:
    reading = canvas.reading
    rows = reading.at("/influence")[:_LISTED]
    threshold = reading.at(reading.find("/checks", id="influence"))["threshold"]
    places = {level: i for i, level in enumerate(canvas.rows.levels)}
    groups = [places[row["level"]] for row in rows]
    names = [canvas.name(group) for group in groups]
    largest = max(rows[0]["cook"], threshold)
    decimals = max(2, fmt.significant(largest, 2))
    written = [fmt.number(row["cook"], decimals) for row in rows]
    limit = fmt.number(threshold, decimals)
    told = [f"{name} {value}" for name, value in zip(names[:3], written[:3], strict=True)]
    return panel(
        "cook",
        heading=f"The {len(rows)} {reading.many} with most influence",
        picture=distances(
            names,
            [row["cook"] for row in rows],
            groups=groups,
            threshold=threshold,
            threshold_label=f"chance reaches {limit}",
            written=written,
        ),
        alt=f"Lollipop chart of the {len(rows)} largest Cook’s distances by {reading.one}; the largest: "
        f"{fmt.listed(told)}. {sum(row['cook'] > threshold for row in rows)} of them lie beyond the {limit} that "
        "chance reaches.",
    )


def _without_each(canvas: Canvas) -> Panel:
    reading = canvas.reading
    followed = reading.at("/diagnostics/term")
    effect = reading.at(reading.effect(reading.used, followed))
    drawn = canvas.rows.examined["left_out"]
    groups, estimates = np.asarray(drawn["group"], int), np.asarray(drawn["estimate"], float)
    ends = dict.fromkeys((int(np.argmin(estimates)), int(np.argmax(estimates))))
    marked = [
        Highlight(
            index=i,
            label=f"without {fmt.shortened(canvas.rows.levels[groups[i]], 14)}",
            tone="high" if estimates[i] > effect["estimate"] else "low",
        )
        for i in ends
    ]
    unit = with_unit(reading, followed, "").strip()
    decimals = fmt.decimals_for(effect["se"])
    confidence = fmt.coverage(reading.study["confidence"])
    reach = fmt.interval(estimates.min(), estimates.max(), decimals + 1)
    what = term(reading, followed)
    return panel(
        "left-out",
        heading=f"{fmt.capital(what.removeprefix('the '))} without each {reading.one}",
        picture=without_each(
            LeftOut(
                estimates=estimates,
                groups=groups,
                estimate=effect["estimate"],
                interval=(effect["low"], effect["high"]),
            ),
            labels=Labels(x=labelled("", unit).removeprefix(", ")),
            highlights=marked,
            estimate_label=f"all {reading.many}",
            interval_label=f"{confidence} interval",
        ),
        alt=f"Dots of {what} without each of {len(estimates)} {reading.many}; they run from {reach}, where the "
        f"{confidence} interval with all is {fmt.interval(effect['low'], effect['high'], decimals)} {unit}".rstrip()
        + f". At the ends: {fmt.listed([mark.label for mark in marked])}.",
    )
