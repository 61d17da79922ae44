"""Every family of figures: what is in them, and that odd data do not break them."""

from xml.etree import ElementTree

import numpy as np
import pytest

from lmm.plots.fan import Fan, fan
from lmm.plots.models import coefficient_by_model, variance_bar
from lmm.plots.placement import Spot, Wanted
from lmm.plots.ranked import excluding, ranked
from lmm.plots.scatter import Plane, plane, raw_against_shrunk
from lmm.plots.shrinkage import Pull, Shift, dumbbell, pull
from lmm.plots.style import Highlight, Intervals, Labels, number
from lmm.plots.svg import to_svg
from lmm.plots.trajectories import (
    FittedLines,
    Trajectories,
    fitted_lines,
    measurements,
    thinning_note,
)

LABELS = Labels(x="age, months", y="Arm, cm", x_period=12)
ANCHORS = {None: "left", "middle": "center", "end": "right"}


def svg_of(figure):
    return to_svg(figure, id="panel", alt="words")


def words(figure):
    return [element.text for element in ElementTree.fromstring(svg_of(figure)).iter("text")]


def tagged(figure):
    """Return the groups of all marks of the figure, as a set."""
    root = ElementTree.fromstring(svg_of(figure))
    runs = [run for path in root.iter("path") for run in (path.get("data-i") or "").split()]
    spans = [run.partition("x")[0].split("-") for run in runs]
    return {group for span in spans for group in range(int(span[0]), int(span[-1]) + 1)}


def boxes(figure):
    """Return what each text covers, in pixels."""
    root = ElementTree.fromstring(svg_of(figure))
    height = float(root.get("height"))
    found = []
    for parent in root.iter("g"):
        for element in parent:
            size = float(parent.get("font-size", root.get("font-size")))
            label = Wanted(
                text=element.text, spots=(), size=size, bold=parent.get("font-weight") == "600"
            )
            anchor = ANCHORS[parent.get("text-anchor")]
            spot = Spot(
                x=float(element.get("x")), y=height - float(element.get("y")), anchor=anchor
            )
            found.append((element.text, label.box(spot)))
    return found


def assert_tidy(figure):
    """No two texts overlap and none leaves the picture by more than its side bearing."""
    found = boxes(figure)
    width = figure.get_size_inches()[0] * 72
    for i, (text, box) in enumerate(found):
        assert box.left >= -3 and box.right <= width + 3, text
        for other, area in found[:i]:
            assert box.overlap(area) <= 4, f"{text!r} over {other!r}"


def growth(groups=197, visits=5, slope=0.03, seed=0):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), visits)
    x = np.repeat(rng.uniform(0, 56, groups), visits) + 4 * np.tile(np.arange(visits), groups)
    y = 14 + slope * x + rng.normal(0, 1, groups)[group] + rng.normal(0, 0.5, len(x))
    return Trajectories(group=group, x=x, y=y)


def lines_of(data):
    starts = [np.flatnonzero(data.group == group) for group in np.unique(data.group)]
    x = np.array([[data.x[rows].min(), data.x[rows].max()] for rows in starts])
    middle = np.array([[data.y[rows].mean()] for rows in starts])
    average_x = np.array([data.x.min(), data.x.max()])
    return FittedLines(
        x=x, y=middle + 0.03 * (x - 36), average_x=average_x, average_y=14 + 0.03 * average_x
    )


MARKED = (
    Highlight(index=3, label="child 14"),
    Highlight(index=17, label="child 57", tone="low"),
    Highlight(index=40, label="child 105", tone="low"),
)


def test_spaghetti_shows_every_group_once_within_its_budget():
    data = growth()
    figure = measurements(data, labels=LABELS, highlights=MARKED)
    assert tagged(figure) == set(range(197))
    assert {"child 14", "child 57", "child 105", "age, months", "Arm, cm"} <= set(words(figure))
    assert len(svg_of(figure).encode()) <= 55_000
    assert_tidy(figure)


def test_both_trajectory_pictures_share_their_axes():
    data = growth()
    lines = lines_of(data)
    left = measurements(data, labels=LABELS, highlights=MARKED, lines=lines).axes[0]
    right = fitted_lines(data, lines, labels=LABELS, highlights=MARKED).axes[0]
    assert (left.get_xlim(), left.get_ylim()) == (right.get_xlim(), right.get_ylim())
    assert left.get_position().bounds == right.get_position().bounds


def test_fitted_lines_name_the_average_and_ring_only_the_marked():
    data = growth()
    figure = fitted_lines(data, lines_of(data), labels=LABELS, highlights=MARKED)
    assert "average" in words(figure)
    assert tagged(figure) == set(range(197))
    root = ElementTree.fromstring(svg_of(figure))
    dots = [
        p.get("data-i") for p in root.iter("path") if "dots" in p.get("class") and p.get("data-i")
    ]
    assert dots == ["3x5", "17x5", "40x5"]
    assert_tidy(figure)


