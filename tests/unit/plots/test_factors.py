"""Pictures of several grouping factors: what is drawn is where the numbers say."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from lmm.plots.factors import crossed_diagram, nested_diagram
from lmm.plots.shares import ROW, Share, share_bars
from lmm.plots.style import WIDTH
from tests.unit.plots.test_figures import words


def test_inner_groups_hang_under_their_outer_ones_with_their_measurements():
    figure = nested_diagram([[2, 6], [1]], held=[5, 1], names=("Top", "Middle", "Bottom"))
    axes = figure.axes[0]
    assert len(axes.patches) == 2 + 3
    dots = [len(c.get_offsets()) for c in axes.collections if isinstance(c, PathCollection)]
    assert dots == [2, 4, 1]
    assert {"+3", "+2", "Top", "Middle", "Bottom"} <= set(words(figure))


def test_a_dot_stands_for_each_pair_that_occurs():
    figure = crossed_diagram([[1, 0, 2], [1, 1, 0]], across="3 plates", down="2 samples")
    axes = figure.axes[0]
    (layer,) = [c for c in axes.collections if isinstance(c, PathCollection)]
    points = np.asarray(layer.get_offsets())
    assert len(points) == 4
    assert len(set(points[:, 0])) == 3
    assert len(set(points[:, 1])) == 2
    assert len(axes.patches) == 5


def test_a_bar_is_as_long_as_its_share():
    parts = [
        Share(label="a", share=0.25, interval=(0.1, 0.5), written="25%", tone="model"),
        Share(label="b", share=0.75, interval=None, written="75%", tone="grey"),
    ]
    figure = share_bars(parts, heading="Of all")
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths == pytest.approx([0.25 * WIDTH, 0.75 * WIDTH, 0.75 * WIDTH, 0.25 * WIDTH])
    assert figure.get_figheight() * 72 == pytest.approx(2 * ROW + 26)
    assert {"25%", "75%", "a", "b"} <= set(words(figure))
