"""Figures of the checks: what is drawn is where the numbers say, and no words collide."""

from xml.etree import ElementTree

import numpy as np
import pytest

from lmm.plots.diagnostics import Banded, Cloud, cloud, likeness, normal_plot, tenths
from lmm.plots.influence import LeftOut, distances, without_each
from lmm.plots.style import Highlight, Labels
from tests.unit.plots.test_figures import assert_tidy, svg_of, tagged, words


def points(n=300, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(9, 17, n)
    return Cloud(
        x=x,
        y=scale * rng.normal(size=n),
        group=np.arange(n) // 3,
        average_x=np.linspace(10, 16, 10),
        average_y=scale * rng.normal(0, 0.1, 10),
    )


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
def test_a_cloud_has_every_group_its_averages_and_its_words(scale):
    figure = cloud(
        points(scale=scale), labels=Labels(x="fitted arm circumference, cm", y="residual")
    )
    assert tagged(figure) == set(range(100))
    root = ElementTree.fromstring(svg_of(figure))
    assert root.get("width") == "228"
    assert any("k-model" in (path.get("class") or "") for path in root.iter("path"))
    assert {"fitted arm circumference, cm", "residual"} <= set(words(figure))
    assert_tidy(figure)


def test_ticks_whose_texts_are_wide_are_fewer():
    data = points(scale=1.0)
    narrow = Cloud(
        x=4.6e-11 + 1e-12 * np.asarray(data.x),
        y=data.y,
        group=data.group,
        average_x=4.6e-11 + 1e-12 * np.asarray(data.average_x),
        average_y=data.average_y,
    )
    figure = cloud(narrow, labels=Labels(x="fitted", y="residual"))
    assert sum("10⁻¹¹" in text for text in words(figure)) >= 2
    assert_tidy(figure)


def banded(values, *, low=-1.0, high=1.0):
    x = np.arange(1.0, len(values) + 1)
    ends = np.ones(len(values))
    return Banded(x=x, value=np.asarray(values), expected=0 * x, low=low * ends, high=high * ends)


def test_points_beyond_the_band_stand_out_and_the_others_do_not():
    data = banded([0.0, 1.2, -0.3, -1.5, 0.9])
    assert data.outside.tolist() == [False, True, False, True, False]
    for draw in (normal_plot, likeness):
        root = ElementTree.fromstring(svg_of(draw(data, labels=Labels(x="x", y="y"))))
        dots = {
            tone: sum(
                path.get("d", "").count("h0")
                for path in root.iter("path")
                if f"k-{tone}" in path.get("class", "").split()
            )
            for tone in ("high", "ink2")
        }
        assert dots["high"] == 2
        assert dots["ink2"] >= 3


def test_a_band_may_be_open_and_all_may_be_inside():
    data = banded([0.0, 0.5, -0.3])
    half = Banded(
        x=data.x,
        value=data.value,
        expected=data.expected,
        low=np.array([-np.inf, -1.0, -1.0]),
        high=np.array([1.0, 1.0, np.inf]),
    )
    figure = normal_plot(half, labels=Labels(x="normal quantile", y="levels in order, SDs"))
    assert "k-high" not in svg_of(figure)
    assert_tidy(figure)


def test_bars_of_tenths_are_as_high_as_their_shares_and_stand_out_beyond_the_band():
    share = np.array([0.05, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05])
    ends, ones = np.linspace(0.1, 1, 10), np.ones(10)
    data = Banded(x=ends, value=share, expected=0.1 * ones, low=0.04 * ones, high=0.15 * ones)
    figure = tenths(data, labels=Labels(x="part of its prediction", y="share of measurements"))
    bars = figure.axes[0].patches
    assert [bar.get_height() for bar in bars] == pytest.approx(share)
    classes = [
        path.get("class", "") for path in ElementTree.fromstring(svg_of(figure)).iter("path")
    ]
    assert sum("f-high" in each.split() for each in classes) == 1
    assert_tidy(figure)


@pytest.mark.parametrize("count", [1, 2, 10])
@pytest.mark.parametrize("threshold", [0.0001, 0.06, 5.0])
def test_lollipops_name_and_number_each_group(count, threshold):
    values = list(np.linspace(0.12, 0.02, count))
    figure = distances(
        [f"child {i}" for i in range(count)],
        values,
        groups=list(range(count)),
        threshold=threshold,
        threshold_label=f"chance reaches {threshold}",
        written=[f"{value:.2f}" for value in values],
    )
    assert tagged(figure) == set(range(count))
    said = words(figure)
    assert {f"child {i}" for i in range(count)} <= set(said)
    assert said.count("0.12") == 1
    assert ("k-high" in svg_of(figure)) == (threshold < 0.12)
    assert_tidy(figure)


@pytest.mark.parametrize("count", [2, 20, 197, 300])
@pytest.mark.parametrize("spread", [1e-12, 0.0004, 0.01])
def test_the_strip_holds_a_dot_for_every_group_inside_the_picture(count, spread):
    rng = np.random.default_rng(count)
    estimates = 0.0325 + rng.normal(0, spread, count)
    order = np.argsort(-np.abs(estimates - 0.0325))[:2]
    figure = without_each(
        LeftOut(
            estimates=estimates,
            groups=np.arange(count),
            estimate=0.0325,
            interval=(0.0271, 0.038),
        ),
        labels=Labels(x="cm a month"),
        highlights=[
            Highlight(index=int(i), label=f"without {i}", tone=tone)
            for i, tone in zip(order, ("high", "low"), strict=True)
        ],
        estimate_label="all children",
    )
    assert tagged(figure) == set(range(count))
    assert {f"without {i}" for i in order} | {"95% interval", "all children"} <= set(words(figure))
    assert_tidy(figure)


def test_dots_of_one_column_are_stacked_and_never_above_the_picture():
    data = LeftOut(
        estimates=np.full(300, 1.0), groups=np.arange(300), estimate=1.0, interval=(0.0, 2.0)
    )
    figure = without_each(data, labels=Labels(x="x"))
    (axes,) = figure.axes
    (dots,) = [c for c in axes.collections if len(c.get_offsets()) == 300]
    height = np.sort(np.asarray(dots.get_offsets())[:, 1])
    assert (np.diff(height) > 0).all()
    assert height[0] > 0 and height[-1] < 1
