"""What the figures draw, gathered once: measurements, lines, and which groups to point at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmm.plots.style import Highlight, Labels, Tone
from lmm.plots.svg import Figure as Picture
from lmm.plots.svg import to_svg
from lmm.report import formatting as fmt
from lmm.report.page import Panel
from lmm.report.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """The rows used: ``group`` (n,) indexes ``levels``, ``time`` on the original scale, ``outcome``.

    ``examined`` holds the points that the figures of the checks draw, as the analysis wrote them.
    """

    levels: tuple[str, ...]
    group: NDArray[Any]
    time: NDArray[Any]
    outcome: NDArray[Any]
    examined: Mapping[str, Any] = field(default_factory=dict)


def read_measurements(path: Path) -> Measurements:
    """The rows that the analysis wrote."""
    stored: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Measurements(
        levels=tuple(stored["levels"]),
        group=np.asarray(stored["group"], int),
        time=np.asarray(stored["time"], float),
        outcome=np.asarray(stored["outcome"], float),
        examined=stored["examined"],
    )


@dataclass(frozen=True, slots=True)
class Canvas:
    """A reading with its measurements: the figures' words, and groups by index."""

    reading: Reading
    rows: Measurements

    def highlight(self, index: int, tone: Tone) -> Highlight:
        """A group to mark, called by its noun and label."""
        return Highlight(index=index, label=self.name(index), tone=tone)

    def name(self, index: int) -> str:
        """``child 57``."""
        return f"{self.reading.one} {fmt.shortened(self.rows.levels[index], 18)}"

    @property
    def outcome_label(self) -> str:
        """The outcome with its unit."""
        return labelled(fmt.capital(self.reading.outcome), self.reading.unit)

    @property
    def time_label(self) -> str:
        """Time with its unit."""
        time = self.reading.study["time"]
        return labelled(time["label"] or time["column"], time["units"])

    @property
    def slope_label(self) -> str:
        """The slope with its unit."""
        return labelled("Slope", self.reading.rate_unit)

    @property
    def level_label(self) -> str:
        """The level, where it is compared, with its unit."""
        return labelled(f"{self.reading.outcome} {self.reading.origin}".strip(), self.reading.unit)

    def time_axes(self) -> Labels:
        """Outcome against time; months fall on years."""
        period = self.reading.period[0]
        return Labels(
            x=self.time_label, y=self.outcome_label, x_period=period if period > 1 else 0.0
        )

    @property
    def levels(self) -> list[Mapping[str, Any]]:
        """Own and shared level of each group, in the order of ``rows.levels``."""
        return self.reading.at("/shrinkage/levels")

    @property
    def lines(self) -> list[Mapping[str, Any]]:
        """Own and shared line of each group, in the same order; empty without a random slope."""
        return self.reading.at("/shrinkage/lines")


def panel(id: str, *, heading: str, picture: Picture, alt: str) -> Panel:
    """A drawing for the page, named for those who cannot see it."""
    return Panel(id=id, heading=heading, svg=to_svg(picture, id=id, alt=alt), alt=alt)


def labelled(name: str, unit: str) -> str:
    """``arm circumference, cm``."""
    return f"{name}, {unit}" if unit else name


def column(records: list[Mapping[str, Any]], name: str) -> NDArray[np.float64]:
    """One field of all records as numbers; what is absent is NaN."""
    return np.array([np.nan if row[name] is None else row[name] for row in records], float)
