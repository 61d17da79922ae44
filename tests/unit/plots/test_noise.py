"""Pictures that a script redraws: what it is told of their scale is where things are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from lmm.plots.noise import Columns, Curves, columns, curves
from lmm.plots.style import Labels
from lmm.plots.svg import to_svg

SIZES = np.linspace(0.8, 5.25, 21)
RATIOS = np.array([0.3, 1.2, 4.8])
NAMES = ("noise as it is", "4 times the noise", "16 times the noise")
OWN, EXPECTED = np.array([11.7, 15.9, 11.9]), np.array([13.9, 13.9, 13.5])


def by_size(**options):
    share = RATIOS[:, None] / (SIZES + RATIOS[:, None])
    return curves(
        Curves(measurements=SIZES, share=share, names=NAMES, now=0),
        labels=Labels(x="measurements per child", y="Share pulled"),
        **options,
    )


def by_group(names=("child 162", "child 101", "child 28")):
    kept = 1.0 / (1.0 + RATIOS)
    data = Columns(
        own=OWN,
        expected=EXPECTED,
        shared=EXPECTED[:, None] + (OWN - EXPECTED)[:, None] * kept,
        now=0,
        names=names,
        remarks=("1", "1", "5"),
    )
    return columns(data, labels=Labels(x="measurements", y="Arm, cm"), average_label="average")


def drawn(figure):
    return ElementTree.fromstring(to_svg(figure, id="panel", alt="words"))


def starts(root, name):
    """First points of the sub-paths of a colour's layers, in their order."""
    found = []
    for path in root.iter("path"):
        if name not in path.get("class").split():
            continue
        x = y = 0.0
        for step in re.findall(r"m(-?[\d.]+)[ ]?(-?[\d.]+)", path.get("d")):
            x, y = (x + float(step[0]), y + float(step[1])) if found else map(float, step)
            found.append((x, y))
            break
    return found


def test_a_curve_starts_where_its_scale_says():
    figure, scale = by_size()
    ((x, y),) = starts(drawn(figure), "k-model-light")
    assert x == pytest.approx(scale.x[0] + scale.x[1] * 0.8, abs=0.06)
    assert y == pytest.approx(scale.y[0] + scale.y[1] * 100 * 0.3 / (0.8 + 0.3), abs=0.06)


def test_percents_and_sizes_stand_where_the_scale_says():
    figure, scale = by_size(ticks=range(1, 6))
    places = {
        text.text: (float(text.get("x")), float(text.get("y")))
        for text in drawn(figure).iter("text")
    }
    assert places["3"][0] == pytest.approx(scale.x[0] + 3 * scale.x[1], abs=0.01)
    spacing = places["20%"][1] - places["80%"][1]
    assert spacing == pytest.approx(-60 * scale.y[1], abs=0.02)
    assert set(NAMES) <= set(places)


def test_columns_stand_where_the_scale_says():
    figure, scale = by_group()
    root = drawn(figure)
    ((x, y),) = starts(root, "k-grey")[-1:]
    dots = [p for p in root.iter("path") if p.get("class") == "dots k-grey"]
    assert len(dots) == 1
    x, y = map(float, re.match(r"m(-?[\d.]+) (-?[\d.]+)", dots[0].get("d")).groups())
    assert x == pytest.approx(scale.x[0], abs=0.06)
    assert y == pytest.approx(scale.y[0] + scale.y[1] * OWN[0], abs=0.06)


def test_groups_and_how_often_they_were_measured_are_written_beneath():
    texts = [text.text for text in drawn(by_group()[0]).iter("text")]
    assert {"child 162", "child 101", "child 28", "average", "5"} <= set(texts)
    assert texts.count("1") == 2


def test_a_long_name_is_cut_to_its_column():
    texts = [
        text.text
        for text in drawn(by_group(("a label as long as a sentence", "b", "c"))[0]).iter("text")
    ]
    assert any(text.endswith("…") and text.startswith("a label") for text in texts)
