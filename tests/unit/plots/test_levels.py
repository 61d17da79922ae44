"""The picture of the two levels, and the bars of how often groups were measured."""

import pytest
from matplotlib.collections import PathCollection

from lmm.plots.levels import level_diagram, size_bars
from lmm.plots.style import Labels
from tests.unit.plots.test_figures import boxes, words

LABELS = Labels(x="measurements of one child", y="Number of children")


def test_groups_stand_over_their_measurements():
    figure = level_diagram([1, 3, 8], groups="Level 2", measurements="Level 1")
    assert len(figure.axes[0].patches) == 3
    layers = figure.axes[0].collections
    dots = [len(layer.get_offsets()) for layer in layers if isinstance(layer, PathCollection)]
    assert dots == [1, 3, 5]
    assert "+3" in words(figure)


def test_many_groups_are_represented_from_least_to_most_measured():
    figure = level_diagram([*[1] * 10, *[2] * 500, *[5] * 10], groups="a", measurements="b")
    assert len(figure.axes[0].patches) == 9


def test_each_bar_carries_its_number():
    figure = size_bars([1, 3], [7, 140], labels=LABELS)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == [7, 0, 140]
    assert {"7", "0", "140", "1", "2", "3"} <= set(words(figure))


def test_many_sizes_are_taken_together_and_no_group_is_lost():
    sizes = list(range(1, 61))
    figure = size_bars(sizes, [2] * 60, labels=LABELS)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert len(heights) <= 8
    assert sum(heights) == 120


@pytest.mark.parametrize("sizes", [[1, 2], list(range(1, 13)), list(range(100, 340, 7))])
def test_no_words_cover_each_other(sizes):
    figure = size_bars(sizes, [1234] * len(sizes), labels=LABELS)
    found = boxes(figure)
    for i, (text, box) in enumerate(found):
        for other, second in found[i + 1 :]:
            apart = (
                box.right <= second.left + 0.5
                or second.right <= box.left + 0.5
                or box.top <= second.bottom + 0.5
                or second.top <= box.bottom + 0.5
            )
            assert apart, (text, other)
