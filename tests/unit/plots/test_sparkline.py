"""The word-sized line: its points are where the numbers say."""

from xml.etree import ElementTree

import pytest

from lmm.plots.sparkline import HEIGHT, WIDTH, sparkline


def points(path):
    numbers = [
        float(text) for text in path.replace("M", " ").replace("L", " ").replace("Z", " ").split()
    ]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_values_lie_between_the_ends_of_their_band():
    root = ElementTree.fromstring(sparkline([1.0, 3.0, 2.0], [0.0, 2.0, 1.0], [2.0, 4.0, 3.0]))
    line = points(root.find("path[@class='line']").get("d"))
    band = points(root.find("path[@class='band']").get("d"))
    high, low = band[:3], band[:2:-1]
    assert [x for x, _ in line] == pytest.approx([4.0, WIDTH / 2, WIDTH - 4.0])
    # 22 pixels for the range 0 to 4, upwards
    assert [y for _, y in line] == pytest.approx(
        [HEIGHT - 4 - 22 * v / 4 for v in (1, 3, 2)], abs=0.05
    )
    assert all(h[1] < v[1] < b[1] for h, v, b in zip(high, line, low, strict=True))
    last = root.find("circle")
    assert (float(last.get("cx")), float(last.get("cy"))) == line[-1]


def test_numbers_that_never_change_make_a_flat_line():
    line = points(
        ElementTree.fromstring(sparkline([2.0] * 3, [2.0] * 3, [2.0] * 3))
        .find("path[@class='line']")
        .get("d")
    )
    assert len({y for _, y in line}) == 1
