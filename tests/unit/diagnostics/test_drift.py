import pytest

from lmm.diagnostics.drift import Followed, drifts


def number(value, low, high, *, signed=True, id="slope"):
    return Followed(id=id, value=value, low=low, high=high, signed=signed)


@pytest.mark.parametrize(
    ("before", "after", "turn"),
    [
        ((1.0, 0.5, 1.5), (1.2, 0.8, 1.6), "steady"),
        ((1.0, 0.5, 1.5), (1.5, 1.0, 2.0), "steady"),
        ((1.0, 0.5, 1.5), (1.6, 1.1, 2.1), "moved"),
        ((1.0, 0.5, 1.5), (0.4, -0.1, 0.9), "turned"),
        ((0.4, -0.1, 0.9), (0.5, 0.1, 0.9), "turned"),
        ((1.0, 0.5, 1.5), (-1.0, -1.5, -0.5), "turned"),
        ((0.0, -1.0, 1.0), (0.5, -0.5, 1.5), "steady"),
        ((0.0, -1.0, 1.0), (1.5, -0.1, 3.1), "moved"),
        # an interval that touches zero does not exclude it
        ((1.0, 0.5, 1.5), (0.5, 0.0, 1.0), "turned"),
    ],
)
def test_a_conclusion_turns_where_zero_changes_sides(before, after, turn):
    (drift,) = drifts((number(*before),), (number(*after),))
    assert drift.turn == turn
    assert drift.change == after[0] - before[0]


def test_a_standard_deviation_turns_only_at_zero():
    grown = number(0.3, 0.1, 0.6, signed=False)
    assert drifts((number(0.2, 0.0, 0.4, signed=False),), (grown,))[0].turn == "turned"
    assert drifts((number(0.2, 0.05, 0.4, signed=False),), (grown,))[0].turn == "steady"


def test_numbers_without_an_interval_or_a_past_are_not_judged():
    found = drifts(
        (number(1.0, None, None, id="a"), number(1.0, 0.5, 1.5, id="b")),
        (number(9.0, 8.0, 10.0, id="a"), number(2.0, 1.0, 3.0, id="c")),
    )
    assert [(drift.id, drift.turn) for drift in found] == [("a", "steady")]
