"""Profiles and trails: what is drawn is where the numbers say, and no words collide."""

from xml.etree import ElementTree

import numpy as np
import pytest

from lmm.plots.profiles import profile_curve
from lmm.plots.style import Labels
from lmm.plots.versions import over_versions
from tests.unit.plots.test_figures import assert_tidy, svg_of, words
from tests.unit.plots.test_svg import absolute


def layers(figure, name):
    root = ElementTree.fromstring(svg_of(figure))
    return [path for path in root.iter("path") if name in path.get("class").split()]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e5])
def test_a_profile_shows_its_curve_its_chord_and_its_estimate(scale):
    values = scale * np.array([0.2, 0.5, 1.0, 1.8, 3.0])
    zeta = np.array([-2.6, -1.5, 0.0, 1.4, 2.6])
    figure = profile_curve(values, zeta, reach=1.96, labels=Labels(x="cm a month", y="ζ"))
    (curve,) = [path for path in layers(figure, "k-model") if "dots" not in path.get("class")]
    (chord,) = layers(figure, "dash")
    (dot,) = layers(figure, "dots")
    line, straight = absolute(curve.get("d"))[0], absolute(chord.get("d"))[0]
    assert len(line) == 5
    assert np.abs(np.array([line[0], line[-1]]) - [straight[0], straight[-1]]).max() <= 0.11
    assert absolute(dot.get("d"))[0][0] == pytest.approx(line[2], abs=0.11)
    assert {"ζ", "cm a month"} <= set(words(figure))
    assert_tidy(figure)


def test_an_estimate_on_its_bound_has_one_side():
    figure = profile_curve(
        np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.2, 2.6]), reach=1.96, labels=Labels(x="", y="ζ")
    )
    assert len(layers(figure, "dots")) == 1
    assert_tidy(figure)


def test_a_trail_marks_its_last_version():
    values = np.array([0.80, 0.82, 0.79, 0.85])
    figure = over_versions(
        values, values - 0.1, values + 0.1, labels=Labels(x="version of the data", y="Slope, cm")
    )
    dots = layers(figure, "dots")
    assert [len(absolute(path.get("d"))) for path in dots] == [3, 1]
    (line,) = [path for path in layers(figure, "k-model") if "dots" not in path.get("class")]
    heights = [point[1] for point in absolute(line.get("d"))[0]]
    assert np.argsort(heights).tolist() == np.argsort(-values).tolist()
    assert {"1", "4", "version of the data"} <= set(words(figure))
    assert_tidy(figure)


def test_a_trail_through_zero_shows_where_zero_is():
    values = np.array([-0.1, 0.2])
    for shift, lines in ((0.0, 1), (5.0, 0)):
        figure = over_versions(
            values + shift, values + shift - 0.4, values + shift + 0.4, labels=Labels(x="", y="")
        )
        drawn = [path for path in layers(figure, "k-ink2") if "dots" not in path.get("class")]
        assert len(drawn) == lines