@pytest.mark.parametrize("slope", [0.5, -0.5, 0.0])
@pytest.mark.parametrize("seed", range(6))
def test_names_of_balanced_lines_that_end_at_the_edge_do_not_collide(slope, seed):
    rng = np.random.default_rng(seed)
    group, x = np.repeat(np.arange(48), 9), np.tile(np.arange(1.0, 10.0), 48)
    own = rng.normal(slope, 0.3, 48)
    y = 20 + own[group] * x + rng.normal(0, 0.2, len(x))
    data = Trajectories(group=group, x=x, y=y)
    ends = np.tile([1.0, 9.0], (48, 1))
    lines = FittedLines(
        x=ends,
        y=20 + own[:, None] * ends,
        average_x=ends[0],
        average_y=20 + slope * ends[0],
        average_label="average pig",
    )
    best, worst = int(own.argmax()), int(own.argmin())
    marked = [
        Highlight(index=best, label=f"pig {best}"),
        Highlight(index=worst, label=f"pig {worst}", tone="low"),
    ]
    assert_tidy(measurements(data, labels=LABELS, highlights=marked, lines=lines))
    assert_tidy(fitted_lines(data, lines, labels=LABELS, highlights=marked))


def test_hostile_labels_are_words_and_no_markup_or_formula():
    label = "<script>alert('$x_1$')</script>"
    data = growth(20)
    figure = measurements(
        data,
        labels=Labels(x="$\\frac{$ <i>", y="&amp;"),
        highlights=[Highlight(index=2, label=label)],
    )
    svg = svg_of(figure)
    assert "<script" not in svg and "<i>" not in svg
    assert {"<script>alert('$x…", "$\\frac{$ <i>", "&amp;"} <= set(words(figure))


@pytest.mark.parametrize(
    "data",
    [
        Trajectories(group=np.arange(9), x=np.full(9, 2.0), y=np.arange(9.0)),
        Trajectories(group=np.repeat([0, 1, 2], 3), x=np.tile([0.0, 1, 2], 3), y=np.zeros(9)),
        Trajectories(group=np.array([0]), x=np.array([1.0]), y=np.array([1.0])),
        Trajectories(
            group=np.array([0, 0, 1]), x=np.array([1, np.nan, 2]), y=np.array([1.0, 2, 3])
        ),
    ],
    ids=["one visit, one time", "all the same", "one number", "a gap"],
)
def test_odd_data_are_drawn(data):
    marked = [Highlight(index=0, label="first"), Highlight(index=99, label="not there")]
    assert "first" in words(measurements(data, labels=LABELS, highlights=marked))
    assert thinning_note(data) == ""


def test_very_many_measurements_are_thinned_and_it_is_said():
    data = growth(5000, 10)
    figure = measurements(data, labels=LABELS, highlights=[Highlight(index=4321, label="p")])
    assert 4321 in tagged(figure)
    assert 900 < len(tagged(figure)) < 1100
    assert "of 5,000" in thinning_note(data)
    assert len(svg_of(figure)) < 130_000


def test_one_very_long_series_is_thinned_by_rows():
    data = Trajectories(group=np.zeros(30_001, int), x=np.arange(30_001.0), y=np.ones(30_001))
    measurements(data, labels=LABELS)
    assert "1 in 4" in thinning_note(data)


def test_models_are_named_with_their_values():
    estimates = Intervals(
        estimate=np.array([-0.5, np.nan, 0.1]),
        low=np.array([-1.0, np.nan, -0.2]),
        high=np.array([0.2, np.nan, 0.4]),
    )
    names = ["Pooled", "Stratified by a name that is far too long", "Random slope"]
    figure = coefficient_by_model(
        names, estimates, chosen=2, labels=LABELS, written=lambda value: number(value, 2)
    )
    found = words(figure)
    assert {"Pooled", "Random slope", "\u22120.50", "0.10", "–"} <= set(found)
    assert "nan" not in "".join(found)
    assert_tidy(figure)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.775, 1.0])
def test_the_bar_adds_up(share):
    figure = variance_bar(
        share,
        heading="Of the variation:",
        between_caption=("lasting differences", "between pigs"),
        within_caption=("changes within a pig", "and error"),
        interval=(max(share - 0.1, 0), min(share + 0.1, 1)),
    )
    percents = [
        int(text[:-1]) for text in words(figure) if text.endswith("%") and text[:-1].isdigit()
    ]
    assert sum(percents) == 100 or (len(percents) == 1 and percents[0] >= 90)
    assert_tidy(figure)


def test_shrinkage_pictures_leave_out_groups_without_a_line_of_their_own():
    rng = np.random.default_rng(1)
    own = rng.normal(10, 2, 30)
    own[4] = np.nan
    shift = Shift(own=own, shared=10 + 0.4 * (own - 10), average=10.0)
    marked = [Highlight(index=4, label="no line"), Highlight(index=5, label="child 5", tone="low")]
    for draw in (dumbbell, raw_against_shrunk):
        figure = draw(shift, labels=LABELS, highlights=marked)
        assert tagged(figure) == set(range(30)) - {4}
        assert "child 5" in words(figure) and "no line" not in words(figure)
        assert_tidy(figure)


