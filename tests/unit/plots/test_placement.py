"""Labels do not hit each other, marked lines, or the edge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmm.plots.placement import Box, Wanted, around, place, trail

FRAME = Box(left=0, bottom=0, right=344, top=240)


def test_a_free_label_stands_to_the_right_of_its_point():
    (spot,) = place([Wanted(text="pig 7", spots=around(100, 100))], frame=FRAME)
    assert (spot.anchor, spot.x) == ("left", 106)


def test_at_the_right_edge_it_turns_to_another_side():
    label = Wanted(text="a long name", spots=around(340, 100))
    (spot,) = place([label], frame=FRAME)
    assert label.box(spot).outside(FRAME) == 0


def test_a_marked_line_is_not_covered():
    line = trail(np.array([[100.0, 100.0], [250.0, 100.0]]))
    label = Wanted(text="pig 7", spots=around(100, 100))
    (spot,) = place([label], frame=FRAME, avoid=line)
    box = label.box(spot)
    inside = (line[:, 0] > box.left) & (line[:, 0] < box.right)
    inside &= (line[:, 1] > box.bottom) & (line[:, 1] < box.top)
    assert not inside.any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 344), st.floats(0, 240)), min_size=1, max_size=3))
def test_three_labels_never_overlap_and_stay_inside(points):
    labels = [Wanted(text=f"child {i}05", spots=around(x, y)) for i, (x, y) in enumerate(points)]
    boxes = [
        label.box(spot) for label, spot in zip(labels, place(labels, frame=FRAME), strict=True)
    ]
    for i, box in enumerate(boxes):
        assert box.outside(FRAME) == pytest.approx(0, abs=1e-9)
        assert all(box.overlap(other) == 0 for other in boxes[:i])


def test_a_label_wider_than_the_frame_does_not_raise():
    assert len(place([Wanted(text="x" * 400, spots=around(10, 10))], frame=FRAME)) == 1


def test_a_trail_ends_where_its_line_ends():
    line = trail(np.array([[0.0, 0.0], [30.0, 40.0], [np.nan, 1.0]]), step=5)
    assert len(line) == 11
    assert np.allclose(line[[0, -1]], [[0, 0], [30, 40]])
