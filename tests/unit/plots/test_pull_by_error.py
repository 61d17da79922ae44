"""The pull against standard errors."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from lmm.plots.pull_by_error import PullByError, pull_by_error
from lmm.plots.style import Labels
from lmm.plots.svg import to_svg


def drawn(figure):
    return ElementTree.fromstring(to_svg(figure, id="panel", alt="words"))


def texts(figure):
    return [text.text for text in drawn(figure).iter("text")]


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_each_range_is_a_bar_and_some_are_named(count):
    sizes = np.arange(1, count + 1)
    error = 0.5 / np.sqrt(sizes)
    at = np.linspace(0.9 * error.min(), 1.05 * error.max(), 30)
    names = tuple(f"{size}" if size in (1, count) else "" for size in sizes)
    figure = pull_by_error(
        PullByError(
            low=error,
            high=1.05 * error,
            share=error**2 / (error**2 + 0.8),
            names=names,
            curve_x=at,
            curve_y=at**2 / (at**2 + 0.8),
        ),
        labels=Labels(x="standard error, cm", y="Share pulled"),
    )
    (bars,) = [p for p in drawn(figure).iter("path") if p.get("stroke-width") == "6"]
    assert bars.get("d").count("m") == count
    assert {names[0], "SE²/(SE² + τ²)"} <= set(texts(figure))
