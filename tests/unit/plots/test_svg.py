"""What becomes of a figure on its way to the page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from lmm.plots.marks import add_band, add_dots, add_lines, tag
from lmm.plots.panel import dress, new_panel, to_pixels
from lmm.plots.style import LIGHT, Labels
from lmm.plots.svg import CLASSES, standalone, to_svg

HEIGHT = 268.0


@pytest.fixture
def axes():
    _, axes = new_panel(HEIGHT)
    dress(axes, Labels(x="time, weeks", y="Weight, kg"), x=(0.0, 10.0), y=(0.0, 100.0))
    return axes


def picture(axes, alt="a picture"):
    return to_svg(axes.figure, id="growth", alt=alt)


def absolute(d):
    """Read path data the obvious way; return its sub-paths as lists of points."""
    paths, here, command, numbers = [], (0.0, 0.0), "", []
    for token in re.findall(r"[a-z]|-?(?:\d+\.?\d*|\.\d+)", d):
        if token.isalpha():
            command, numbers = token, []
            if command == "m":
                paths.append([])
            continue
        numbers.append(float(token))
        if command in "ml" and len(numbers) == 2:
            here = (here[0] + numbers[0], here[1] + numbers[1])
            paths[-1].append(here)
            numbers = []
    return paths


def decoded(runs):
    owners = []
    for run in runs.split():
        span, _, times = run.partition("x")
        first, _, last = span.partition("-")
        for group in range(int(first), int(last or first) + 1):
            owners += [group] * int(times or 1)
    return owners


def layers(svg, name):
    return [p for p in ElementTree.fromstring(svg).iter("path") if name in p.get("class").split()]


def test_a_polyline_keeps_its_course_to_a_tenth_of_a_pixel(axes):
    rng = np.random.default_rng(3)
    x, y = np.sort(rng.uniform(0, 10, 400)), rng.uniform(0, 100, 400)
    add_lines(axes, [np.column_stack([x, y])], tone="high", width=2, groups=[7])
    (layer,) = layers(picture(axes), "k-high")
    (drawn,) = absolute(layer.get("d"))
    meant = to_pixels(axes, x, y)
    meant[:, 1] = HEIGHT - meant[:, 1]
    assert np.abs(np.array(drawn) - meant).max() <= 0.0501  # no drift over 400 relative steps


def test_where_a_point_lands_follows_from_the_axes_alone(axes):
    add_dots(axes, [0.0, 10.0, 5.0], [0.0, 100.0, 50.0], tone="model", size=4)
    (layer,) = layers(picture(axes), "dots")
    low, high, middle = (path[0] for path in absolute(layer.get("d")))
    box = axes.get_position()
    assert low == pytest.approx((344 * box.x0, HEIGHT * (1 - box.y0)), abs=0.06)
    assert high == pytest.approx((344 * box.x1, HEIGHT * (1 - box.y1)), abs=0.06)
    assert middle == pytest.approx(tuple(np.mean([low, high], axis=0)), abs=0.11)
    assert layer.get("stroke-width") == "4"


def test_dots_of_one_layer_are_one_path_of_zero_length_strokes(axes):
    add_dots(axes, [1, 2, 3], [10, 20, 30], tone="soft", size=3, groups=[0, 0, 1])
    (layer,) = layers(picture(axes), "dots")
    assert layer.get("d").count("h0") == 3
    assert layer.get("data-i") == "0x2 1"


def test_tags_name_the_group_of_every_mark_even_where_numbers_are_missing(axes):
    groups = np.array([4, 2, 4, 2, 9])
    x = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
    add_dots(axes, x, [10, 20, 30, 40, 50], tone="ink", size=3, groups=groups)
    (layer,) = layers(picture(axes), "dots")
    assert decoded(layer.get("data-i")) == [2, 2, 4, 9]
    centres = [path[0][0] for path in absolute(layer.get("d"))]
    assert centres == pytest.approx(list(to_pixels(axes, [2, 4, 1, 5], [0] * 4)[:, 0]), abs=0.06)


def test_tags_of_lines_skip_the_lines_that_are_not_drawn(axes):
    lines = [np.array([[0, 0], [1, 1.0]]), np.array([[0, np.nan], [1, 1]]), np.array([[2.0, 2.0]])]
    add_lines(axes, lines, tone="soft", width=1.2, groups=[5, 6, 7])
    (layer,) = layers(picture(axes), "k-soft")
    assert decoded(layer.get("data-i")) == [5, 7]
    assert len(absolute(layer.get("d"))) == 2


def test_layers_of_two_artists_with_the_same_tag_stay_apart(axes):
    for _ in range(2):
        add_dots(axes, [1.0], [10.0], tone="high", size=5, groups=[3])
    assert [layer.get("data-i") for layer in layers(picture(axes), "dots")] == ["3", "3"]


@pytest.mark.parametrize(
    ("groups", "runs"),
    [
        ([], ""),
        ([0], "0"),
        ([0, 0, 1], "0x2 1"),
        ([3, 1, 3], "3 1 3"),
        ([0, 1, 2, 5], "0-2 5"),
        ([4, 4, 5, 5, 6, 8], "4-5x2 6 8"),
    ],
)
def test_runs(groups, runs):
    assert tag(groups) == runs
    assert decoded(runs) == list(groups)


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        _, axes = new_panel(HEIGHT)
        dress(axes, Labels(x="x", y="y"), x=(0.0, 1.0), y=(-1.0, 1.0))
        add_band(axes, [0, 1], [-1, -0.5], [0.5, 1], tone="model", opacity=0.2)
        add_lines(axes, [np.array([[0, 0], [1, 1.0]])], tone="model", width=3)
        return to_svg(axes.figure, id="a", alt="b")

    first = draw()
    assert draw() == first


def test_writing_twice_the_same_figure_gives_the_same_bytes(axes):
    add_dots(axes, [1], [10], tone="high", size=4)
    assert picture(axes) == picture(axes)


def test_nothing_that_would_break_the_dark_page_or_its_policy(axes):
    add_lines(axes, [np.array([[0, 0], [9, 90.0]])], tone="model", width=2, dashes=(4.0, 2.0))
    add_band(axes, [0, 9], [0, 10], [50, 90], tone="model", opacity=0.2)
    svg = picture(axes)
    assert "style" not in svg
    assert not re.search(r"#[0-9a-fA-F]{3}|rgb\(|url\(|<(defs|metadata|clipPath|use)", svg)
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert "id" not in element.attrib
        assert element.get("stroke") is None
        assert element.get("fill") in (None, "none")
        assert not any(name.startswith("on") for name in element.attrib)


def test_every_class_is_documented_and_a_stranger_colour_is_refused(axes):
    add_band(axes, [0, 9], [0, 10], [50, 90], tone="low", opacity=0.2)
    used = {
        name
        for element in ElementTree.fromstring(picture(axes)).iter()
        for name in (element.get("class") or "").split()
    }
    assert {"plot", "t", "k-rule", "k-grey", "f-low"} <= used <= set(CLASSES)
    axes.plot([0, 1], [0, 1], color="#123456")
    with pytest.raises(ValueError, match="#123456"):
        picture(axes)


def test_text_stays_text_with_real_minus_signs():
    _, axes = new_panel(HEIGHT)
    dress(axes, Labels(x="time, weeks", y="Slope <kg> & more"), x=(0.0, 1.0), y=(-2.0, 2.0))
    svg = to_svg(axes.figure, id="a", alt="b")
    words = [element.text for element in ElementTree.fromstring(svg).iter("text")]
    assert {"time, weeks", "Slope <kg> & more", "\u22122", "0", "2"} <= set(words)
    assert "Slope &lt;kg&gt; &amp; more" in svg
    assert 'font-size="11.5"' in svg


def test_alt_text_is_escaped_and_names_the_picture(axes):
    alt = 'Lines of "a" & <b>; it\u0000 rises'
    root = ElementTree.fromstring(picture(axes, alt=alt))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Lines of "a" & <b>; it\ufffd rises'
    assert root.get("viewBox") == "0 0 344 268"


def test_gridlines_lie_on_whole_pixels(axes):
    (grid,) = layers(picture(axes), "k-rule")
    heights = [path[0][1] for path in absolute(grid.get("d"))]
    assert heights and all(abs(height % 1 - 0.5) < 1e-6 for height in heights)


def test_sizes():
    rng = np.random.default_rng(1)
    _, axes = new_panel(HEIGHT)
    dress(axes, Labels(x="fitted", y="residual"), x=(-4.0, 4.0), y=(-4.0, 4.0))
    group = np.sort(rng.integers(0, 197, 882))
    add_dots(axes, *rng.normal(0, 1, (2, 882)), tone="grey", size=2.4, groups=group)
    assert len(to_svg(axes.figure, id="a", alt="b").encode()) <= 15_000


def test_a_file_of_its_own_brings_its_colours(axes):
    file = standalone(picture(axes, alt="a > b"))
    root = ElementTree.fromstring(file.encode())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    style = root.find("{http://www.w3.org/2000/svg}style").text
    for name, value in LIGHT.items():
        assert f"--{name}:{value}" in style and f".k-{name}{{" in style
    assert "prefers-color-scheme:dark" in style
