"""Means of parts, against means taken by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lmm.diagnostics.averages import averages


def test_equal_parts_are_means_of_consecutive_points():
    rng = np.random.default_rng(1)
    x, y = rng.permutation(np.arange(50.0)), rng.normal(size=50)
    order = np.argsort(x)
    found = averages(x, y, parts=5)
    assert found.x == pytest.approx([4.5, 14.5, 24.5, 34.5, 44.5])
    assert found.y == pytest.approx([y[order[k : k + 10]].mean() for k in range(0, 50, 10)])


def test_points_of_one_x_stay_together():
    x = np.repeat([0.0, 1.0, 2.0], [2, 40, 3])
    y = np.arange(45.0)
    found = averages(x, y, parts=10)
    assert found.x == pytest.approx([0.0, 1.0, 2.0])
    assert found.y == pytest.approx([0.5, np.arange(2, 42).mean(), 43.0])


def test_the_averages_of_a_line_lie_on_it_and_a_single_x_has_one():
    x = np.linspace(-3, 8, 173)
    found = averages(x, 2 - 0.5 * x)
    assert found.y == pytest.approx(2 - 0.5 * found.x)
    assert len(found.x) == 10
    alone = averages(np.full(4, 7.0), np.array([1.0, 2.0, 3.0, 6.0]))
    assert (alone.x.tolist(), alone.y.tolist()) == ([7.0], [3.0])