def test_names_of_neighbours_stand_apart():
    own = np.append(np.linspace(0, 10, 20), [10.1, 10.2])
    shift = Shift(own=own, shared=5 + 0.3 * (own - 5), average=5.0)
    marked = [Highlight(index=i, label=f"school {i}") for i in (19, 20, 21)]
    assert_tidy(dumbbell(shift, labels=LABELS, highlights=marked))
    assert_tidy(raw_against_shrunk(shift, labels=LABELS, highlights=marked))


def test_the_pull_is_written_at_each_dot():
    count = np.array([1, 2, 3, 4, 5])
    curve = np.linspace(0.8, 5.4, 40)
    data = Pull(
        measurements=count,
        share=0.3 / (count + 0.3),
        groups=np.array([7, 5, 15, 30, 140]),
        curve_x=curve,
        curve_y=0.3 / (curve + 0.3),
    )
    figure = pull(data, labels=LABELS)
    assert {"23%", "13%", "9%", "7%", "6%", "140"} <= set(words(figure))
    assert_tidy(figure)


@pytest.mark.parametrize("count", [np.array([9]), np.arange(1, 61)])
def test_the_pull_of_balanced_and_of_very_uneven_data(count):
    data = Pull(
        measurements=count,
        share=1 / (count + 1),
        groups=np.ones(len(count)),
        curve_x=np.empty(0),
        curve_y=np.empty(0),
    )
    assert_tidy(pull(data, labels=LABELS))


def test_the_plane_joins_own_and_shared_lines():
    rng = np.random.default_rng(2)
    shared = rng.normal([14, 0.03], [0.8, 0.02], (60, 2))
    own = shared + rng.normal(0, [0.5, 0.05], (60, 2))
    own[:10] = np.nan
    data = Plane(
        own_level=own[:, 0],
        own_slope=own[:, 1],
        shared_level=shared[:, 0],
        shared_slope=shared[:, 1],
    )
    figure = plane(data, labels=LABELS, highlights=[Highlight(index=20, label="child 20")])
    assert tagged(figure) == set(range(60))  # those without an own line still have a shared one
    assert {"child 20, alone", "child 20, shared"} <= set(words(figure))
    assert_tidy(figure)


def test_which_intervals_leave_the_average_out():
    estimates = Intervals(
        estimate=np.array([0.0, 1, 2]),
        low=np.array([-1.0, 0.5, 1.1]),
        high=np.array([0.4, 1.5, 2.9]),
    )
    assert list(excluding(estimates, 1.0)) == [True, False, True]


@pytest.mark.parametrize("count", [2, 48, 1000])
def test_ranked_estimates(count):
    rng = np.random.default_rng(count)
    slope = rng.normal(-1, 0.5, count)
    estimates = Intervals(estimate=slope, low=slope - 0.8, high=slope + 0.8)
    marked = [
        Highlight(index=int(slope.argmin()), label="lowest", tone="low"),
        Highlight(index=int(slope.argmax()), label="highest"),
    ]
    figure = ranked(estimates, -1.0, labels=LABELS, highlights=marked)
    assert tagged(figure) == set(range(count))
    assert {"lowest", "highest", "average"} <= set(words(figure))
    assert_tidy(figure)


def test_the_average_of_ranked_estimates_is_named_where_no_bar_is():
    middle = np.linspace(-3.0, 3.0, 48)
    figure = ranked(
        Intervals(estimate=middle, low=middle - 0.4, high=middle + 0.4), 0.0, labels=LABELS
    )
    axes = figure.axes[0]
    label = dict(boxes(figure))["average"]
    low, high = (
        axes.transData.transform(np.column_stack([np.arange(1, 49), end]))
        for end in (middle - 0.4, middle + 0.4)
    )
    beside = (low[:, 0] > label.left) & (low[:, 0] < label.right)
    assert beside.any()
    assert not ((low[:, 1] < label.top) & (high[:, 1] > label.bottom))[beside].any()


def test_ranked_estimates_that_are_all_the_same():
    same = Intervals(estimate=np.zeros(5), low=np.zeros(5), high=np.zeros(5))
    assert tagged(ranked(same, 0.0, labels=LABELS)) == set(range(5))


@pytest.mark.parametrize("slope", [3.0, 0.0, -3.0])
def test_the_key_of_the_fan_stands_clear_of_its_lines(slope):
    x = np.linspace(0, 10, 30)
    mean = 50 + slope * x
    ends = [np.stack([mean - w, mean + w]) for w in (1 + 0 * x, 6 + 0.3 * x, 9 + 0.3 * x)]
    rng = np.random.default_rng(0)
    data = Fan(
        x=x,
        mean=mean,
        mean_interval=ends[0],
        lines=ends[1],
        single=ends[2],
        simulated=mean + rng.normal(0, 3, (60, 1)),
    )
    figure = fan(data, labels=LABELS)
    assert_tidy(figure)
    axes = figure.axes[0]
    upper = axes.transData.transform(np.column_stack([x, ends[2][1]]))
    for text, box in boxes(figure):
        if "95%" in text:
            near = (upper[:, 0] >= box.left - 34) & (upper[:, 0] <= box.right)
            assert (upper[near, 1] < box.bottom).all(), text
